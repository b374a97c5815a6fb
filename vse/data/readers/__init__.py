"""What reads the layouts that a folder of pictures may have: each of READERS is asked in turn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vse.data.readers.base import Contents, Reader
from vse.data.readers.caption_file import CaptionFile
from vse.data.readers.caption_tables import read_captions_csv, read_captions_tsv
from vse.data.readers.flickr_tokens import TEXT_FOLDER, read_flickr_tokens
from vse.data.readers.imagefolder import METADATA, find_metadata, read_imagefolder
from vse.data.readers.items_jsonl import ITEMS, read_items
from vse.data.readers.karpathy import read_karpathy
from vse.data.readers.plain_folder import read_plain
from vse.errors import CollectionError


@dataclass(frozen=True)
class ImageFolder(CaptionFile):
    """The one reader of several caption files at once."""

    def find(self, folder: Path) -> Path | None:
        return folder if find_metadata(folder) else None


# One line a reader; the first that finds its files in a folder reads it.
READERS: list[Reader] = [
    CaptionFile("items", (ITEMS,), read_items),
    CaptionFile("Karpathy", ("dataset_*.json",), read_karpathy),
    CaptionFile("captions.tsv", ("captions.tsv",), read_captions_tsv),
    CaptionFile(
        "Flickr tokens", ("*.token.txt", "*.token"), read_flickr_tokens, ("*.lemma.token.txt",), within=(TEXT_FOLDER,)
    ),
    CaptionFile("Kaggle", ("captions.txt",), read_captions_csv),
    ImageFolder("ImageFolder", METADATA, read_imagefolder),
]


def read_contents(path: Path, images: Path | None = None) -> Contents:
    """What a folder holds in whichever layout it has, or what one caption file says.

    Args:
        path: a folder, or the caption file to go by.
        images: where the pictures are, if not where they usually are.

    Raises:
        CollectionError: for a file of no known layout, and what a reader raises.
    """
    if path.is_file():
        for reader in READERS:
            if reader.owns(path.name):
                return reader.read(path, images)
        names = ", ".join(name for reader in READERS for name in reader.files)
        raise CollectionError(f"{path} is not a caption file of a known name; expected a folder or one of {names}.")
    for reader in READERS:
        if (source := reader.find(path)) is not None:
            return reader.read(source, images)
    return read_plain(path if images is None else images)
