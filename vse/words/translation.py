"""Translation of single words by a linear map between two spaces of word vectors (Mikolov, Le & Sutskever 2013).

The vectors of each language are learnt from sentences of that language alone; the map is fitted to pairs of words.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vse.errors import TextError
from vse.words.mapping import LinearMap, least_squares, orthogonal
from vse.words.table import WordVectors, unit_rows

Pair = tuple[str, str]
MAPS: dict[str, Callable[[np.ndarray, np.ndarray], LinearMap]] = {
    "least squares": least_squares,
    "orthogonal": orthogonal,
}
ORTHOGONAL = "orthogonal"
NEIGHBOURS = 10  # of CSLS, as its authors have it


def prepared(found: WordVectors) -> np.ndarray:
    """(N, D) float32: unit rows, centred, and made unit rows again (Artetxe et al. 2016)."""
    return unit_rows(found.units - found.units.mean(axis=0))


def known_pairs(pairs: Iterable[Pair], source: WordVectors, target: WordVectors) -> list[Pair]:
    """Those of which both words have vectors."""
    return [(a, b) for a, b in pairs if a in source and b in target]


def reversed_pairs(pairs: Iterable[Pair]) -> list[Pair]:
    return [(b, a) for a, b in pairs]


def csls(cosines: np.ndarray, k: int = NEIGHBOURS) -> np.ndarray:
    """(S, T) cosines -> scores that words which are near to everything do not win (Conneau et al. 2018, eq. 3).

    Twice the cosine, less the mean cosine of each of both words to its k nearest of the other language.
    """
    by_source = np.sort(cosines, axis=1)[:, -k:].mean(axis=1, keepdims=True)
    by_target = np.sort(cosines, axis=0)[-k:].mean(axis=0, keepdims=True)
    scores: np.ndarray = 2 * cosines - by_source - by_target
    return scores


@dataclass(frozen=True, eq=False)
class Translator:
    """Words of one language into another, by a map that was fitted to pairs; see `learn`."""

    source: WordVectors
    target: WordVectors
    map: LinearMap

    @classmethod
    def learn(
        cls, source: WordVectors, target: WordVectors, pairs: Iterable[Pair], kind: str = ORTHOGONAL
    ) -> Translator:
        """Fit a map to the pairs of which both words are known.

        Args:
            pairs: (a word of the source, its translation); a word may stand in several.
            kind: a name of MAPS.

        Raises:
            TextError: when fewer than two pairs are known, or there is no such map.
        """
        known = known_pairs(pairs, source, target)
        if len(known) < 2:
            raise TextError(f"{len(known)} pairs of words are known to both {source.name} and {target.name}, and a map "
                            "takes two at least: give more pairs, or other vectors.")  # fmt: skip
        if kind not in MAPS:
            raise TextError(f"There is no map {kind!r}: give one of {', '.join(MAPS)}.")
        a, b = ([source.index[a] for a, _ in known], [target.index[b] for _, b in known])
        return cls(source, target, MAPS[kind](prepared(source)[a], prepared(target)[b]))

    @cached_property
    def cosines(self) -> np.ndarray:
        """(S, T) float32: of each word of the source, mapped, with each of the target."""
        return unit_rows(self.map(prepared(self.source))) @ prepared(self.target).T

    @cached_property
    def scores(self) -> np.ndarray:
        """(S, T) float32: `csls` of the cosines, by which words are ranked."""
        return csls(self.cosines)

    def translate(self, word: str, k: int = 5) -> list[tuple[str, float]]:
        """The k words of the other language that lie nearest to where the map takes a word, with cosines, best first.

        They are ranked by CSLS, so that the cosines need not fall.

        Raises:
            TextError: for a word that has no vector.
        """
        self.source[word]
        row = self.source.index[word]
        best = np.argsort(-self.scores[row], kind="stable")[:k]
        return [(self.target.words[at], float(self.cosines[row, at])) for at in best]


def joined_groups(groups: Iterable[Sequence[Pair]]) -> list[list[Pair]]:
    """Groups of pairs, those that share a word of either language made one."""
    found: list[list[Pair]] = []
    at: dict[tuple[int, str], int] = {}  # a word of a language -> the row of its group
    for group in groups:
        words = {(side, word) for pair in group for side, word in enumerate(pair)}
        rows = sorted({at[word] for word in words if word in at})
        merged = [pair for row in rows for pair in found[row]] + list(group)
        for row in rows:
            found[row] = []
        found.append(list(dict.fromkeys(merged)))
        at |= {(side, word): len(found) - 1 for pair in found[-1] for side, word in enumerate(pair)}
    return [group for group in found if group]


def split_pairs(
    groups: Iterable[Sequence[Pair]], kept_out: float = 1 / 3, seed: int = 0
) -> tuple[list[Pair], list[Pair]]:
    """(pairs to learn from, pairs kept out), whole groups in random order; no word of one is in the other."""
    joined = joined_groups(groups)
    random.Random(seed).shuffle(joined)
    sizes = np.cumsum([0, *map(len, joined)])
    count = int(np.searchsorted(sizes, kept_out * sizes[-1]))
    return [p for group in joined[count:] for p in group], [p for group in joined[:count] for p in group]


def precision_at(scores: np.ndarray, source: WordVectors, target: WordVectors, pairs: Iterable[Pair], k: int) -> float:
    """Of the words that the pairs translate, the share with one of their translations among the k best: from 0 to 1.

    Args:
        scores: (S, T), among all words of the target.
    """
    wanted: dict[int, set[int]] = {}
    for a, b in known_pairs(pairs, source, target):
        wanted.setdefault(source.index[a], set()).add(target.index[b])
    best = np.argsort(-scores[list(wanted)], axis=1, kind="stable")[:, :k]
    return float(
        np.mean([not right.isdisjoint(row.tolist()) for right, row in zip(wanted.values(), best, strict=True)])
    )
