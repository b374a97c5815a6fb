"""Where a plane misleads: the neighbours of a row in the space that it tears away, and the strangers it brings near."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NEAREST = 8
_REACH = 4  # times as many as are asked for may stand nearer, or a tenth of all where that is less


@dataclass(frozen=True, eq=False)
class Neighbours:
    """What is near to a row in the space and in the plane.

    near: (K,) int64, the rows nearest to it in the space, the nearest first.
    torn: (K,) bool, which of them are far in the plane: more than `reach` other rows stand nearer there.
    strangers: (S,) int64, of the K nearest in the plane those that are far in the space, by the same measure.
    """

    near: np.ndarray
    torn: np.ndarray
    strangers: np.ndarray
    reach: int


def neighbours_of(vectors: np.ndarray, points: np.ndarray, row: int, k: int = NEAREST) -> Neighbours:
    """The k nearest to a row of vectors (N, D) by cosine, compared with where points (N, 2) stand.

    Raises:
        ValueError: for shapes that do not fit, a row that is not there, or k below 1.
    """
    count = len(vectors)
    if np.ndim(vectors) != 2 or np.shape(points) != (count, 2) or not 0 <= row < count or k < 1:
        raise ValueError(
            f"Vectors {np.shape(vectors)}, points {np.shape(points)}, row {row} and k = {k} came: give (N, D), (N, 2), "
            "a row below N, and k at least 1."
        )
    others = np.delete(np.arange(count), row)
    apart = ((np.asarray(points, np.float64)[others] - points[row]) ** 2).sum(axis=1)
    in_space = others[np.argsort(-_cosines(vectors, row)[others], kind="stable")]
    in_plane = others[np.argsort(apart, kind="stable")]
    reach = max(k, min(_REACH * k, count // 10))
    near, beside = in_space[:k], in_plane[:k]
    return Neighbours(near, ~np.isin(near, in_plane[:reach]), beside[~np.isin(beside, in_space[:reach])], reach)


def _cosines(vectors: np.ndarray, row: int) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1)
    return (vectors @ vectors[row]) / np.where(lengths > 0, lengths, 1)
