"""A linear map from one space of word vectors into another, fitted by the words that both have."""

from __future__ import annotations

import numpy as np

RIDGE = 0.1  # of the mean variance of a coordinate, so that words few in number do not fit by heart


def mapped(source: np.ndarray, target: np.ndarray, new: np.ndarray, ridge: float = RIDGE) -> np.ndarray:
    """Where further words come to lie: (M, E) float32.

    Least squares with a ridge (Mikolov, Le & Sutskever 2013, between languages), both sides centred.

    Args:
        source, target: (N, D) and (N, E), the same words in both spaces.
        new: (M, D), of the first space.
    """
    centre, to = source.mean(axis=0), target.mean(axis=0)
    x, y = (source - centre).astype(np.float64), (target - to).astype(np.float64)
    gram = x.T @ x
    gram += ridge * np.trace(gram) / len(gram) * np.eye(len(gram))
    found: np.ndarray = (new - centre) @ np.linalg.solve(gram, x.T @ y) + to
    return found.astype(np.float32)
