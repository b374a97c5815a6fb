"""Sums to begin with, chosen by what is true of the pictures and never by what a model answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vse.data import Collection
from vse.data.item import Item
from vse.data.scenes.annotations import scenes_of
from vse.data.scenes.world.scene import facts
from vse.search.query import Picture, Query, Term, Text, parse


@dataclass(frozen=True)
class Example:
    """`title` is what a visitor reads, `item` the picture that it starts from, `note` a warning.

    outcome: the picture that is its ideal answer, where the truth is known.
    """

    title: str
    query: Query
    item: Item | None = None
    note: str = ""
    outcome: Item | None = None


@dataclass(frozen=True)
class Swap:
    """Words to take away and to add, the facts of pictures that they fit, and the facts that should change."""

    minus: str
    plus: str
    before: dict[str, Any]
    after: dict[str, Any]
    note: str = ""


SWAPS = (
    Swap("dog", "cat", {"subject.kind": "dog"}, {"subject.kind": "cat"}),
    Swap("day", "night", {"time": "day"}, {"time": "night"}),
    Swap("beach", "snow", {"place": "beach"}, {"place": "snow"}),
    Swap("red", "blue", {"subject.colour": "red"}, {"subject.colour": "blue"}),
    Swap("man", "woman", {"subject.kind": "man"}, {"subject.kind": "woman"}),
    Swap("one dog", "three dogs", {"subject.kind": "dog"}, {"subject.count": 3}, note="counting often fails"),
)
CLEAR = {"subject.count": 1, "weather": "clear"}  # of every picture that a swap starts from, which shows nothing else
WORDS_ALONE = "king - man + woman"


def examples(collection: Collection) -> tuple[Example, ...]:
    """Swaps for scenes, whose truth is known; for every collection, what else the language can say."""
    found = swaps(collection)
    items = list({each.item.id: each.item for each in found if each.item}.values()) or list(collection.items)
    queries = [parse(WORDS_ALONE)]
    if items and not found:
        queries.insert(0, exchange(items[0], "red", "blue"))
    if len(items) > 1:
        queries.append(Query(tuple(Term(1, Picture(item.id)) for item in items[:2])))
    return (*found, *(Example(str(query), query) for query in queries))


def exchange(item: Item, minus: str, plus: str) -> Query:
    return Query((Term(1, Picture(item.id)), Term(-1, Text(minus)), Term(1, Text(plus))))


def swaps(collection: Collection) -> list[Example]:
    """Each swap with the picture whose ideal answer is most nearly in the collection, the first of equals."""
    known = [facts(scene) for scene in scenes_of(collection.annotations)]
    found = []
    for swap in SWAPS:
        rows = best_pair(known, swap)
        if rows is not None:
            (item, outcome), title = (collection.items[row] for row in rows), f"{swap.minus} → {swap.plus}"
            found.append(Example(title, exchange(item, swap.minus, swap.plus), item, swap.note, outcome))
    return found


def best_pair(known: list[dict[str, Any]], swap: Swap) -> tuple[int, int] | None:
    """The rows of the picture that a swap should start from and of its ideal answer, where there are such."""
    targets = [row for row, scene in enumerate(known) if swap.after.items() <= scene.items()]
    near: dict[tuple[int, int], int] = {}
    for row, scene in enumerate(known):
        if "other.kind" not in scene and (swap.before | CLEAR).items() <= scene.items():
            wanted = (scene | swap.after).items()
            for target in targets:
                near[row, target] = len(wanted & known[target].items()) - len(known[target])
    return max(near, key=lambda rows: near[rows]) if near else None
