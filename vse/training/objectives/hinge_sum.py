"""Every negative that comes nearer than a margin (Kiros et al. 2014)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from vse.io.configs import within
from vse.training.objectives.base import Ranking


def hinges(scores: Tensor, margin: float, ignore: Tensor | None) -> Tensor:
    """(n, B): the margin violation of every negative, against its row's true pair."""
    skip = torch.eye(*scores.shape, dtype=torch.bool, device=scores.device)
    if ignore is not None:
        skip = skip | ignore
    return (margin + scores - scores.diagonal()[:, None]).clamp(min=0).masked_fill(skip, 0)


def sum_of_hinges(scores: Tensor, margin: float = 0.2, ignore: Tensor | None = None) -> Tensor:
    """Every contrastive pair, one way (Kiros et al. 2014, a half of eq. 2), as a mean over the queries."""
    return hinges(scores, margin, ignore).sum() / len(scores)


@dataclass(frozen=True)
class HingeSumConfig:
    """`margin`: how much nearer than a negative the true pair should be."""

    margin: float = 0.2

    def __post_init__(self) -> None:
        within(0, 100, margin=self.margin)


class HingeSum(Ranking):
    """See `sum_of_hinges`."""

    Config: ClassVar[type] = HingeSumConfig
    title = "sum of hinges"

    def one_way(self, scores: Tensor, ignore: Tensor | None, progress: float) -> Tensor:
        return sum_of_hinges(scores, self.config.margin, ignore)
