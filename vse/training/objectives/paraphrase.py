"""Captions of one thing near to each other: the run's ranking loss, between texts, with a picture or without."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

from vse.training.objectives.base import Context, Embedded, Objective, Ranking
from vse.training.sources.base import Batch


@dataclass(frozen=True)
class ParaphraseConfig:
    """`weight`: of this loss beside the ranking loss."""

    weight: float = 0.0


class Paraphrase(Objective):
    """Each caption should be nearer to the next one of its picture, or thing, than to those of others."""

    Config = ParaphraseConfig
    title = "paraphrases"

    def __init__(self, config: ParaphraseConfig, context: Context) -> None:
        super().__init__(config, context)
        assert context.ranking is not None
        self.ranking: Ranking = context.ranking

    def __call__(self, embedded: Embedded, batch: Batch, progress: float) -> Tensor:
        captions = embedded.vectors["text"]
        relevant = batch.relevant.get(("text", "text"))
        if embedded.texts is not None:
            captions = torch.cat([captions, embedded.texts])
            further = len(embedded.texts)
            relevant = None if relevant is None else pad(relevant, (0, 0, 0, further, 0, further))
        following = captions.roll(-1, dims=1)
        losses = []
        for k in range(captions.shape[1]):
            ignore = None if relevant is None else relevant[:, :, (k + 1) % captions.shape[1]]
            losses.append(self.ranking.loss(captions[:, k] @ following[:, k].T, ignore, progress))
        return torch.stack(losses).mean()
