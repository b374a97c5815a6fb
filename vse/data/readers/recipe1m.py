"""Recipe1M's own files: layer1.json, layer2.json, det_ingrs.json and classes1M.pkl; JSON is read item by item.

Salvador et al. 2017; http://im2recipe.csail.mit.edu
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vse.data.item import Item
from vse.data.readers.base import Contents
from vse.data.readers.parsing import Faults
from vse.data.readers.picture_files import picture_name
from vse.data.recipe_classes import RecipeClasses, classes_of_titles
from vse.errors import CollectionError
from vse.modalities import IMAGE, RECIPE
from vse.modalities.recipe.recipe import Recipe

LAYER1, LAYER2, DETECTED, CLASSES = "layer1.json", "layer2.json", "det_ingrs.json", "classes1M.pkl"
MOST_PICTURES = 5  # of a recipe, as the paper takes
_CHUNK = 1 << 20  # characters read at a time
_LONGEST = 16 * _CHUNK  # of an entry, beyond which it is none
_PARTITIONS = {"train": "train", "val": "dev", "test": "test"}


def read_recipe1m(source: Path, images: Path | None = None) -> Contents:
    """The recipes of which a picture is there; ingredients that det_ingrs.json calls no ingredients are left out.

    A picture abcd.jpg lies in PARTITION/a/b/c/d below the folder or its `images`, as the archives unpack, or in one
    of these itself. Classes are those of classes1M.pkl, where it is there, else what the titles often say.

    Raises:
        CollectionError: when a file is missing or is no list, or none of the recipes fits.
    """
    folder = source.parent
    pictures = _by_id(folder / LAYER2, "images", "id")
    detected = _by_id(folder / DETECTED, "valid") if (folder / DETECTED).is_file() else {}
    roots = [images] if images else [folder, folder / "images"]
    items: list[Item] = []
    faults, without = Faults(source), 0
    for number, entry in enumerate(entries(source)):
        with faults.row(f"entry {number}"):
            recipe, id, partition = _recipe(entry, detected)
            files = [
                file
                for name in pictures.get(id, ())[:MOST_PICTURES]
                if (file := _file(roots, partition, picture_name(name))) is not None
            ]
            if not files:
                without += 1
                continue
            items.append(Item(id, {IMAGE: tuple(files), RECIPE: (recipe,)}, _PARTITIONS.get(partition, partition)))
    notes = faults.notes(items)
    if without:
        told = "1 recipe" if without == 1 else f"{without:,} recipes"
        notes = (*notes, f"{told} of {source} left out, of which no picture is there.")
    classes = _classes(folder / CLASSES, items) if (folder / CLASSES).is_file() else _title_classes(items)
    return Contents(source, tuple(items), classes, {"title": "Recipe1M"}, notes)


def _title_classes(items: list[Item]) -> RecipeClasses:
    titles = [item.inputs[RECIPE][0].title for item in items]
    return RecipeClasses(classes_of_titles(titles, [item.split == "train" for item in items]))


class _Plain(pickle.Unpickler):
    """Reads numbers, texts and dictionaries, and runs nothing."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        raise pickle.UnpicklingError(f"it holds {module_name}.{global_name}")


def _classes(path: Path, items: list[Item]) -> RecipeClasses:
    """The file is two dictionaries, one after the other: id -> number of a class, and number -> name. 0 is none.

    Raises:
        CollectionError: for anything else.
    """
    try:
        with path.open("rb") as file:
            number_of, name_of = (_Plain(file, encoding="utf-8").load() for _ in range(2))
        numbers = [int(number_of.get(item.id, 0)) for item in items]
        return RecipeClasses(tuple(str(name_of[number]) if number else "" for number in numbers))
    except Exception as error:  # a reader of pickles meeting other bytes may raise anything
        raise CollectionError(
            f"{path} is not the classes of Recipe1M, two dictionaries of texts and numbers ({error}): get the file "
            "again, or take it away, and classes are made of the titles."
        ) from error


def entries(path: Path) -> Iterator[Any]:
    """The entries of a JSON list, one after the other; of the file a little at a time is held.

    Raises:
        CollectionError: when the file cannot be read or is no list.
    """
    decoder, held, begun = json.JSONDecoder(), "", False
    try:
        with path.open(encoding="utf-8-sig") as file:
            while True:
                more = file.read(_CHUNK)
                held += more
                if not begun:
                    held = held.lstrip()
                    if held and not held.startswith("["):
                        raise CollectionError(f"{path} holds no list; expected that of Recipe1M.")
                    begun, held = bool(held), held[1:]
                while held := held.lstrip(" \t\r\n,"):
                    if held.startswith("]"):
                        return
                    try:
                        entry, end = decoder.raw_decode(held)
                    except json.JSONDecodeError:
                        break  # the rest of it is to come
                    yield entry
                    held = held[end:]
                if not more or len(held) > _LONGEST:
                    raise CollectionError(f"{path} is cut short, or holds what is no JSON; get the file again.")
    except FileNotFoundError:
        raise CollectionError(f"{path} is missing; put it beside {LAYER1}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CollectionError(f"{path} cannot be read ({error}); get the file again.") from error


def _by_id(path: Path, field: str, inner: str = "") -> dict[str, tuple[Any, ...]]:
    """id -> the list of each entry, or what `inner` says in each of its own."""
    found = {}
    for entry in entries(path):
        if isinstance(entry, dict) and isinstance(entry.get("id"), str) and isinstance(entry.get(field), list):
            values = entry[field]
            if inner:
                values = [each.get(inner) for each in values if isinstance(each, dict)]
            found[entry["id"]] = tuple(values)
    return found


def _recipe(entry: Any, detected: Mapping[str, tuple[Any, ...]]) -> tuple[Recipe, str, str]:
    """An entry of layer1.json -> its recipe, its id and its partition.

    Raises:
        ValueError: saying what does not fit.
    """
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise ValueError("expected an object with 'id'")
    lists = []
    for name in ("ingredients", "instructions"):
        lines = entry.get(name)
        texts = [each.get("text") for each in lines if isinstance(each, dict)] if isinstance(lines, list) else []
        if not texts or not all(isinstance(text, str) for text in texts):
            raise ValueError(f"{entry['id']!r} has no list {name!r} of texts")
        lists.append(texts)
    valid = detected.get(entry["id"], ())
    if len(valid) == len(lists[0]) and any(valid):
        lists[0] = [line for line, is_one in zip(lists[0], valid, strict=True) if is_one]
    title = entry.get("title") if isinstance(entry.get("title"), str) else ""
    return (
        Recipe(str(title), tuple(map(str, lists[0])), tuple(map(str, lists[1]))),
        entry["id"],
        str(entry.get("partition", "test")),
    )


def _file(roots: list[Path], partition: str, name: str) -> Path | None:
    """Where a picture lies; None where it is not there."""
    deep = "/".join([*name[:4], name])
    places = (file for root in roots for file in (root / partition / deep, root / partition / name, root / name))
    return next((file for file in places if file.is_file()), None)
