"""Which kind of model a configuration or a folder is of: each kind of encoder has a module of its name here.

What is of a CLIP is imported when a CLIP comes.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from vse.encoders.clip.folder import CLIP_CONFIG
from vse.training.kinds.base import Kind

KINDS = ("vse", "clip")


@cache
def kind_named(name: str) -> Kind:
    """What training asks of the encoders of that name."""
    return cast(Kind, import_module(f"vse.training.kinds.{name}"))


def name_of(model: Any) -> str:
    """The kind that a configuration is of."""
    return next(name for name in KINDS if type(model) is kind_named(name).Config)


def kind_in(folder: Path) -> Kind:
    """The kind of model in a folder."""
    return kind_named("clip" if (folder / CLIP_CONFIG).is_file() else "vse")
