"""The layouts a folder of pictures may have, and which one a folder has: each is asked in turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from vse.data.readers.base import Contents
from vse.data.readers.caption_tables import read_captions_csv, read_captions_tsv
from vse.data.readers.flickr_tokens import TEXT_FOLDER, read_flickr_tokens
from vse.data.readers.imagefolder import METADATA, find_metadata, read_imagefolder
from vse.data.readers.items_jsonl import ITEMS, read_items
from vse.data.readers.karpathy import read_karpathy
from vse.data.readers.picture_files import names_in
from vse.data.readers.plain_folder import read_plain
from vse.errors import CollectionError

Reader = Callable[[Path, Path | None], Contents]


@dataclass(frozen=True)
class Layout:
    """Told by the name of its caption file: one of `files` and none of `but_not`, in the folder or in `within`."""

    name: str
    files: tuple[str, ...]
    read: Reader
    but_not: tuple[str, ...] = ()
    within: tuple[str, ...] = ()

    def owns(self, file: str) -> bool:
        """Whether a file of that name is a caption file of this layout."""
        return any(fnmatchcase(file, wanted) for wanted in self.files) and not any(
            fnmatchcase(file, unwanted) for unwanted in self.but_not
        )

    def find(self, folder: Path) -> Path | None:
        """What to read in a folder that has this layout, else None.

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


@dataclass(frozen=True)
class ImageFolder(Layout):
    """The one layout that may have several caption files at once."""

    def find(self, folder: Path) -> Path | None:
        return folder if find_metadata(folder) else None


LAYOUTS = (
    Layout("items", (ITEMS,), read_items),
    Layout("Karpathy", ("dataset_*.json",), read_karpathy),
    Layout("captions.tsv", ("captions.tsv",), read_captions_tsv),
    Layout(
        "Flickr tokens", ("*.token.txt", "*.token"), read_flickr_tokens, ("*.lemma.token.txt",), within=(TEXT_FOLDER,)
    ),
    Layout("Kaggle", ("captions.txt",), read_captions_csv),
    ImageFolder("ImageFolder", METADATA, read_imagefolder),
)


def read_contents(path: Path, images: Path | None = None) -> Contents:
    """What a folder holds in whichever layout it has, or what one caption file says.

    Args:
        path: a folder, or the caption file to go by.
        images: where the pictures are, if not where they usually are.

    Raises:
        CollectionError: for a file of no known layout, and what a reader raises.
    """
    if path.is_file():
        for layout in LAYOUTS:
            if layout.owns(path.name):
                return layout.read(path, images)
        names = ", ".join(name for layout in LAYOUTS for name in layout.files)
        raise CollectionError(f"{path} is not a caption file of a known name; expected a folder or one of {names}.")
    for layout in LAYOUTS:
        if (source := layout.find(path)) is not None:
            return layout.read(source, images)
    return read_plain(path if images is None else images)
