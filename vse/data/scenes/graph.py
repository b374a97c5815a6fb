"""Which things and places of Emoji Scenes come together."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from vse.data.scenes.world.sample import sample_scene


def cooccurrence_graph(count: int, seed: int = 0) -> dict[tuple[str, str], int]:
    """(name, name) in alphabetical order -> in how many of so many training scenes both are.

    Times and weathers are left out: they come with everything, so that a walk over them leads anywhere.
    """
    edges: Counter[tuple[str, str]] = Counter()
    for number in range(count):
        scene = sample_scene("train", number, seed)
        edges.update(combinations(sorted({scene.place, *(group.kind for group in scene.groups)}), 2))
    return dict(edges)
