"""Which facts of Emoji Scenes a joint space has as directions: every two values of a fact as an axis of their words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from vse.data.scenes.annotations import scenes_of
from vse.data.scenes.world.values import FACTS
from vse.encoders.similarity import normalise
from vse.errors import CollectionError, QueryError
from vse.maps.axes import Axis, auc, direction_of

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

LEAST = 20  # pictures of each value that an AUC is taken over
CLEAR = 0.9  # an AUC from which on the space has the direction
_ARTICLE = re.compile(r"^(a|an|the) ")


@dataclass(frozen=True)
class Scored:
    """How well an axis sorts the pictures that show one value of a fact, and not the other, from those of the other."""

    fact: str
    low: str
    high: str
    auc: float


@dataclass(frozen=True)
class Directions:
    """A fact over all pairs of its values that have enough pictures.

    clear: of how many pairs the AUC is at least `CLEAR`.
    """

    pairs: int
    mean: float
    clear: int
    weakest: Scored

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Directions:
        return cls(**{**data, "weakest": Scored(**data["weakest"])})

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class Truth:
    """The pictures of a collection of Emoji Scenes under a model, with what is known of them.

    Raises:
        CollectionError: for a collection without known scenes.
    """

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher
        scenes = scenes_of(searcher.collection.annotations)
        if not scenes:
            raise CollectionError(
                f"{searcher.collection.name} has no known truth, so its axes have no score: give Emoji Scenes."
            )
        self.vectors = np.asarray(searcher.images.vectors, np.float32)
        self.shown = {name: fact.shown(scenes) for name, fact in FACTS.items()}

    def score(self, axis: Axis) -> Scored | None:
        """The AUC of an axis whose ends are words for two values of one fact; None for any others."""
        for fact, low in values_named(axis.low):
            if high := next((value for other, value in values_named(axis.high) if other == fact), None):
                return self._scored(self._along(axis), fact, low, high, least=1)
        return None

    def best(self, axis: Axis) -> Scored | None:
        """Of all pairs of values of a fact, the one that an axis sorts best, in its direction; None of few pictures."""
        scores = self._along(axis)
        pairs = [(name, a, b) for name in self.shown for a, b in self._pairs(name)]
        found = [each for pair in pairs if (each := self._scored(scores, *pair))]
        found += [Scored(each.fact, each.high, each.low, 1 - each.auc) for each in found]
        return max(found, key=lambda each: each.auc, default=None)

    def directions(self) -> dict[str, Directions]:
        """Each fact with its axes, of the facts that have a pair of values with enough pictures."""
        found = {}
        for name, fact in FACTS.items():
            if pairs := list(self._pairs(name)):
                values = sorted({value for pair in pairs for value in pair}, key=list(fact.words).index)
                ends = self.searcher.encoder.encode_texts([fact.words[value][0] for value in values], strict=False)
                at = dict(zip(values, normalise(ends - self.searcher.means.text), strict=True))
                found[name] = _over(list(self._each(name, pairs, at)))
        return found

    def _each(self, name: str, pairs: list[tuple[str, str]], at: Mapping[str, np.ndarray]) -> Iterator[Scored]:
        for low, high in pairs:
            try:
                axis = Axis(low, high, direction_of(at[low], at[high]))
            except QueryError:  # two words that the model does not tell apart
                yield Scored(name, low, high, 0.5)
                continue
            if scored := self._scored(self._along(axis), name, low, high):
                yield scored

    def _pairs(self, name: str) -> Iterator[tuple[str, str]]:
        shown = self.shown[name]
        for low, high in combinations(shown, 2):
            if min((shown[low] & ~shown[high]).sum(), (shown[high] & ~shown[low]).sum()) >= LEAST:
                yield low, high

    def _scored(self, scores: np.ndarray, fact: str, low: str, high: str, least: int = LEAST) -> Scored | None:
        first, second = self.shown[fact][low], self.shown[fact][high]
        below, above = scores[first & ~second], scores[second & ~first]
        return Scored(fact, low, high, auc(below, above)) if min(len(below), len(above)) >= least else None

    def _along(self, axis: Axis) -> np.ndarray:
        return axis.along(self.vectors, self.searcher.means.picture)


def values_named(text: str) -> list[tuple[str, str]]:
    """The facts, each with its value, that a text is a word for."""
    plain = _ARTICLE.sub("", " ".join(text.lower().replace('"', "").split()))
    return [
        (name, value)
        for name, fact in FACTS.items()
        for value, words in fact.words.items()
        if plain == value or plain in (_ARTICLE.sub("", each) for each in words)
    ]


def _over(scored: list[Scored]) -> Directions:
    values = [each.auc for each in scored]
    weakest = min(scored, key=lambda each: each.auc)
    return Directions(len(scored), float(np.mean(values)), sum(value >= CLEAR for value in values), weakest)
