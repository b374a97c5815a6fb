"""Counterparts: two scenes that differ in exactly one fact, and the words for the difference."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from vse.data.scenes.language.phrases import plural_of
from vse.data.scenes.world.kinds import KINDS
from vse.data.scenes.world.sample import is_possible, kinds_like
from vse.data.scenes.world.scene import Scene, is_held_out, with_group
from vse.data.scenes.world.world import ACTIONS, PLACES, SIZES, TIMES

COUNT_NOUNS = {1: "one", 2: "two", 3: "three", 4: "four"}
WEATHER_NOUNS = {
    "clear": "clear sky", "cloudy": "cloudy sky", "rain": "rain", "snowfall": "falling snow", "fog": "fog",
}  # fmt: skip


@dataclass(frozen=True)
class Swap:
    """`source` - `minus` + `plus` = `target`; `fact` is the name that changed (see `scene.facts`)."""

    name: str
    fact: str
    source: Scene
    target: Scene
    minus: str
    plus: str

    @property
    def reversed(self) -> Swap:
        return Swap(self.name, self.fact, self.target, self.source, self.plus, self.minus)


def _kind_swaps(scene: Scene) -> Iterator[Swap]:
    for role, group in zip(("subject", "other"), scene.groups, strict=False):
        for name in kinds_like(KINDS[group.kind], PLACES[scene.place]):
            target = with_group(scene, role, kind=name)
            yield Swap(KINDS[name].families[0], f"{role}.kind", scene, target, group.kind, name)


def _operand(attribute: str, value: str | int, kind: str, ambiguous: bool) -> str:
    """The words for one fact: a bare word where it is clear what it is said of, else with its noun."""
    if attribute == "count":
        return f"{COUNT_NOUNS[int(value)]} {kind if value == 1 else plural_of(kind)}"
    return f"{value} {kind}" if ambiguous else str(value)


def _group_swaps(scene: Scene, attribute: str, values: Iterable[str | int]) -> Iterator[Swap]:
    for role, group in zip(("subject", "other"), scene.groups, strict=False):
        old = getattr(group, attribute)
        if old is None:
            continue
        ambiguous = sum(getattr(each, attribute) == old for each in scene.groups) > 1
        for new in values:
            if new != old:
                target = with_group(scene, role, **{attribute: new})
                words = [_operand(attribute, value, group.kind, ambiguous) for value in (old, new)]
                yield Swap(attribute, f"{role}.{attribute}", scene, target, *words)


def _colour_swaps(scene: Scene) -> Iterator[Swap]:
    colours = {colour for group in scene.groups for colour in KINDS[group.kind].colours}
    yield from _group_swaps(scene, "colour", sorted(colours))


def _frame_swaps(scene: Scene, attribute: str, words: dict[str, str]) -> Iterator[Swap]:
    old = getattr(scene, attribute)
    for new, word in words.items():
        if new != old:
            changes: dict[str, Any] = {attribute: new}
            yield Swap(attribute, attribute, scene, replace(scene, **changes), words[old], word)


_SWAPPERS: dict[str, Callable[[Scene], Iterator[Swap]]] = {
    "kind": _kind_swaps,
    "colour": _colour_swaps,
    "place": lambda scene: _frame_swaps(scene, "place", {name: place.noun for name, place in PLACES.items()}),
    "time": lambda scene: _frame_swaps(scene, "time", {name: name for name in TIMES}),
    "weather": lambda scene: _frame_swaps(scene, "weather", WEATHER_NOUNS),
    "count": lambda scene: _group_swaps(scene, "count", COUNT_NOUNS),
    "size": lambda scene: _group_swaps(scene, "size", SIZES),
    "action": lambda scene: _group_swaps(scene, "action", ACTIONS),
}
WEIGHTS = {"kind": 34, "colour": 12, "place": 12, "time": 10, "weather": 8, "count": 10, "size": 6, "action": 8}


def possible_swaps(scene: Scene, what: str) -> list[Swap]:
    """Every change of one fact of that sort ("kind", "colour", "place", ...) that leaves a possible scene."""
    return [swap for swap in _SWAPPERS[what](scene) if is_possible(swap.target)]


def sample_swap(rng: random.Random, scene: Scene, in_training: bool = False) -> Swap:
    """One change of one fact; in training never into a held-out combination."""
    while True:
        what = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        swaps = [s for s in possible_swaps(scene, what) if not (in_training and is_held_out(s.target))]
        if swaps:
            return rng.choice(swaps)
