"""What reads the layouts that a folder of pictures may have: each of READERS is asked in turn."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from vse.data.readers.base import Contents, Reader
from vse.data.readers.caption_file import CaptionFile
from vse.data.readers.caption_tables import read_captions_csv, read_captions_tsv, read_results_csv
from vse.data.readers.coco import ANNOTATIONS, read_coco
from vse.data.readers.datasets_folder import SAVED_SPLITS, DatasetFolder
from vse.data.readers.flickr_tokens import TEXT_FOLDER, read_flickr_tokens
from vse.data.readers.imagefolder import METADATA, find_metadata, read_imagefolder
from vse.data.readers.items_jsonl import ITEMS, read_items
from vse.data.readers.karpathy import read_karpathy
from vse.data.readers.labels import read_labels_tsv
from vse.data.readers.parquet import read_parquet
from vse.data.readers.picture_files import names_in
from vse.data.readers.plain_folder import read_plain
from vse.data.readers.recipe1m import LAYER1, read_recipe1m
from vse.data.readers.sidecar import Sidecars
from vse.data.readers.spoken import FLICKR_AUDIO, FLICKR_FOLDER, SpeechCoco, read_flickr_audio
from vse.errors import CollectionError

# Endings of what may hold captions.
_TABLES = frozenset({".txt", ".csv", ".tsv", ".json", ".jsonl", ".parquet", ".arrow", ".xlsx", ".xls", ".xml", ".yaml"})


@dataclass(frozen=True)
class ImageFolder(CaptionFile):
    """The one reader of several caption files at once."""

    def find(self, folder: Path) -> Path | None:
        return folder if find_metadata(folder) else None


# One line a reader; the first that finds its files in a folder reads it.
READERS: list[Reader] = [
    CaptionFile("items", (ITEMS,), read_items),
    CaptionFile("Flickr8k Audio", (FLICKR_AUDIO,), read_flickr_audio, within=(FLICKR_FOLDER,)),
    SpeechCoco(),
    CaptionFile("Karpathy", ("dataset_*.json",), read_karpathy, ("dataset_info.json", SAVED_SPLITS)),
    CaptionFile("captions.tsv", ("captions.tsv",), read_captions_tsv),
    CaptionFile(
        "Flickr tokens", ("*.token.txt", "*.token"), read_flickr_tokens, ("*.lemma.token.txt",), within=(TEXT_FOLDER,)
    ),
    CaptionFile("Kaggle", ("captions.txt", "captions.csv"), read_captions_csv),
    CaptionFile("Flickr30k of Kaggle", ("results.csv",), read_results_csv),
    CaptionFile("COCO", ("captions_*.json",), read_coco, within=(ANNOTATIONS,)),
    ImageFolder("ImageFolder", METADATA, read_imagefolder),
    CaptionFile("parquet", ("metadata.parquet", "captions.parquet"), read_parquet),
    CaptionFile("Recipe1M", (LAYER1,), read_recipe1m),
    CaptionFile("labels", ("labels.tsv",), read_labels_tsv),
    DatasetFolder(),
    Sidecars(),
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
                return _at_home(reader, path, images)
        raise CollectionError(f"{path} is not a caption file of a known name; {_expected()}.")
    return read_captioned(path, images) or replace(read_plain(images or path), home=images or path)


def read_captioned(path: Path, images: Path | None = None) -> Contents | None:
    """As `read_contents`, of a folder; None for one that holds nothing but pictures, which are not listed."""
    for reader in READERS:
        if (source := reader.find(path)) is not None:
            return _at_home(reader, source, images)
    unread = sorted(names_in(path, lambda entry: _is_unread(entry.name) and entry.is_file()))
    if unread:
        raise CollectionError(f"{path / unread[0]} holds captions in a layout that is not known; {_expected()}.")
    return None


def _at_home(reader: Reader, source: Path, images: Path | None) -> Contents:
    """What a reader reads, and the folder that its pictures must lie in: its own word, or where such files have it."""
    contents = reader.read(source, images)
    return replace(contents, home=contents.home or images or _home(reader, source))


def _home(reader: Reader, source: Path) -> Path:
    """The folder that the pictures of a caption file must lie in, where no other is named."""
    if source.is_dir():
        return source
    return source.parent.parent if source.parent.name in getattr(reader, "within", ()) else source.parent


def _expected() -> str:
    return f"expected a folder or one of {', '.join(name for reader in READERS for name in reader.files)}"


def _is_unread(name: str) -> bool:
    """Whether a file's name says that it holds captions, so that the folder is no plain one."""
    stem, suffix = os.path.splitext(name.lower())
    return stem.startswith(("caption", "metadata")) and suffix in _TABLES
