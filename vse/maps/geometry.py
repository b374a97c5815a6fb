"""Geometry between a joint space and a map of it: the modality gap, new points, and how true a map is."""

from __future__ import annotations

import numpy as np

from vse.encoders.similarity import top_k
from vse.maps.projection import Quality

NEIGHBOURS = 15
# Ranks of so many pairs are taken to measure a map: all rows of up to 3,162, then a sample of the rows.
_MOST_PAIRS = 10_000_000
_CHUNK_PAIRS = 1_000_000


def centred(vectors: np.ndarray, mean: np.ndarray | None = None) -> np.ndarray:
    """(N, D) float32: rows without their mean (D,), or without a mean that is given."""
    rows = np.asarray(vectors, dtype=np.float32)
    if mean is None:
        mean = mean_of(rows)
    return rows - mean


def mean_of(vectors: np.ndarray) -> np.ndarray:
    """(D,) float32: the mean row, zero where there are no rows."""
    rows = np.asarray(vectors, dtype=np.float32)
    # Summed in float64, so that what is centred has its mean at zero.
    return rows.mean(axis=0, dtype=np.float64).astype(np.float32) if len(rows) else np.zeros(rows.shape[1], np.float32)


def modality_gap(pictures: np.ndarray, captions: np.ndarray) -> float:
    """The distance of the mean of unit rows (I, D) from that of unit rows (T, D), 0 to 2.

    The gap of Liang et al. 2022, "Mind the Gap: Understanding the Modality Gap in Multi-modal Contrastive
    Representation Learning".

    Raises:
        ValueError: without pictures or captions, and for another width.
    """
    _check_both(pictures, captions)
    return float(np.linalg.norm(mean_of(pictures).astype(np.float64) - mean_of(captions)))


def told_apart(pictures: np.ndarray, captions: np.ndarray) -> float:
    """How well the nearer of the two means tells unit rows (I, D) from unit rows (T, D), 0 to 1.

    It is the mean of two shares, of pictures and of captions that lie nearer to the mean of their own kind, so that
    0.5 is a guess however many there are of each. What lies as near to both counts half.

    Raises:
        ValueError: as for `modality_gap`.
    """
    _check_both(pictures, captions)
    means = mean_of(pictures).astype(np.float64), mean_of(captions).astype(np.float64)
    middle, way = (means[0] + means[1]) / 2, means[0] - means[1]
    shares = [((np.sign((rows - middle) @ way) + 1) / 2).mean() for rows in (pictures, captions)]
    return float(shares[0] + 1 - shares[1]) / 2


def _check_both(pictures: np.ndarray, captions: np.ndarray) -> None:
    shapes = np.shape(pictures), np.shape(captions)
    if len(shapes[0]) != 2 or len(shapes[1]) != 2 or shapes[0][1] != shapes[1][1] or not shapes[0][0] * shapes[1][0]:
        raise ValueError(f"Pictures came as {shapes[0]} and captions as {shapes[1]}: give (I, D) and (T, D), both > 0.")


def place(vectors: np.ndarray, reference_vectors: np.ndarray, points: np.ndarray, k: int = 8) -> np.ndarray:
    """About where vectors (M, D) would stand on a map of reference vectors (N, D) at points (N, 2): (M, 2) float32.

    Each goes to the weighted mean of its k nearest references' points, nearest by cosine. The weights are those of
    Franke and Nielson 1980 for Shepard's interpolation, ((R - d) / (R d))^2, d the distance of the directions and R
    that of the nearest reference left out: a vector that is a reference lands on its own point, and nothing jumps
    when a neighbour changes.

    Raises:
        ValueError: for shapes that do not fit, no reference, or k below 1.
    """
    shapes = np.shape(vectors), np.shape(reference_vectors), np.shape(points)
    fits = len(shapes[0]) == len(shapes[1]) == 2 and shapes[0][1] == shapes[1][1] and shapes[2] == (shapes[1][0], 2)
    if not fits or not shapes[1][0] or k < 1:
        raise ValueError(
            f"Vectors {shapes[0]}, references {shapes[1]}, points {shapes[2]} and k = {k} came: give (M, D), (N, D) "
            "and (N, 2) with N and k at least 1."
        )
    units, references = _directions(vectors), _directions(reference_vectors)
    found = np.empty((len(units), 2), dtype=np.float32)
    step = max(1, _CHUNK_PAIRS // len(references))
    for begin in range(0, len(units), step):
        cosines = units[begin : begin + step] @ references.T
        for row, scores in enumerate(cosines, start=begin):
            near = top_k(scores, k + 1)
            weights = _weights(np.sqrt(np.maximum(2 - 2 * scores[near].astype(np.float64), 1e-9)), k)
            found[row] = weights @ points[near[: len(weights)]]
    return found


def _weights(distances: np.ndarray, k: int) -> np.ndarray:
    """Of up to k + 1 distances above 0, upwards: the weights of the first k, which sum to 1."""
    kept = distances[:k]
    edge = distances[k] if len(distances) > k else 2 * kept[-1]
    weights = ((edge - kept) / (edge * kept)) ** 2
    total = weights.sum()
    # Where all are equally far, the one left out as well, none says more than another.
    return weights / total if total > 0 else np.full(len(kept), 1 / len(kept))


def quality_of(vectors: np.ndarray, points: np.ndarray, k: int = NEIGHBOURS, seed: int = 0) -> Quality:
    """How well points (N, 2) keep the neighbourhoods of vectors (N, D), compared by cosine.

    Trustworthiness is that of Venna and Kaski 2001, "Neighborhood Preservation in Nonlinear Projection Methods". It
    is defined for k below N / 2, so k is made smaller where there are few rows. Below three rows nothing can be
    wrong and both measures are 1. In a very large map the means are over a sample of the rows, against all rows.

    Raises:
        ValueError: for shapes that do not fit, or k below 1.
    """
    count = len(vectors)
    if np.ndim(vectors) != 2 or np.shape(points) != (count, 2) or k < 1:
        raise ValueError(
            f"Vectors {np.shape(vectors)}, points {np.shape(points)} and k = {k} came: give (N, D), (N, 2)."
        )
    k = min(k, (count - 1) // 2)
    if k < 1:
        return Quality(1.0, 1.0, 0)
    units, plane = _directions(vectors), np.asarray(points, dtype=np.float64)
    sample = np.arange(count)
    if count**2 > _MOST_PAIRS:
        sample = np.random.default_rng(seed).choice(count, _MOST_PAIRS // count, replace=False)
    ranks = np.concatenate([_ranks(units, plane, rows, k) for rows in _in_chunks(sample, count)])
    worst = len(sample) * k * (2 * count - 3 * k - 1) / 2
    return Quality(float(1 - np.maximum(ranks - k, 0).sum() / worst), float((ranks <= k).mean()), k)


def _ranks(units: np.ndarray, plane: np.ndarray, rows: np.ndarray, k: int) -> np.ndarray:
    """(R, k) int64: of the k nearest in the plane of each of the rows, the rank from 1 in the joint space."""
    itself = np.arange(len(rows)), rows
    similar = units[rows] @ units.T
    similar[itself] = -np.inf
    ranks = np.empty(similar.shape, dtype=np.int64)
    order = np.argsort(-similar, axis=1, kind="stable")
    np.put_along_axis(ranks, order, np.arange(1, len(units) + 1)[None], axis=1)
    apart = ((plane[rows, None] - plane[None]) ** 2).sum(axis=2)
    apart[itself] = np.inf
    return np.take_along_axis(ranks, np.argsort(apart, axis=1, kind="stable")[:, :k], axis=1)


def _in_chunks(rows: np.ndarray, count: int) -> list[np.ndarray]:
    return np.array_split(rows, max(1, -(-len(rows) * count // _CHUNK_PAIRS)))


def _directions(vectors: np.ndarray) -> np.ndarray:
    """Rows of length 1; a zero row, which centring may leave, stays zero instead of being refused."""
    rows = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)
