"""Captions in a parquet table: metadata.parquet, with the columns of Hugging Face's ImageFolder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vse.data.readers.base import Contents
from vse.data.readers.parsing import Faults, records
from vse.data.readers.picture_files import CaptionRows, picture_root
from vse.errors import CollectionError
from vse.io.installed import from_extra


def read_parquet(source: Path, images: Path | None = None) -> Contents:
    """Columns `file_name` and `text`, or other names of the two; a list of texts is several captions.

    Raises:
        CollectionError: when pyarrow is not installed, or the file is damaged or lacks a column.
    """
    found, faults = CaptionRows(source.parent), Faults(source)
    for number, record in parquet_records(source, faults):
        with faults.row(f"row {number}"):
            text = record["text"]
            found.add(record["file_name"], text if isinstance(text, list) else [text], record.get("split", "test"))
    root = picture_root(source.parent, list(found.captions), images)
    return found.contents(source, root, faults.notes(found.captions))


def parquet_records(source: Path, faults: Faults) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a table with their numbers from 1, by the names of the columns, `file_name` and `text` among them.

    Raises:
        CollectionError: as `read_parquet`.
    """
    with from_extra("export", "pyarrow", f"{source} needs pyarrow to be read", CollectionError):
        import pyarrow.parquet as parquet
    try:
        table = parquet.read_table(source).to_pydict()
    except Exception as error:  # a reader meeting other bytes may raise anything
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise CollectionError(f"{source} is no whole parquet file ({reason}); get the file again.") from error
    rows: Any = enumerate([list(table), *zip(*table.values(), strict=True)])
    yield from records(source, rows, ("file_name", "text"), faults)
