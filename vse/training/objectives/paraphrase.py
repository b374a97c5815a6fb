"""Captions of one picture near to each other: the run's ranking loss, between texts."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from vse.training.objectives.base import Context, Embedded, Objective, Ranking
from vse.training.sources.base import Batch


@dataclass(frozen=True)
class ParaphraseConfig:
    """`weight`: of this loss beside the ranking loss."""

    weight: float = 0.0


class Paraphrase(Objective):
    """Each caption should be nearer to the next one of its picture than to those of other pictures."""

    Config = ParaphraseConfig
    title = "paraphrases"

    def __init__(self, config: ParaphraseConfig, context: Context) -> None:
        super().__init__(config, context)
        assert context.ranking is not None
        self.ranking: Ranking = context.ranking

    def __call__(self, embedded: Embedded, batch: Batch, progress: float) -> Tensor:
        captions = embedded.vectors["text"]
        following = captions.roll(-1, dims=1)
        relevant = batch.relevant.get(("text", "text"))
        losses = []
        for k in range(captions.shape[1]):
            ignore = None if relevant is None else relevant[:, :, (k + 1) % captions.shape[1]]
            losses.append(self.ranking.loss(captions[:, k] @ following[:, k].T, ignore, progress))
        return torch.stack(losses).mean()
