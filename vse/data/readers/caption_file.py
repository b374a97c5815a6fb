"""The usual reader: one caption file, known by its name, says what the pictures are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from vse.data.readers.base import Contents
from vse.data.readers.picture_files import names_in
from vse.errors import CollectionError


@dataclass(frozen=True)
class CaptionFile:
    """A reader told by its caption file's name: one of `files`, none of `but_not`, in the folder or in `within`."""

    name: str
    files: tuple[str, ...]
    read: Callable[[Path, Path | None], Contents]
    but_not: tuple[str, ...] = ()
    within: tuple[str, ...] = ()

    def owns(self, file: str) -> bool:
        """Whether a file of that name is a caption file that it reads."""
        return any(fnmatchcase(file, wanted) for wanted in self.files) and not any(
            fnmatchcase(file, unwanted) for unwanted in self.but_not
        )

    def find(self, folder: Path) -> Path | None:
        """The caption file in a folder or in `within`, None where there is none.

        Raises:
            CollectionError: when there are several caption files to choose from.
        """
        for place in (folder, *(folder / name for name in self.within)):
            found = sorted(names_in(place, lambda entry: self.owns(entry.name) and entry.is_file()))
            if len(found) > 1:
                raise CollectionError(f"{place} holds {' and '.join(found)}; give the path of one of them.")
            if found:
                return place / found[0]
        return None
