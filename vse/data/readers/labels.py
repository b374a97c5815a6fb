"""Photographs that have a label each: labels.tsv beside the pictures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha1
from pathlib import Path

from vse.data.item import Item
from vse.data.labels import Labels
from vse.data.readers.base import Contents
from vse.data.readers.parsing import Faults, numbered_lines, records
from vse.data.readers.picture_files import CaptionRows, picture_root


def read_labels_tsv(source: Path, images: Path | None = None) -> Contents:
    """A header line with `image`, `label` and perhaps `split`, then a row a photograph; tabs between.

    Without a column `split` half of the photographs of each label are of the split test, see `halves`. Of a
    photograph that comes twice the first label counts.

    Raises:
        CollectionError: naming the line that does not fit.
    """
    found, faults = CaptionRows(source.parent), Faults(source)
    has_splits = False
    rows = ((number, line.split("\t")) for number, line in numbered_lines(source))
    for number, record in records(source, rows, ("image", "label"), faults):
        with faults.row(number):
            has_splits = "split" in record
            found.add(record["image"], [record["label"]], record.get("split", "test").strip() or "test")
    labels = {name: texts[0] for name, texts in found.captions.items()}
    splits = found.splits if has_splits else halves(labels)
    contents = found.contents(source, picture_root(source.parent, list(labels), images), faults.notes(labels))
    items = tuple(Item.picture(item.id, item.image_path, split=splits[item.id]) for item in contents.items)
    return replace(contents, items=items, annotations=Labels(tuple(labels.values())))


def halves(labels: Mapping[str, str]) -> dict[str, str]:
    """Photograph -> "train" or "test": of each label the second, the fourth, ... in the order of a hash of the names.

    The names alone decide, so that whoever reads the folder keeps the same photographs apart.
    """
    of_label: dict[str, list[str]] = defaultdict(list)
    for name in sorted(labels, key=lambda name: sha1(name.encode(), usedforsecurity=False).digest()):
        of_label[labels[name]].append(name)
    return {name: ("train", "test")[place % 2] for names in of_label.values() for place, name in enumerate(names)}
