"""Semantic regularisation: one classifier reads the vectors of all modalities (Salvador et al. 2017, section 4.2).

Pictures and recipes of one class are asked to lie where the same weights find it, which lets the two towers agree on
what is alike beyond which pair belongs together.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from vse.training.objectives.base import Context, Embedded, Objective
from vse.training.sources.base import Batch


@dataclass(frozen=True)
class SemanticClassConfig:
    """`weight`: of this loss beside the ranking loss."""

    weight: float = 0.0


class SemanticClass(Objective):
    """The target "class" is (B,) int64: the class of each item, -1 for none, which is not classified; of each modality
    its first input is."""

    Config = SemanticClassConfig
    title = "semantic regularisation"
    needs = ("class",)

    def __init__(self, config: SemanticClassConfig, context: Context) -> None:
        super().__init__(config, context)
        self.heads["classes"] = nn.Linear(context.model.dim, context.widths["class"])

    def __call__(self, embedded: Embedded, batch: Batch, progress: float) -> Tensor:
        head, own = self.heads["classes"], slice(batch.items)
        # A caption need not say what class its item is of: "with tomatoes".
        read = [vectors[own, 0] for modality, vectors in embedded.vectors.items() if modality != "text"]
        target = batch.targets["class"][own]
        of_class = (target >= 0).sum().clamp(min=1)
        losses = [cross_entropy(head(vectors), target, ignore_index=-1, reduction="sum") / of_class for vectors in read]
        return torch.stack(losses).mean()
