"""What an objective is, and what all ranking losses share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from vse.encoders.joint import JointModel
from vse.training.objectives.scores import SCORES
from vse.training.sources.base import Batch


@dataclass
class Embedded:
    """A batch after the towers; B items with K inputs of a modality each.

    vectors: by modality (B, K, D) unit rows. features: by modality (B * K, F), what the map into the joint space
    took. operands: by modality (2, B, D) unit rows, what arithmetic takes away and what it adds. texts: (T, K, D) unit
    rows, captions of T things that nothing else is of.
    """

    vectors: dict[str, Tensor]
    features: dict[str, Tensor] = field(default_factory=dict)
    operands: dict[str, Tensor] = field(default_factory=dict)
    texts: Tensor | None = None


@dataclass(frozen=True)
class Context:
    """What an objective may know of its run when it is made.

    similarity: how vectors are compared, "cosine" or "order". widths: by the name of a target, how wide it is.
    ranking: the run's ranking loss, for objectives that apply it to other pairs.
    """

    model: JointModel
    similarity: str
    widths: Mapping[str, int] = field(default_factory=dict)
    ranking: Ranking | None = None


class Objective(ABC):
    """One term of what a run minimises: `weight` times what a call gives.

    Config: a frozen dataclass of its settings. title: what people read. needs: the targets of a batch that it asks for.
    heads: modules that learn with the model and are left behind when it is saved.
    """

    Config: ClassVar[type]
    title: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()

    def __init__(self, config: Any, context: Context) -> None:
        self.config = config
        self.weight: float = getattr(config, "weight", 1.0)
        self.heads = nn.ModuleDict()

    @abstractmethod
    def __call__(self, embedded: Embedded, batch: Batch, progress: float) -> Tensor:
        """A scalar; `progress` counts the epochs that are done, 1.5 in the middle of the second."""


class Ranking(Objective):
    """A loss over score matrices: the mean over the pairs of modalities and of an item's inputs in them.

    similarity: the one that it is made for. fixed_pictures: whether it is for pictures' features as they are, so that
    only the other towers learn.
    """

    similarity: ClassVar[str] = "cosine"
    fixed_pictures: ClassVar[bool] = False

    def __init__(self, config: Any, context: Context) -> None:
        super().__init__(config, context)
        self.score = SCORES[context.similarity]

    @abstractmethod
    def loss(self, scores: Tensor, ignore: Tensor | None, progress: float) -> Tensor:
        """
        Args:
            scores: (B, B) float, whose diagonal holds the true pairs.
            ignore: (B, B) bool, pairs that are no negatives (a caption that happens to be true of another picture of
                the batch); its diagonal does not matter.

        Returns:
            A scalar.
        """

    def __call__(self, embedded: Embedded, batch: Batch, progress: float) -> Tensor:
        losses = []
        for one, other in combinations(embedded.vectors, 2):
            relevant = batch.relevant.get((one, other))
            for row in embedded.vectors[one].unbind(dim=1):
                for k, column in enumerate(embedded.vectors[other].unbind(dim=1)):
                    ignore = None if relevant is None else relevant[:, :, k]
                    losses.append(self.loss(self.score(row, column), ignore, progress))
        return torch.stack(losses).mean()
