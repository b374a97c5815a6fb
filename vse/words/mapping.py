"""Linear maps from one space of word vectors into another, fitted by pairs of words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RIDGE = 0.1  # of the mean variance of a coordinate, so that words few in number do not fit by heart


@dataclass(frozen=True, eq=False)
class LinearMap:
    """x -> (x - centre) @ matrix + to. matrix: (D, E) float64; centre: (D,), to: (E,)."""

    matrix: np.ndarray
    centre: np.ndarray
    to: np.ndarray

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """(M, D) -> (M, E) float32."""
        found: np.ndarray = (rows - self.centre) @ self.matrix + self.to
        return found.astype(np.float32)


def least_squares(source: np.ndarray, target: np.ndarray, ridge: float = RIDGE) -> LinearMap:
    """Least squares with a ridge (Mikolov, Le & Sutskever 2013, between languages), both sides centred.

    Args:
        source, target: (N, D) and (N, E), the same words in both spaces.
    """
    (x, centre), (y, to) = _centred(source), _centred(target)
    gram = x.T @ x
    gram += ridge * np.trace(gram) / len(gram) * np.eye(len(gram))
    return LinearMap(np.linalg.solve(gram, x.T @ y), centre, to)


def orthogonal(source: np.ndarray, target: np.ndarray, scaled: bool = False) -> LinearMap:
    """The rotation or reflection that brings the words nearest to their pairs, both sides centred.

    It is the solution of the orthogonal Procrustes problem (Schönemann 1966; between languages Xing et al. 2015 and
    Smith et al. 2017): U @ V' of the singular value decomposition of source' @ target. Where E is not D, the rows or
    the columns of the matrix are orthonormal, those of which there are fewer.

    Args:
        source, target: (N, D) and (N, E), the same words in both spaces.
        scaled: whether the length of all vectors may change, by one factor.
    """
    (x, centre), (y, to) = _centred(source), _centred(target)
    u, values, vt = np.linalg.svd(x.T @ y, full_matrices=False)
    scale = float(values.sum() / np.square(x).sum()) if scaled else 1.0
    return LinearMap(scale * (u @ vt), centre, to)


def mapped(source: np.ndarray, target: np.ndarray, new: np.ndarray, ridge: float = RIDGE) -> np.ndarray:
    """Where further words (M, D) come to lie by `least_squares`: (M, E) float32."""
    return least_squares(source, target, ridge)(new)


def _centred(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N, D) -> float64 rows less their mean, and the mean."""
    mean = rows.mean(axis=0)
    return (rows - mean).astype(np.float64), mean
