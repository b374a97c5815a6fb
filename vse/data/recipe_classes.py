"""The classes of recipes, "chocolate cake", for semantic regularisation (Salvador et al. 2017, section 3.2).

They come from a file, or are what the titles of the recipes often say. A recipe of no class has an empty one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vse.modalities import RECIPE

MOST, LEAST = 1000, 2  # classes that are made of titles at most, and titles that a class is in at least
_EMPTY = frozenset({
    "a", "an", "the", "and", "or", "with", "of", "in", "for", "to", "on", "from", "my", "our", "your", "best", "easy",
    "quick", "simple", "homemade", "ii", "iii",
})  # fmt: skip


@dataclass(frozen=True)
class RecipeClasses:
    """The annotations of recipes: the class of each, in the order of the items, which have one recipe each."""

    of_recipes: tuple[str, ...]

    def relevance(self, query: str, candidate: str) -> np.ndarray | None:
        """None: of one class are many dishes."""
        return None

    def held_out(self, modality: str) -> np.ndarray | None:
        """None: no class is kept out of training."""
        return None

    def facets(self) -> dict[str, list[str]]:
        """The class of each."""
        return {"class": [each or "none" for each in self.of_recipes]}

    def subset(self, rows: Mapping[str, Sequence[int] | np.ndarray]) -> RecipeClasses:
        """Of some recipes only."""
        return RecipeClasses(tuple(self.of_recipes[row] for row in rows[RECIPE]))


def classes_of_titles(titles: Sequence[str], counted: Sequence[bool]) -> tuple[str, ...]:
    """Of each title its most frequent pair of neighbouring words, among the MOST frequent ones that come LEAST times.

    Args:
        counted: which titles the pairs are counted in, those of training.
    """
    pairs = [_pairs(title) for title in titles]
    counts = Counter(pair for own, counts in zip(pairs, counted, strict=True) if counts for pair in own)
    known = {pair: count for pair, count in counts.most_common(MOST) if count >= LEAST}
    return tuple(max(own, key=lambda pair: known.get(pair, 0)) if known.keys() & own else "" for own in pairs)


def _pairs(title: str) -> tuple[str, ...]:
    words = re.findall(r"[^\W\d_]+", title.lower())
    return tuple(dict.fromkeys(f"{a} {b}" for a, b in pairwise(words) if not _EMPTY & {a, b}))
