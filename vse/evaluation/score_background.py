"""What a model's scores are worth: one model's 0.3 may say as much as another's 0.6.

A score is laid against the scores of pictures and captions drawn at random. It is meant for a caption against a
picture: pictures among themselves, and sums of pictures and words, score on another scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vse.encoders.similarity import COSINE, Similarity

PAIRS = 100_000
_CHUNK = 8192  # pairs at a time: 8 MiB for 256 numbers in float32


def percentile_of(scores: np.ndarray | float, background: np.ndarray) -> np.ndarray:
    """Of each score, the share (0 to 100) of a background that lies below it; float64 in the shape of `scores`.

    `background` is (P,), sorted upwards. A score that equals the lowest has 0; one above the highest has 100.
    """
    return 100 * np.searchsorted(background, scores, side="left") / len(background)


@dataclass(frozen=True, eq=False)
class Background:
    """(P,) float32: a model's scores for pairs of pictures and captions at random, sorted upwards."""

    scores: np.ndarray

    @classmethod
    def sample(
        cls, images: np.ndarray, texts: np.ndarray, similarity: Similarity = COSINE, pairs: int = PAIRS, seed: int = 0
    ) -> Background:
        """From unit rows (I, D) of pictures and (T, D) of captions; the same seed gives the same background.

        All I x T pairs are taken when there are no more than `pairs`, else `pairs` are drawn.

        Args:
            similarity: the encoder's.

        Raises:
            ValueError: without pictures or captions.
        """
        if not len(images) or not len(texts):
            raise ValueError(f"{len(images)} pictures and {len(texts)} captions came: give at least one of each.")
        every = len(images) * len(texts)
        drawn = np.arange(every) if every <= pairs else np.random.default_rng(seed).integers(every, size=pairs)
        found = np.empty(len(drawn), dtype=np.float32)
        for begin in range(0, len(drawn), _CHUNK):
            left, right = np.divmod(drawn[begin : begin + _CHUNK], len(texts))
            found[begin : begin + len(left)] = similarity.pairs(images[left], texts[right], a_is="image", b_is="text")
        return cls(np.sort(found))

    def percentile(self, score: float) -> float:
        """The share of the background below `score`, 0 to 100."""
        # In the scores' own type: for another one they would all be converted each time.
        return float(percentile_of(np.asarray(score, self.scores.dtype), self.scores))
