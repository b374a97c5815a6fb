"""Captions in a table beside the pictures: captions.tsv, and the captions.txt of Flickr8k on Kaggle."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from vse.data.readers.base import Contents
from vse.data.readers.parsing import csv_rows, numbered_lines, records, told
from vse.data.readers.picture_files import CaptionRows, picture_root


def read_captions_tsv(source: Path, images: Path | None = None) -> Contents:
    """A header line `image`, `split`, `caption`, then a row a caption; tabs between, and a quote is just a quote.

    The columns may stand in any order, others are passed over, and without `split` every picture is of the split
    test.

    Raises:
        CollectionError: naming the line that does not fit.
    """
    rows = ((number, line.split("\t")) for number, line in numbered_lines(source))
    return _table(source, rows, images)


def read_captions_csv(source: Path, images: Path | None = None) -> Contents:
    """The same as CSV, header line `image,caption`; a caption that holds a comma stands in quotes.

    Raises:
        CollectionError: naming the line that does not fit.
    """
    return _table(source, csv_rows(source), images)


def _table(source: Path, rows: Iterable[tuple[int, list[str]]], images: Path | None) -> Contents:
    found = CaptionRows()
    for number, record in records(source, rows, ("image", "caption")):
        with told(source, number):
            split = record.get("split", "test").strip()
            if not split:
                raise ValueError("the split is empty; write one such as train")
            found.add(record["image"], [record["caption"]], split)
    return found.contents(source, picture_root(source.parent, list(found.captions), images))
