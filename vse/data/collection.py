"""A collection: items in one or more modalities, such as captioned pictures, and what is known of them."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from vse.data.annotations import Annotations
from vse.data.item import Item, Raw
from vse.data.readers import read_contents
from vse.data.readers.items_jsonl import ITEMS
from vse.data.readers.picture_files import check_present, is_inside
from vse.data.splits import one_name
from vse.errors import CollectionError
from vse.io.hashing import fingerprint_of
from vse.io.paths import COLLECTIONS, DEFAULT_COLLECTION, bundled_folder
from vse.modalities import IMAGE, RECIPE, SPEECH, TEXT

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Collection:
    """Items in a fixed order; `annotations` where more is known of them than which inputs belong together.

    `about` is free text for people: `title`, `credit`, `licence`. `notes` says what of its files was left out. All
    files lie in `home`, where it is known.
    """

    name: str
    items: tuple[Item, ...]
    annotations: Annotations | None = None
    about: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    home: Path | None = None

    def __len__(self) -> int:
        return len(self.items)

    @cached_property
    def key(self) -> str:
        """16 hexadecimal digits that change with the ids, the files and the captions: what caches are filed under."""
        described = []
        for item in self.items:
            parts: list[Any] = [item.id]
            for each in (each for modality, values in item.inputs.items() if modality != TEXT for each in values):
                parts += (each.stat().st_size, each.stat().st_mtime_ns) if isinstance(each, Path) else (each,)
            described.append(repr((*parts, item.captions)).encode())
        return fingerprint_of(described, digits=16)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of all items."""
        return tuple(file for item in self.items for file in item.files)

    def file(self, item_id: str) -> Path:
        """The picture of an item, which lies in `home` also at this moment.

        Raises:
            CollectionError: when there is no such picture, or a link out of the folder has taken its place.
        """
        path = self.item(item_id).image_path
        if self.home is not None and not is_inside(self.home, [path])[path]:
            raise CollectionError(f"The picture {item_id!r} is a link out of its folder, which is not followed.")
        return path

    @cached_property
    def modalities(self) -> tuple[str, ...]:
        """The kinds of input that its items have."""
        return tuple(dict.fromkeys(modality for item in self.items for modality in item.inputs))

    def inputs(self, modality: str) -> tuple[Raw, ...]:
        """Every input of a modality, item by item; none where it has none."""
        return tuple(each for item in self.items for each in item.inputs.get(modality, ()))

    def owners(self, modality: str) -> np.ndarray:
        """(N,) int64: the row of the item that each input of a modality belongs to."""
        return np.repeat(np.arange(len(self.items)), [len(item.inputs.get(modality, ())) for item in self.items])

    @cached_property
    def captions(self) -> tuple[str, ...]:
        """Every caption, picture by picture."""
        return self.inputs(TEXT)

    @cached_property
    def caption_owners(self) -> np.ndarray:
        """(T,) int64: the row of the picture each caption was written for."""
        return self.owners(TEXT)

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each item's id."""
        return {item.id: row for row, item in enumerate(self.items)}

    def item(self, item_id: str) -> Item:
        """
        Raises:
            CollectionError: when no picture has that id.
        """
        if item_id not in self.rows:
            example = self.items[0].id if self.items else "none"
            raise CollectionError(f"No picture {item_id!r} in {self.name}; ids look like {example!r}.")
        return self.items[self.rows[item_id]]

    def named(self, name: str) -> tuple[str, str]:
        """The id and the modality that a name in brackets says: "dish-0012" a picture, "recipe dish-0012" its recipe.

        An item that has the whole name as its id comes first, and is what a name says that says nothing else.
        """
        modality, _, item_id = name.partition(" ")
        if name not in self.rows and modality in (RECIPE, SPEECH) and item_id.strip() in self.rows:
            return item_id.strip(), modality
        return name, IMAGE

    @property
    def is_bundled(self) -> bool:
        """Whether it is a shipped collection itself, not another folder of the same name and perhaps the same ids."""
        home = COLLECTIONS / self.name
        return bool(self.files) and all(path.is_relative_to(home) for path in self.files)

    def split(self, name: str) -> Collection:
        """Only the pictures of that split, or the collection itself where every picture is of it.

        val, dev and validation are one split under three names.

        Raises:
            CollectionError: when there are none.
        """
        rows = [row for row, item in enumerate(self.items) if one_name(item.split) == one_name(name)]
        if not rows:
            known = ", ".join(sorted({item.split for item in self.items}))
            raise CollectionError(f"{self.name} has no split {name!r}; it has {known}.")
        return self.of_rows(rows)

    def at_home(self, source: Path) -> Collection:
        """Without the items whose files lie outside of `home`, to which links led; they are told.

        Raises:
            CollectionError: when none is left.
        """
        inside = is_inside(self.home, self.files) if self.home else {}
        rows = [row for row, item in enumerate(self.items) if all(inside.get(file, True) for file in item.files)]
        if len(rows) == len(self.items):
            return self
        first = next(file for file, is_in in inside.items() if not is_in)
        count = len(self.items) - len(rows)
        told = (
            f"{'1 picture' if count == 1 else f'{count:,} pictures'} of {source} left out; the first, {first}, is a "
            f"link out of {self.home}, which is not followed: copy it there."
        )
        if not rows:
            raise CollectionError(told)
        return replace(self.of_rows(rows), notes=(*self.notes, told))

    def of_rows(self, rows: Sequence[int]) -> Collection:
        """Only some items, in the order of the collection, with what is known of them."""
        if len(rows) == len(self.items):
            return self
        kept = {
            modality: np.flatnonzero(np.isin(self.owners(modality), rows))
            for modality in (IMAGE, TEXT, *self.modalities)
        }
        annotations = self.annotations.subset(kept) if self.annotations else None
        return replace(self, items=tuple(self.items[row] for row in rows), annotations=annotations)


def joined(collections: Sequence[Collection], mixed: bool = False, names: Sequence[str] = ()) -> Collection:
    """Several collections as one, without what is known of their items; ids begin with the collection's name.

    One alone stays as it is. The collections stand one after the other, or `mixed`, so that any part of the whole holds
    some of each.

    Args:
        names: what ids begin with instead, also those of one alone; no two are the same.
    """
    if len(collections) == 1 and not names:
        return collections[0]
    names = names or distinct_names([each.name for each in collections])
    items = [
        replace(item, id=f"{name}/{item.id}")
        for name, each in zip(names, collections, strict=True)
        for item in each.items
    ]
    if mixed:
        places = np.concatenate([np.linspace(0, 1, len(each)) for each in collections])
        items = [items[row] for row in np.argsort(places, kind="stable")]
    notes = tuple(note for each in collections for note in each.notes)
    return Collection(" + ".join(names), tuple(items), notes=notes)


def distinct_names(names: Sequence[str]) -> tuple[str, ...]:
    """Names of which no two are the same: one that came before gets a number, as in holiday, holiday-2."""
    taken: list[str] = []
    for name in names:
        tries = (name, *(f"{name}-{number}" for number in range(2, len(names) + 1)))
        taken.append(next(each for each in tries if each not in taken and (each == name or each not in names)))
    return tuple(taken)


def caption_groups(path: str | Path) -> list[tuple[str, ...]]:
    """The captions of each thing that a folder or caption file speaks of, whether or not its pictures are there.

    Raises:
        CollectionError: when nothing that is there can be read.
    """
    if not os.path.exists(path):
        raise CollectionError(f"No captions at {path}: expected a caption file, or a folder that holds one.")
    return [item.captions for item in read_contents(Path(path)).items if item.captions]


def list_collections() -> list[str]:
    """The names of the bundled collections."""
    return sorted(path.parent.name for path in COLLECTIONS.glob(f"*/{ITEMS}")) if COLLECTIONS.is_dir() else []


def load_collection(
    name_or_path: str | Path = COLLECTIONS / DEFAULT_COLLECTION,
    split: str | None = None,
    images: str | Path | None = None,
) -> Collection:
    """A bundled collection by name, or a folder of pictures by path, in any layout of `vse.data.readers`.

    Nothing is written into the folder, and what its caption files name outside of it is refused.

    Args:
        name_or_path: a name, which is a text without a separator; a folder; or a caption file in it where there are
            several to choose from.
        split: only the pictures of that split; the others need not be there.
        images: the folder of the pictures, where it is not the usual one.

    Raises:
        CollectionError: when there is no such collection or split, when a name may mean two, what does not fit in a
            caption file, or which pictures are missing.
    """
    path = bundled_folder(name_or_path, COLLECTIONS, (ITEMS,), CollectionError) or Path(name_or_path)
    if not os.path.exists(path):  # not path.exists(), which raises for a text too long to be a path
        names = ", ".join(list_collections()) or "none"
        raise CollectionError(f"No collection {str(name_or_path)!r}: expected a folder's path or one of {names}.")
    folder = path if path.is_dir() else path.parent
    contents = read_contents(path, None if images is None else Path(images))
    if not contents.items:
        raise CollectionError(f"{contents.source} names no pictures; give one that does.")
    read = Collection(
        folder.resolve().name, contents.items, contents.annotations, contents.about, contents.notes, contents.home
    )
    collection = read.at_home(contents.source)
    for note in collection.notes:
        _log.warning("%s", note)
    chosen = collection if split is None else collection.split(split)
    check_present(folder, contents.source, chosen.items)
    return chosen
