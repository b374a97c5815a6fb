"""What a score is worth: where it lies among the scores that the same model gives at random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vse.evaluation.score_background import Background

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

_PICTURES = 450  # about 100,000 pairs


@dataclass(frozen=True)
class Scale:
    """The backgrounds of one model: words against pictures, and pictures against each other; None where unknown."""

    words: Background | None = None
    pictures: Background | None = None

    @classmethod
    def of(cls, searcher: Searcher) -> Scale:
        """From the vectors of the collection; the same ones give the same scale."""
        from vse.search.stores.base import some_rows

        images, similarity = some_rows(searcher.images), searcher.encoder.similarity
        captions = some_rows(searcher.captions) if searcher.captions else images[:0]
        words = Background.sample(images, captions, similarity) if len(images) and len(captions) else None
        return cls(words, pairs_of_pictures(images))


def pairs_of_pictures(vectors: np.ndarray) -> Background | None:
    """The cosines of pictures with other pictures, from unit rows (N, D); None for fewer than two."""
    if len(vectors) < 2:
        return None
    rows = np.random.default_rng(0).permutation(len(vectors))[:_PICTURES]
    some = np.asarray(vectors[np.sort(rows)], dtype=np.float32)
    return Background(np.sort((some @ some.T)[np.triu_indices(len(some), 1)]))
