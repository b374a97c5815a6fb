"""The partial order itself: what follows from a picture or a caption lies above it, and nothing else does.

The ranking loss of order embeddings asks only that a picture's own captions are violated less than others; this one
asks for the order of captions among themselves, too, and for violations near zero (Vendrov et al. 2015, eq. 2).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from vse.io.configs import within
from vse.training.objectives.base import Context, Embedded, Objective
from vse.training.objectives.scores import order_scores
from vse.training.sources.base import Batch


def order_loss(violations: Tensor, follows: Tensor, margin: float, pairs: float) -> Tensor:
    """The mean violation of the pairs in order, and the sum of what others lack to the margin, for each row.

    Args:
        violations: (N, M) float, at least 0: of the special and the general.
        follows: (N, M) bool: the general one follows from the special one.
        pairs: how many do for N rows, in the mean over all processes.
    """
    wrong = (margin - violations).clamp(min=0).masked_fill(follows, 0)
    return violations[follows].sum() / max(pairs, 1) + wrong.sum() / len(violations)


@dataclass(frozen=True)
class EntailmentConfig:
    """`weight`: of this loss beside the ranking loss. `margin`: the least violation of what does not follow."""

    weight: float = 0.0
    margin: float = 0.05

    def __post_init__(self) -> None:
        within(0, 100, margin=self.margin)


class Entailment(Objective):
    """The target "entailment" is (B, 1 + K, B, K) bool: of each item its picture, then its captions, and which captions
    of the batch follow from that."""

    Config = EntailmentConfig
    title = "order of captions and pictures"
    needs = ("entailment",)

    def __init__(self, config: EntailmentConfig, context: Context) -> None:
        super().__init__(config, context)
        self.margin = config.margin

    def __call__(self, embedded: Embedded, batch: Batch, progress: float) -> Tensor:
        captions, own = embedded.vectors["text"], slice(batch.items)
        special = torch.cat([embedded.vectors["image"][own, :1], captions[own]], dim=1).flatten(0, 1)
        known = batch.targets["entailment"]
        follows, pairs = known[own].flatten(2).flatten(0, 1), known.sum().item() * batch.items / len(known)
        return order_loss(-order_scores(special, captions.flatten(0, 1)), follows, self.margin, pairs)
