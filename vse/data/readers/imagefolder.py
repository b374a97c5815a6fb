"""Hugging Face's ImageFolder: metadata.jsonl or metadata.csv beside the pictures, or in a subfolder a split.

There it may be metadata.parquet, too; beside all pictures that is read by `vse.data.readers.parquet`.

https://huggingface.co/docs/datasets/image_dataset#imagefolder
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from vse.data.readers.base import Contents
from vse.data.readers.parquet import parquet_records
from vse.data.readers.parsing import Faults, csv_rows, numbered_lines, records
from vse.data.readers.picture_files import CaptionRows, names_in, picture_name
from vse.data.splits import SPLIT_FOLDERS
from vse.errors import CollectionError
from vse.io.configs import parse_json

METADATA = ("metadata.jsonl", "metadata.csv")
IN_SUBFOLDERS = (*METADATA, "metadata.parquet")


def find_metadata(folder: Path) -> list[Path]:
    """The metadata files of a folder and of its subfolders, such as those named after splits.

    Raises:
        CollectionError: when a folder has both kinds.
    """
    subfolders = names_in(folder, lambda entry: entry.is_dir(follow_symlinks=False) and entry.name[0] != ".")
    found = []
    for place in (folder, *(folder / name for name in sorted(subfolders))):
        names = METADATA if place == folder else IN_SUBFOLDERS
        here = [place / name for name in names if (place / name).is_file()]
        if len(here) > 1:
            raise CollectionError(f"{place} holds both {' and '.join(each.name for each in here)}; remove one.")
        found += here
    return found


def read_imagefolder(source: Path, images: Path | None = None) -> Contents:
    """A row has `file_name`, from the metadata file's folder on, and `text`, of which all but CSV may have a list.

    Several rows with one `file_name` are several captions. The split is the subfolder train, validation or test on
    the way to the picture, else test. An id is the path from the folder on.

    Args:
        source: a metadata file, or a folder: then all that `find_metadata` finds.
        images: where the pictures' paths start from, in place of the folder.

    Raises:
        CollectionError: naming the line that does not fit.
    """
    folder, files = (source, find_metadata(source)) if source.is_dir() else (source.parent, [source])
    found = CaptionRows()
    notes: tuple[str, ...] = ()
    for file in files:
        prefix, faults = file.parent.relative_to(folder).as_posix(), Faults(file)
        for number, name, text in _rows(file, faults):
            with faults.row(number):
                path = picture_name(f"{prefix}/{picture_name(name, file.parent)}")
                captions = text if isinstance(text, list) else [text]
                found.add(path, captions, _split(path))
        notes += faults.notes(found.captions)
    return found.contents(files[0] if len(files) == 1 else source, images or folder, notes)


def _rows(file: Path, faults: Faults) -> Iterator[tuple[int, Any, Any]]:
    """(line, file_name, text) of each row."""
    if file.suffix == ".csv":
        for number, record in records(file, csv_rows(file), ("file_name", "text"), faults):
            yield number, record["file_name"], record["text"]
        return
    if file.suffix == ".parquet":
        for number, record in parquet_records(file, faults):
            yield number, record["file_name"], record["text"]
        return
    found = []
    for number, line in numbered_lines(file):
        with faults.row(number):
            data = parse_json(line)
            if not isinstance(data, dict):
                raise ValueError(f"expected a JSON object, found {type(data).__name__}")
            if "text" not in data and "caption" in data:
                data["text"] = data["caption"]
            if missing := [key for key in ("file_name", "text") if key not in data]:
                raise ValueError(f"{missing[0]!r} is missing; expected 'file_name' and 'text'")
            row = number, data["file_name"], data["text"]
            found.append(row)
    yield from found


def _split(path: str) -> str:
    folders = PurePosixPath(path).parts[:-1]
    return next((folder.lower() for folder in folders if folder.lower() in SPLIT_FOLDERS), "test")
