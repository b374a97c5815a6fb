"""The values that travel between modules; numpy and the standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Item:
    """One picture of a collection with its captions (none for an uncaptioned folder)."""

    id: str
    image_path: Path
    captions: tuple[str, ...] = ()
    split: str = "test"
    credit: str = ""
