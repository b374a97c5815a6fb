"""A collection: captioned pictures, and what is known to be true of them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from vse.collections.truth import SceneTruth
from vse.defaults import DEFAULT_COLLECTION
from vse.errors import CollectionError
from vse.images import IMAGE_SUFFIXES
from vse.paths import COLLECTIONS
from vse.records import Item
from vse.scenes.scene import Scene, Statement

ITEMS = "items.jsonl"
ABOUT = "collection.json"


@dataclass(frozen=True)
class Collection:
    """Pictures in a fixed order; `truth` where the world behind them is known, else None.

    `about` is free text for people: `title`, `credit`, `licence`.
    """

    name: str
    items: tuple[Item, ...]
    truth: SceneTruth | None = None
    about: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.items)

    @cached_property
    def key(self) -> str:
        """16 hexadecimal digits that change with the ids, the files and the captions: what caches are filed under."""
        digest = hashlib.sha256()
        for item in self.items:
            stat = item.image_path.stat()
            digest.update(repr((item.id, stat.st_size, stat.st_mtime_ns, item.captions)).encode())
        return digest.hexdigest()[:16]

    @cached_property
    def captions(self) -> tuple[str, ...]:
        """Every caption, picture by picture."""
        return tuple(caption for item in self.items for caption in item.captions)

    @cached_property
    def caption_owners(self) -> np.ndarray:
        """(T,) int64: the row of the picture each caption was written for."""
        return np.repeat(np.arange(len(self.items)), [len(item.captions) for item in self.items])

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

    def split(self, name: str) -> Collection:
        """Only the pictures of that split, or the collection itself where every picture is of it.

        Raises:
            CollectionError: when there are none.
        """
        rows = [row for row, item in enumerate(self.items) if item.split == name]
        if not rows:
            known = ", ".join(sorted({item.split for item in self.items}))
            raise CollectionError(f"{self.name} has no split {name!r}; it has {known}.")
        if len(rows) == len(self.items):
            return self
        texts = np.flatnonzero(np.isin(self.caption_owners, rows))
        truth = self.truth.subset(rows, texts) if self.truth else None
        return replace(self, items=tuple(self.items[row] for row in rows), truth=truth)


def list_collections() -> list[str]:
    """The names of the bundled collections."""
    return sorted(path.parent.name for path in COLLECTIONS.glob(f"*/{ITEMS}")) if COLLECTIONS.is_dir() else []


def load_collection(name_or_path: str | Path = DEFAULT_COLLECTION) -> Collection:
    """A bundled collection by name, or a folder of pictures by path.

    Raises:
        CollectionError: when there is neither, or files that it names are missing.
    """
    bundled = COLLECTIONS / str(name_or_path)
    if (bundled / ITEMS).is_file():
        return read_items(bundled)
    folder = Path(name_or_path)
    if not folder.is_dir():
        names = ", ".join(list_collections()) or "none"
        raise CollectionError(f"No collection {str(name_or_path)!r}: expected a folder's path or one of {names}.")
    return read_items(folder) if (folder / ITEMS).is_file() else read_plain_folder(folder)


def read_plain_folder(folder: Path) -> Collection:
    """Every picture below a folder, without captions; its path in the folder is its id.

    Raises:
        CollectionError: when the folder holds no picture.
    """
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in IMAGE_SUFFIXES and p.is_file())
    if not paths:
        raise CollectionError(f"{folder} holds no pictures; expected files such as .jpg, .png or .webp.")
    items = (Item(id=p.relative_to(folder).as_posix(), image_path=p) for p in paths)
    return Collection(folder.resolve().name, tuple(items))


def read_items(folder: Path) -> Collection:
    """A folder with items.jsonl: a line a picture, `{"id", "image", "captions", "split", "scene", "statements"}`.

    Raises:
        CollectionError: naming the line that does not fit, or the first files that are missing.
    """
    items: list[Item] = []
    scenes: list[Scene] = []
    statements: list[Statement] = []
    for number, line in enumerate(_lines(folder / ITEMS), start=1):
        try:
            data = json.loads(line)
            items.append(_item(folder, data))
            if "scene" in data:
                scenes.append(Scene.from_json({"id": data["id"], **data["scene"]}))
                statements.extend(_statements(data))
        except (ValueError, KeyError, TypeError) as error:
            raise CollectionError(f"{folder / ITEMS}, line {number}, does not describe a picture ({error}).") from error
    _check_ids(folder, items)
    _check_files(folder, items)
    truth = SceneTruth(tuple(scenes), tuple(statements)) if scenes and len(scenes) == len(items) else None
    return Collection(folder.resolve().name, tuple(items), truth, _about(folder / ABOUT))


def _item(folder: Path, data: dict[str, Any]) -> Item:
    if not isinstance(data["captions"], list):
        raise TypeError("captions must be a list")
    split, credit = data.get("split", "test"), data.get("credit", "")
    return Item(data["id"], folder / data["image"], tuple(data["captions"]), split, credit)


def _statements(data: dict[str, Any]) -> list[Statement]:
    """What each caption says; the truth of a picture's captions cannot be known for some of them only."""
    if len(data["statements"]) != len(data["captions"]):
        raise ValueError(f"{len(data['statements'])} statements for {len(data['captions'])} captions")
    return [Statement.from_json(each) for each in data["statements"]]


def _about(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CollectionError(f"{path} is not valid JSON ({error}); mend or remove it.") from error


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise CollectionError(f"{path} cannot be read ({error}).") from error


def _check_ids(folder: Path, items: Iterable[Item]) -> None:
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise CollectionError(f"{folder / ITEMS} has two pictures with the id {item.id!r}; give each its own.")
        seen.add(item.id)


def _check_files(folder: Path, items: Iterable[Item]) -> None:
    present: dict[Path, set[str]] = {}
    missing = []
    for item in items:
        parent = item.image_path.parent
        if parent not in present:
            present[parent] = {p.name for p in parent.iterdir()} if parent.is_dir() else set()
        if item.image_path.name not in present[parent]:
            missing.append(os.path.relpath(item.image_path, folder))
    if missing:
        shown = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
        raise CollectionError(f"{folder} lacks {shown}, named in its {ITEMS}; put the files back or remove the lines.")
