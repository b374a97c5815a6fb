"""What a reader hands over: the pictures it found named, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from vse.data.item import Item
from vse.data.scenes.annotations import SceneTruth


@dataclass(frozen=True)
class Contents:
    """`source` is the file that names the pictures, or the folder that holds them where no file does."""

    source: Path
    items: tuple[Item, ...]
    truth: SceneTruth | None = None
    about: dict[str, str] = field(default_factory=dict)
