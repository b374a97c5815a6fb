"""What a reader is, and what it hands over: the pictures it found named, and what is known of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from vse.data.annotations import Annotations
from vse.data.item import Item


@dataclass(frozen=True)
class Contents:
    """`source` is the file that names the pictures, or the folder that holds them where no file does.

    `home` is the folder in which all files must lie; None for that of `source`.
    """

    source: Path
    items: tuple[Item, ...]
    annotations: Annotations | None = None
    about: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # what was left out or read as it was plainly meant, a sentence each
    home: Path | None = None


class Reader(Protocol):
    """What reads one layout of a folder; one line in `vse.data.readers.READERS` makes it known."""

    @property
    def name(self) -> str:
        """What people call the layout."""

    @property
    def files(self) -> tuple[str, ...]:
        """The names that its caption files may have, as shell patterns."""

    def owns(self, file: str, /) -> bool:
        """Whether a file of that name is a caption file of this layout."""

    def find(self, folder: Path, /) -> Path | None:
        """What to read in a folder that has this layout, else None.

        Raises:
            CollectionError: when there are several caption files to choose from.
        """

    @property
    def read(self) -> Callable[[Path, Path | None], Contents]:
        """Reads what `find` found, or one caption file; the second argument is where the pictures are instead.

        Raises:
            CollectionError: naming the line that does not fit.
        """
