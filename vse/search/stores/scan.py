"""A quick scan of many rows whose error is bounded, so that few of them need an exact score."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

LONGEST = 1.01  # of a row, see `are_unit`
_FLOAT16, _SMALLEST = 2.0**-11, 2.0**-25  # half a step of float16: as a share, and near zero
_FLOAT32 = 2.0**-24
_BLOCK = 64  # rows


def as_tensor(rows: np.ndarray) -> Tensor:
    """The same memory, which stays read only for all who keep to numpy."""
    import torch

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The given NumPy array is not writable")
        return torch.from_numpy(np.ascontiguousarray(rows))


def as_float32(rows: np.ndarray) -> np.ndarray:
    """Of many rows several times as fast as numpy."""
    return np.asarray(as_tensor(rows).float().numpy()) if rows.dtype == np.float16 else np.asarray(rows, np.float32)


def error_of_float32(dim: int) -> float:
    """The most that a product of a unit vector (dim,) with a row, at most LONGEST long, is off in float32."""
    return dim * _FLOAT32 * LONGEST


def scan_float16(rows: Tensor, unit: np.ndarray) -> tuple[np.ndarray, float]:
    """(N,) float32 products of float16 rows (N, D) with a unit vector (D,), and the most that one is off.

    They are read where they lie, in memory or in a file: half the bytes of float32, and no copy. torch sums up in
    float32; what is off is the rounding of the query, of the sums, and of the result.
    """
    import torch

    rounded = unit.astype(np.float16)
    scores = torch.mv(rows, torch.from_numpy(rounded)).numpy().astype(np.float32)
    length = float(np.linalg.norm(rounded.astype(np.float64)))
    of_query = float(np.linalg.norm(unit - rounded.astype(np.float64))) * LONGEST
    of_sums = error_of_float32(len(unit)) * length
    return scores, of_query + of_sums + _FLOAT16 * length * LONGEST + _SMALLEST


def exact_scores(rows: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """(N,) float32 in [-1, 1]: summed up in float64 and then rounded, so that equal rows have equal scores.

    A product of matrices adds up rows in other orders by where they stand.
    """
    scores = np.einsum("nd,d->n", rows.astype(np.float64), unit.astype(np.float64))
    return np.clip(scores.astype(np.float32), -1.0, 1.0)


def contenders(scores: np.ndarray, error: float, k: int) -> np.ndarray:
    """Ascending rows of `scores` (N,) that may be among the k best when each is off by `error` at most."""
    if k >= len(scores):
        return np.arange(len(scores))
    if k <= 0:
        return np.arange(0)
    blocks, best = len(scores) // _BLOCK, scores
    if blocks > k:  # the best of each block are quicker to sort, and k of them are k rows
        best = scores[: blocks * _BLOCK].reshape(blocks, _BLOCK).max(axis=1)
    edge = np.partition(best, len(best) - k)[len(best) - k]
    # What differs by less than float32 can tell is equal once it is rounded.
    return np.flatnonzero(scores >= edge - 2 * error - 2 * _FLOAT32)
