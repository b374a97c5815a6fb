"""Semantic axes: two ends, such as day and night, are a direction of the joint space, along which anything has a place.

After Bolukbasi et al. 2016, "Man is to Computer Programmer as Woman is to Homemaker?", and An, Kwak and Ahn 2018,
"SemAxis": the coordinate is a cosine with the difference of two ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vse.encoders.similarity import normalise
from vse.errors import QueryError
from vse.maps.geometry import centred
from vse.search.query import read

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

_SAME = 1e-3  # the length of a difference of unit vectors, below which its direction would be chance


@dataclass(frozen=True, eq=False)
class Axis:
    """A direction of the joint space from one end to another.

    low, high: the ends as queries.
    direction: (D,) float32 of length 1.
    """

    low: str
    high: str
    direction: np.ndarray

    def along(self, vectors: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """Where rows (N, D) of a modality with that mean (D,) stand: (N,) float32, the cosine, from -1 to 1."""
        rows = centred(vectors, mean)
        lengths = np.linalg.norm(rows, axis=1)
        return (rows @ self.direction / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def direction_of(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The unit vector (D,) float32 from one unit vector (D,) to another.

    Raises:
        QueryError: for ends at the same place.
    """
    difference = np.asarray(high, np.float64) - low
    if np.linalg.norm(difference) < _SAME:
        raise QueryError("Both ends of the axis are at the same place: give two that differ, such as day and night.")
    return normalise(difference.astype(np.float32))


def axis_of(searcher: Searcher, low: str, high: str) -> Axis:
    """The axis between two ends, each a word, a sum or a picture in brackets, without the means of their modalities.

    Raises:
        QueryError: for an end that is empty, has filters, holds a word that the model has never read, or is the other.
        TextError: for an end that cannot be embedded.
    """
    return Axis(low.strip(), high.strip(), direction_of(_end(searcher, low), _end(searcher, high)))


def _end(searcher: Searcher, text: str) -> np.ndarray:
    """(D,) of length 1."""
    if not text.strip():
        raise QueryError("An end of the axis is empty: write a word, a sum or a picture in brackets at both ends.")
    query = read(text)
    if query.filters or not query.terms:
        raise QueryError(f"The end {text.strip()!r} has a filter, which is no place: leave it out.")
    strange = [*searcher.unknown_words(query), *(each for each in searcher.spelt_words(query) if not each.read_as)]
    if strange:
        near = f", such as {' or '.join(strange[0].suggestions)}" if strange[0].suggestions else ""
        raise QueryError(
            f"{searcher.encoder.name} has never read {strange[0].word!r}, so it gives an axis no direction: write "
            f"another word{near}."
        )
    return searcher.resolved(query, way="centred").vector


def auc(low: np.ndarray, high: np.ndarray) -> float:
    """How often a score of the second kind (M,) is above one of the first (N,), ties by half: 0.5 is chance, 1 always.

    The area under the ROC curve, by ranks (Mann and Whitney 1947).

    Raises:
        ValueError: where there is none of one kind.
    """
    if not len(low) or not len(high):
        raise ValueError(f"{len(low)} and {len(high)} scores came: give at least one of each kind.")
    _, place, counts = np.unique(np.concatenate([low, high]), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[len(low) :].sum() - len(high) * (len(high) + 1) / 2) / (len(low) * len(high)))
