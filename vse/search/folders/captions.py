"""What the caption files of a folder say of its photographs, in any layout of `vse.data.readers`.

Captions are filed under themselves alone, so a photograph that changes costs no caption its vector.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vse.data import Collection
from vse.data.item import Item
from vse.data.labels import Labels
from vse.data.readers import read_captioned
from vse.data.readers.picture_files import absent
from vse.errors import CollectionError
from vse.modalities import IMAGE, TEXT
from vse.search.stores.exact import EmbeddingIndex


@dataclass(frozen=True, eq=False)
class Captioned:
    """Items by the path of their photograph in the folder, and what is known of all; `labels` by the same paths.

    `problem` says why there are none though there is a caption file, `notes` what was left out.
    """

    items: Mapping[str, Item] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problem: str = ""

    @property
    def collection(self) -> Collection:
        """All of them, by path."""
        return Collection("captions", tuple(self.items[path] for path in sorted(self.items)))


def captioned(folder: Path) -> Captioned:
    """What is known of a folder's photographs; a caption file that cannot be read is told, and no reason to fail."""
    try:
        contents = read_captioned(folder)
    except CollectionError as error:
        return Captioned(problem=str(error))
    if contents is None:
        return Captioned()
    items: dict[str, Item] = {}
    named = contents.annotations.of_pictures if isinstance(contents.annotations, Labels) else [""] * len(contents.items)
    labels: dict[str, str] = {}
    for item, label in zip(contents.items, named, strict=True):
        if not item.inputs.get(IMAGE) or not item.image_path.is_relative_to(folder):
            continue
        path = item.image_path.relative_to(folder).as_posix()
        captions = (*items[path].captions, *item.captions) if path in items else item.captions
        items[path] = Item.picture(path, folder / path, captions, item.split, item.credit)
        if label:
            labels[path] = label
    if len(absent([str(folder / path) for path in items])) == len(items):
        return Captioned(problem=f"{contents.source} names no photograph of {folder}: it goes without captions.")
    return Captioned(items, labels, contents.about, contents.notes)


def captions_alone(collection: Collection) -> Collection:
    """The captions of a collection without its pictures."""
    items = (Item(item.id, {TEXT: item.captions}) for item in collection.items if item.captions)
    return Collection(collection.name, tuple(items))


def rows_for(index: EmbeddingIndex, paths: Iterable[str]) -> EmbeddingIndex | None:
    """The vectors of the captions of some photographs, in their order; None where they have none."""
    rows: dict[str, list[int]] = {}
    for row, path in enumerate(index.item_ids):
        rows.setdefault(path, []).append(row)
    chosen = [row for path in paths for row in rows.get(path, ())]
    if not chosen:
        return None
    if chosen == list(range(len(index))):
        return index
    ids = tuple(index.item_ids[row] for row in chosen)
    return EmbeddingIndex(index.fingerprint, index.modality, ids, np.asarray(index.vectors)[chosen])
