"""What is known of each picture of a collection, in a few values: what a map can be coloured by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from vse.data import Collection
from vse.data.scenes.world.kinds import KINDS
from vse.data.scenes.world.scene import Scene

OTHER = "other"
MOST = 14  # values that a legend can show
_KEPT = 12  # of more values than that


def facets(collection: Collection) -> dict[str, list[str]]:
    """Name -> one value a picture, in the order of the items; empty where nothing is known.

    Where the world behind the pictures is known: place, family, kind and colour of the subject, time, weather, and
    whether the scene holds a combination that is held out of training. In any collection: the split. A facet has at
    least two values and at most `MOST`: of more, the 12 most frequent are kept and the rest is "other".
    """
    found: dict[str, list[str]] = {}
    if collection.truth is not None:
        scenes = collection.truth.scenes
        found = {name: [value(scene) for scene in scenes] for name, value in _OF_A_SCENE.items()}
        found["held out"] = ["held out" if held else "seen" for held in collection.truth.held_out_images]
    found["split"] = [item.split for item in collection.items]
    return {name: few(values) for name, values in found.items() if len(set(values)) > 1}


def few(values: list[str]) -> list[str]:
    """The values as they are, or the most frequent and "other"; among equally frequent the first in the alphabet."""
    if len(set(values)) <= MOST:
        return values
    kept = set(legend(values)[:_KEPT])
    return [value if value in kept else OTHER for value in values]


def legend(values: Iterable[str]) -> list[str]:
    """Each value once, the most frequent first, equals in alphabetical order, and "other" last."""
    counts = Counter(values)
    return sorted(counts, key=lambda value: (value == OTHER, -counts[value], value))


_OF_A_SCENE: dict[str, Callable[[Scene], str]] = {
    "place": lambda scene: scene.place,
    "family": lambda scene: KINDS[scene.subject.kind].families[0],
    "kind": lambda scene: scene.subject.kind,
    "colour": lambda scene: scene.subject.colour or "natural",
    "time": lambda scene: scene.time,
    "weather": lambda scene: scene.weather,
}
