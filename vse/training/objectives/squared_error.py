"""The mean squared error of Word2VisualVec: captions learn to say the picture's features (Dong et al. 2016)."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from vse.training.objectives.base import Ranking


def squared_error(scores: Tensor) -> Tensor:
    """Half of the mean over true pairs of |picture - caption|^2, which is 2 - 2 times their cosine, as both have length
    1; the other half is of the other way."""
    return (1 - scores.diagonal()).mean()


@dataclass(frozen=True)
class SquaredErrorConfig:
    """It has no settings."""


class SquaredError(Ranking):
    """See `squared_error`. It knows no wrong pairs, so that towers which both learn would give one vector for all."""

    Config = SquaredErrorConfig
    title = "mean squared error"
    fixed_pictures = True

    def one_way(self, scores: Tensor, ignore: Tensor | None, progress: float) -> Tensor:
        return squared_error(scores)
