"""Captions of one thing near to each other: the run's ranking loss, between texts, with a picture or without."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

from vse.training.objectives.base import Context, Embedded, Objective, Ranking
from vse.training.objectives.scores import cosine_scores
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
        captions, items = embedded.vectors["text"], batch.items
        relevant = batch.relevant.get(("text", "text"))
        if embedded.texts is not None:
            count, further = len(captions), len(embedded.texts)
            own = further * items // count
            numbers = torch.arange(count + further, device=captions.device)
            of = numbers.split([items, count - items, own, further - own])
            order = torch.cat([of[0], of[2], of[1], of[3]])  # the own ones first
            captions, items = torch.cat([captions, embedded.texts])[order], items + own
            relevant = None if relevant is None else pad(relevant, (0, 0, 0, further, 0, further))[order][:, order]
        following = captions.roll(-1, dims=1)
        losses = []
        for k in range(captions.shape[1]):
            ignore = None if relevant is None else relevant[:, :, (k + 1) % captions.shape[1]]
            pairs = captions[:, k], following[:, k]
            losses.append(self.ranking.between(*pairs, items, ignore, progress, cosine_scores))
        return torch.stack(losses).mean()
