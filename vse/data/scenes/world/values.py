"""The facts of a scene by name, each with its values and the words for them: what an axis of words is scored by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vse.data.scenes.world.kinds import KINDS
from vse.data.scenes.world.scene import Group, Scene
from vse.data.scenes.world.world import ACTIONS, COLOURS, COUNT_WORDS, PLACES, RELATIONS, SIZES, TIMES, WEATHERS


@dataclass(frozen=True)
class Fact:
    """One thing that may be asked of a scene.

    words: value -> the words for it, of which the first are asked with.
    of: the values that a scene has; of two groups it may be several.
    """

    words: Mapping[str, tuple[str, ...]]
    of: Callable[[Scene], set[str]]

    def shown(self, scenes: Sequence[Scene]) -> dict[str, np.ndarray]:
        """Value -> (N,) bool, which scenes have it."""
        found = [self.of(scene) for scene in scenes]
        return {value: np.array([value in each for each in found], dtype=bool) for value in self.words}


def _groups(value: Callable[[Group], str | None]) -> Callable[[Scene], set[str]]:
    return lambda scene: {found for group in scene.groups if (found := value(group))}


_COUNTS = {words[1 if count == 1 else 0]: words for count, words in COUNT_WORDS.items()}
_FAMILIES = sorted({family for kind in KINDS.values() for family in kind.families})

FACTS: dict[str, Fact] = {
    "time": Fact(TIMES, lambda scene: {scene.time}),
    "weather": Fact(WEATHERS, lambda scene: {scene.weather}),
    "place": Fact({name: (name, *place.phrases) for name, place in PLACES.items()}, lambda scene: {scene.place}),
    "size": Fact(SIZES, _groups(lambda group: group.size)),
    "colour": Fact(COLOURS, _groups(lambda group: group.colour)),
    "count": Fact(
        {name: (name, *words) for name, words in _COUNTS.items()},
        lambda scene: {list(_COUNTS)[scene.subject.count - 1]},
    ),
    "family": Fact(
        {name: (name.replace("-", " "),) for name in _FAMILIES},
        lambda scene: {family for group in scene.groups for family in KINDS[group.kind].families},
    ),
    "kind": Fact({name: kind.nouns for name, kind in KINDS.items()}, _groups(lambda group: group.kind)),
    "action": Fact(ACTIONS, _groups(lambda group: group.action)),
    "relation": Fact(RELATIONS, lambda scene: {scene.relation} if scene.relation else set()),
}
