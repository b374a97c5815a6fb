"""What is seen of scores at a moment: which pairs violate the margin, and which the loss pulls on. Arrays alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from vse.training.objectives.base import Ranking
from vse.training.objectives.hinge_sum import hinges

PULLS = 160  # pairs that are shown of those that a loss pushes apart, the most pushed first
_LEAST = 1e-3  # of the strongest push of an epoch


def violations(scores: np.ndarray, margin: float) -> np.ndarray:
    """(N, N) float32, 0 where there is none: by how much a wrong pair comes nearer than the margin allows.

    A pair is asked from both sides, its picture's and its caption's, and the larger violation counts.

    Args:
        scores: (N, N) pictures against captions, true pairs on the diagonal.
    """
    given = torch.from_numpy(np.ascontiguousarray(scores, np.float32))
    return torch.maximum(hinges(given, margin, None), hinges(given.T, margin, None).T).numpy()


def hardest(scores: np.ndarray, margin: float) -> np.ndarray:
    """(2, N) int64: of each picture the nearest wrong caption, and of each caption the nearest wrong picture.

    It is -1 where that violates no margin.
    """
    given = torch.from_numpy(np.ascontiguousarray(scores, np.float32))
    found = []
    for ways in (given, given.T):
        worst = hinges(ways, margin, None).max(dim=1)
        found.append(torch.where(worst.values > 0, worst.indices, -1).numpy())
    return np.stack(found)


def pulls(
    ranking: Ranking, scores: np.ndarray, batches: Sequence[np.ndarray], progress: float
) -> tuple[np.ndarray, np.ndarray]:
    """The wrong pairs that a loss pushes apart in some batches: (P, 2) int64, picture and caption, the most pushed
    first, and (P,) float32, how much, as a share of all that it pushes.

    How much is the gradient of the loss in the pair's score, so that it is whatever the loss makes of it.

    Args:
        scores: (N, N) pictures against captions, true pairs on the diagonal.
        batches: the rows of each.
        progress: epochs that are done, which a loss may warm up by.
    """
    pushed = np.zeros(scores.shape, np.float32)
    for rows in batches:
        given = torch.from_numpy(scores[np.ix_(rows, rows)].astype(np.float32)).requires_grad_()
        loss = ranking.one_way(given, None, progress) + ranking.one_way(given.T, None, progress)
        (gradient,) = torch.autograd.grad(loss, given)
        pushed[np.ix_(rows, rows)] = gradient.numpy()
    np.fill_diagonal(pushed, 0)
    pushed = np.maximum(pushed, 0)
    order = np.argsort(-pushed, axis=None, kind="stable")
    sizes = pushed.flat[order]
    kept = order[: int((sizes > _LEAST * max(float(sizes[0]), 1e-12)).sum())][:PULLS]
    shares = pushed.flat[kept] / max(float(pushed.sum()), 1e-12)
    return np.stack(np.unravel_index(kept, pushed.shape), axis=1), shares.astype(np.float32)
