"""Captions in a table beside the pictures: captions.tsv, and the captions.txt of Flickr8k on Kaggle."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from vse.data.readers.base import Contents
from vse.data.readers.parsing import Faults, csv_rows, numbered_lines, records
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


def read_results_csv(source: Path, images: Path | None = None) -> Contents:
    """Flickr30k's results.csv of Kaggle: `image_name| comment_number| comment`.

    One of its lines has blanks in place of its second bar; what is plainly meant is read, and told.

    Raises:
        CollectionError: naming the line that does not fit.
    """
    mended: list[int] = []

    def rows() -> Iterator[tuple[int, list[str]]]:
        for number, row in csv_rows(source):
            if len(row) == 2 and (meant := re.fullmatch(r"\s*(\d+)\s+(\S.*)", row[1])):
                mended.append(number)
                row = [row[0], *meant.groups()]
            yield number, row

    contents = _table(source, rows(), images)
    notes = [f"{source}, line {number}, lacks a bar; it is read as it is plainly meant." for number in mended[:3]]
    return replace(contents, notes=(*notes, *contents.notes))


def _table(source: Path, rows: Iterable[tuple[int, list[str]]], images: Path | None) -> Contents:
    found, faults = CaptionRows(source.parent), Faults(source)
    for number, record in records(source, rows, ("image", "caption"), faults):
        with faults.row(number):
            split = record.get("split", "test").strip()
            if not split:
                raise ValueError("the split is empty; write one such as train")
            found.add(record["image"], [record["caption"]], split)
    root = picture_root(source.parent, list(found.captions), images)
    return found.contents(source, root, faults.notes(found.captions))
