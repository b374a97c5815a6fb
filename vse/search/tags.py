"""Words for a picture that nobody has described: those of a list that fit it better than they fit any picture.

A word such as "day" scores high on everything, and one such as "standing" everywhere about the same: so the mean score
of a word over a background of pictures is taken off, and what is left is measured in its standard deviations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vse.encoders.base import Encoder, unknown_words
from vse.encoders.similarity import COSINE, Similarity, top_k

_LEAST_SPREAD = 0.01  # a background of one picture, or of equal ones, has none


@dataclass(frozen=True)
class Tag:
    """A word, and by how many standard deviations its similarity with the picture is above its mean."""

    word: str
    score: float


@dataclass(frozen=True, eq=False)
class TagWords:
    """Words to choose from, ready for many pictures.

    vectors: (W, D) float32, unit rows. mean, spread: (W,) float32, of each word's scores over the background.
    similarity: the encoder's.
    """

    words: tuple[str, ...]
    vectors: np.ndarray
    mean: np.ndarray
    spread: np.ndarray
    similarity: Similarity = COSINE

    @classmethod
    def of(cls, encoder: Encoder, words: Sequence[str], background: np.ndarray) -> TagWords:
        """The words that the model knows, each encoded as a text of one word.

        Args:
            words: such as those of `vse.words.content_words.content_words`.
            background: (B, D) unit rows of pictures, best those the tags are for, or a thousand of them.

        Raises:
            ValueError: for a background without pictures.
        """
        if not len(background):
            raise ValueError("The background holds no pictures: give at least one.")
        unknown = {each.word for each in unknown_words(encoder, " ".join(words))} if words else set()
        known = tuple(word for word in dict.fromkeys(words) if word not in unknown)
        vectors = encoder.encode_texts(known) if known else np.zeros((0, encoder.dim), np.float32)
        scores = encoder.similarity.scores(background, vectors, a_is="image", b_is="text")
        spread = np.maximum(scores.std(axis=0), _LEAST_SPREAD)
        return cls(known, vectors, scores.mean(axis=0), spread, encoder.similarity)

    def tags(self, vector: np.ndarray, k: int = 5) -> list[Tag]:
        """The k words that fit a picture (D,) best, best first; ties by the order of the words."""
        if not self.words:
            return []
        scores = self.similarity.scores(np.asarray(vector)[None], self.vectors, a_is="image", b_is="text")[0]
        scores = (scores - self.mean) / self.spread
        return [Tag(self.words[row], float(scores[row])) for row in top_k(scores, k)]


def tags(encoder: Encoder, vector: np.ndarray, words: Sequence[str], background: np.ndarray, k: int = 5) -> list[Tag]:
    """The k words that fit one picture (D,) best; for many pictures make `TagWords` once."""
    return TagWords.of(encoder, words, background).tags(vector, k)
