"""The contrastive cross-entropy of CLIP (Radford et al. 2021)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from vse.training.objectives.base import Context, Ranking


def info_nce(scores: Tensor, temperature: float | Tensor = 0.07, ignore: Tensor | None = None) -> Tensor:
    """The cross-entropy of finding the true pair among the batch, one way, and halved, as a loss is of two."""
    logits = scores / temperature
    if ignore is not None:
        off_diagonal = ~torch.eye(*scores.shape, dtype=torch.bool, device=scores.device)
        logits = logits.masked_fill(ignore & off_diagonal, float("-inf"))
    return cross_entropy(logits, torch.arange(len(scores), device=scores.device)) / 2


@dataclass(frozen=True)
class InfoNCEConfig:
    """`temperature` divides the scores, unless the model learns a logit scale of its own."""

    temperature: float = 0.07


class InfoNCE(Ranking):
    """See `info_nce`, with the model's own logit scale where it learns one."""

    Config = InfoNCEConfig
    title = "InfoNCE"

    def __init__(self, config: InfoNCEConfig, context: Context) -> None:
        super().__init__(config, context)
        self.logit_scale = context.model.logit_scale

    def one_way(self, scores: Tensor, ignore: Tensor | None, progress: float) -> Tensor:
        scale = self.logit_scale()
        return info_nce(scores, self.config.temperature if scale is None else 1 / scale, ignore)
