"""The arithmetic between scenes that differ in one fact: picture - old + new lands on the counterpart."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import normalize

from vse.training.objectives.base import Context, Embedded, Objective, Ranking
from vse.training.objectives.scores import cosine_scores
from vse.training.sources.base import Batch


@dataclass(frozen=True)
class CounterpartConfig:
    """`weight`: of this loss beside the ranking loss."""

    weight: float = 0.0


class Counterpart(Objective):
    """Picture - minus + plus should be nearest to its counterpart among all pictures of the batch but itself.

    The target "counterpart" is (B,) int64: the row of each picture's counterpart.
    """

    Config = CounterpartConfig
    title = "arithmetic between counterparts"
    needs = ("counterpart",)

    def __init__(self, config: CounterpartConfig, context: Context) -> None:
        super().__init__(config, context)
        assert context.ranking is not None
        self.ranking: Ranking = context.ranking

    def __call__(self, embedded: Embedded, batch: Batch, progress: float) -> Tensor:
        images, partner = embedded.vectors["image"][:, 0], batch.targets["counterpart"]
        minus, plus = embedded.operands["text"]
        queries = normalize(images - minus + plus, dim=-1)
        rows = torch.arange(len(images), device=partner.device)
        itself = partner[None, :] == rows[:, None]
        # Row j is the counterpart of j, so that true pairs stand in the same place.
        return self.ranking.between(queries, images[partner], batch.items, itself, progress, cosine_scores)
