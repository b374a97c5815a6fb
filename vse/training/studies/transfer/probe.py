"""A linear probe of frozen features, and how well the features alone bring photographs of a label together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vse.encoders.similarity import cosine

STRENGTHS = (1e-2, 1e-3, 1e-4, 1e-5)
ITERATIONS = 100
STEPS, RATE = (1, 3, 10, 30, 100, 300), 1e-3  # of gradient descent
_KEPT_APART = 4  # of so many photographs of a label one chooses the strength
_TINY = 1e-12


@dataclass(frozen=True)
class Probe:
    """Multinomial logistic regression: a photograph gets the label whose line gives the most.

    mean: (F,). weights: (F, C). bias: (C,). strength: of the penalty, one of those to choose from.
    """

    mean: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    strength: float

    def predict(self, rows: np.ndarray) -> np.ndarray:
        """(N, F) -> (N,) int64."""
        found: np.ndarray = np.argmax((rows - self.mean) @ self.weights + self.bias, axis=1)
        return found

    def accuracy(self, rows: np.ndarray, labels: np.ndarray) -> float:
        """In percent."""
        return 100 * float(np.mean(self.predict(rows) == labels))


def fitted(
    rows: np.ndarray, labels: np.ndarray, groups: np.ndarray | None = None, strengths: Sequence[float] = STRENGTHS
) -> Probe:
    """The probe of these rows: the least mean cross-entropy plus `strength` / 2 times the squared weights of features
    that are scaled to a mean squared length of 1.

    The strength is the one that, learnt from three quarters of each label, names the others best; then all are learnt
    from.

    Args:
        rows: (N, F) float. labels: (N,) int64, each from 0 up to the largest there.
        groups: (N,), the changed copies of one photograph under one number: they stay in one part.
        strengths: to choose from, the stronger one among equals.
    """
    strengths = sorted(strengths, reverse=True)
    groups = np.arange(len(rows)) if groups is None else groups
    apart = kept_apart(labels, groups)
    strength = strengths[len(strengths) // 2]
    if len(strengths) > 1 and apart.any():
        found = path(rows[~apart], labels[~apart], strengths)
        strength = max(found, key=lambda each: each.accuracy(rows[apart], labels[apart])).strength
    return path(rows, labels, [each for each in strengths if each >= strength])[-1]


def kept_apart(labels: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """(N,) bool: of each label the fourth photograph, the eighth, ... and all copies of it."""
    firsts = np.unique(groups, return_index=True)[1]
    apart: set[int] = set()
    for label in np.unique(labels):
        apart |= set(groups[np.sort(firsts[labels[firsts] == label])][_KEPT_APART - 1 :: _KEPT_APART].tolist())
    return np.isin(groups, list(apart))


def path(rows: np.ndarray, labels: np.ndarray, strengths: Sequence[float]) -> list[Probe]:
    """A probe for each strength, by L-BFGS, each going on from the one before.

    Features wider than there are rows are turned first so that all but as many are 0, which changes no probe.
    """
    import torch
    from torch.nn.functional import cross_entropy

    mean = rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    centred = np.asarray(rows, np.float32) - mean
    axes = _axes(centred) if centred.shape[1] > len(centred) else None
    inside = centred if axes is None else centred @ axes
    scale = max(float(np.sqrt(np.mean(np.sum(inside.astype(np.float64) ** 2, axis=1)))), _TINY)
    given, wanted = torch.from_numpy(inside / np.float32(scale)), torch.from_numpy(np.asarray(labels, np.int64))
    weights = torch.zeros(given.shape[1], int(labels.max()) + 1, requires_grad=True)
    bias = torch.zeros(weights.shape[1], requires_grad=True)
    found = []
    for strength in strengths:
        optimiser = torch.optim.LBFGS(
            [weights, bias], max_iter=ITERATIONS, tolerance_grad=1e-5, tolerance_change=1e-7,
            line_search_fn="strong_wolfe",
        )  # fmt: skip

        def loss(optimiser: Any = optimiser, strength: float = strength) -> torch.Tensor:
            optimiser.zero_grad()
            value = cross_entropy(given @ weights + bias, wanted) + strength / 2 * (weights**2).sum()
            value.backward()
            return value

        optimiser.step(loss)
        learnt = weights.detach().numpy() / np.float32(scale)
        found.append(Probe(mean, learnt if axes is None else axes @ learnt, bias.detach().numpy().copy(), strength))
    return found


def descended(rows: np.ndarray, labels: np.ndarray, steps: Sequence[int] = STEPS) -> list[Probe]:
    """Probes without a penalty, by gradient descent over all rows at once (Adam): one after each number of steps."""
    import torch
    from torch.nn.functional import cross_entropy

    mean = rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    given = torch.from_numpy(np.asarray(rows, np.float32) - mean)
    wanted = torch.from_numpy(np.asarray(labels, np.int64))
    weights = torch.zeros(given.shape[1], int(labels.max()) + 1, requires_grad=True)
    bias = torch.zeros(weights.shape[1], requires_grad=True)
    optimiser = torch.optim.Adam([weights, bias], lr=RATE)
    found = []
    for step in range(1, max(steps) + 1):
        optimiser.zero_grad()
        cross_entropy(given @ weights + bias, wanted).backward()
        optimiser.step()
        if step in steps:
            found.append(Probe(mean, weights.detach().numpy().copy(), bias.detach().numpy().copy(), 0.0))
    return found


def _axes(centred: np.ndarray) -> np.ndarray:
    """(F, N) columns of length 1 at right angles, between which the rows (N, F) lie; one of 0 for each too many."""
    values, vectors = np.linalg.eigh((centred @ centred.T).astype(np.float64))
    lengths = np.sqrt(np.maximum(values, 0))
    kept = lengths > 1e-5 * lengths.max(initial=0)
    inverse = np.divide(1, lengths, out=np.zeros_like(lengths), where=kept)
    axes: np.ndarray = centred.T @ (vectors * inverse).astype(np.float32)
    return axes


@dataclass(frozen=True)
class Neighbours:
    """Each photograph asks all others for those with its label, in percent: the first is one, and the mean of the
    average precisions."""

    precision_at_1: float
    mean_average_precision: float


def neighbours(rows: np.ndarray, labels: np.ndarray) -> Neighbours:
    """By the cosine of (N, F); of equal scores the first row comes first, and a row of 0 is like nothing.

    Raises:
        ValueError: when a label has only one photograph.
    """
    if np.bincount(labels, minlength=1)[np.unique(labels)].min() < 2:
        raise ValueError("A label has only one photograph: give two of each.")
    known = np.flatnonzero(np.any(rows != 0, axis=1))
    scores = np.zeros((len(rows), len(rows)), np.float32)
    scores[np.ix_(known, known)] = cosine(rows[known], rows[known])
    np.fill_diagonal(scores, -np.inf)  # last, and then left away
    order = np.argsort(-scores, axis=1, kind="stable")[:, :-1]
    right = labels[order] == labels[:, None]
    places = np.arange(1, right.shape[1] + 1)
    averages = np.sum(np.cumsum(right, axis=1) / places * right, axis=1) / right.sum(axis=1)
    return Neighbours(100 * float(right[:, 0].mean()), 100 * float(averages.mean()))
