"""What stands for training in the process of a run; imports nothing that takes long."""

from __future__ import annotations

import time
from typing import Any

FRAME = {"loss": None, "violated": 1}


def endless(settings: Any, out: Any) -> None:
    """A frame, and no end."""
    out.send({"frame": FRAME})
    time.sleep(600)


def quick(settings: Any, out: Any) -> None:
    """Two frames and the film."""
    out.send({"frame": FRAME})
    out.send({"frame": FRAME})
    out.send({"film": {"frames": [FRAME, FRAME]}})


def broken(settings: Any, out: Any) -> None:
    """Ends without a word."""


def refusing(settings: Any, out: Any) -> None:
    out.send({"problem": "There are no pictures."})
