"""Writing and reading the counterparts: a collection of pictures, and swaps.jsonl with the queries on them."""

from __future__ import annotations

import json
from pathlib import Path

from vse.data import Collection
from vse.data.scenes.annotations import scenes_of
from vse.data.scenes.world.counterparts import sample_families
from vse.data.scenes.world.swaps import Swap
from vse.data.scenes.write import SWAPS_FILE, write_scenes
from vse.errors import CollectionError
from vse.io.configs import parse_json, read_text

_SWAP = ("name", "fact", "source", "target", "minus", "plus")
QUALITY = 72  # there are many of them, and they are looked at small


def write_counterparts(folder: Path, seed: int = 0) -> None:
    """Draw the families of counterparts, and write the swaps between them; the folder appears whole or not at all.

    Raises:
        FontMissingError: when the emoji font is not installed.
        WriteError: when the folder holds anything but Emoji Scenes.
    """
    families = sample_families(seed=seed)
    lines = [
        json.dumps(
            {
                "name": s.name,
                "fact": s.fact,
                "source": s.source.id,
                "target": s.target.id,
                "minus": s.minus,
                "plus": s.plus,
            }
        )
        for family in families
        for s in family.swaps
    ]
    write_scenes(folder, [scene for family in families for scene in family.scenes], "test", QUALITY, lines)


def read_swaps(collection: Collection) -> list[Swap]:
    """The swaps between the pictures of a collection of counterparts.

    Raises:
        CollectionError: when it has none, or they do not fit its pictures.
    """
    scenes = {scene.id: scene for scene in scenes_of(collection.annotations)}
    if not scenes:
        raise CollectionError(f"{collection.name} has no known truth, so arithmetic cannot be scored on it.")
    path = collection.items[0].image_path.parent.parent / SWAPS_FILE
    if not path.exists():
        raise CollectionError(
            f"{collection.name} has no {SWAPS_FILE}, so arithmetic cannot be scored on it: give a collection that "
            "`python -m vse build counterparts` made."
        )
    try:
        rows = [parse_json(line) for line in read_text(path, CollectionError).splitlines()]
        if wrong := [row for row in rows if not all(isinstance(row[name], str) for name in _SWAP)]:
            raise ValueError(f"{str(wrong[0])[:60]} is no swap")
        return [
            Swap(r["name"], r["fact"], scenes[r["source"]], scenes[r["target"]], r["minus"], r["plus"]) for r in rows
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise CollectionError(f"{path} does not hold the swaps of {collection.name} ({error}).") from error
