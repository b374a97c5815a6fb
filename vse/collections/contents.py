"""What a reader hands over: the pictures it found named, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from vse.collections.truth import SceneTruth
from vse.records import Item


@dataclass(frozen=True)
class Contents:
    """`source` is the file that names the pictures, or the folder that holds them where no file does."""

    source: Path
    items: tuple[Item, ...]
    truth: SceneTruth | None = None
    about: dict[str, str] = field(default_factory=dict)
