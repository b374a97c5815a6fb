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
from vse.training.objectives.scores import SCORES, Score
from vse.training.sources.base import Batch


@dataclass
class Embedded:
    """A step's batch after the towers; B items with K inputs of a modality each, of which `Batch.items`, the first, are
    this process's own: all of them, unless several processes train.

    vectors: by modality (B, K, D) unit rows. features: by modality (items * K, F), what the map into the joint space
    took, of the own items alone. operands: by modality (2, B, D) unit rows, what arithmetic takes away and what it
    adds. texts: (T, K, D) unit rows, captions of T things that nothing else is of, the own ones first.
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
        """A scalar, whose mean over the processes is that of the whole batch; `progress` counts the epochs that are
        done, 1.5 in the middle of the second."""


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
    def one_way(self, scores: Tensor, ignore: Tensor | None, progress: float) -> Tensor:
        """Each query against all candidates; a loss is what this gives of both ways.

        Args:
            scores: (n, B) float, n <= B: of n queries against B candidates. The diagonal holds the true pairs.
            ignore: (n, B) bool, pairs that are no negatives (a caption that happens to be true of another picture of
                the batch); its diagonal does not matter.

        Returns:
            A scalar, a mean over the queries.
        """

    def between(
        self, one: Tensor, other: Tensor, items: int, ignore: Tensor | None, progress: float, score: Score | None = None
    ) -> Tensor:
        """The loss of pairs, both ways: the own rows of each, which are the first, against all of the other.

        Args:
            one, other: (B, D) rows, true pairs in the same place.
            items: how many of them are own ones.
            ignore: (B, B) bool, see `one_way`.
            score: as in SCORES; that of the run if it is not given.
        """
        score = score or self.score
        forth = score(one[:items], other)
        back = forth.T if items == len(one) else score(one, other[:items]).T
        rows, columns = (None, None) if ignore is None else (ignore[:items], ignore[:, :items].T)
        return self.one_way(forth, rows, progress) + self.one_way(back, columns, progress)

    def __call__(self, embedded: Embedded, batch: Batch, progress: float) -> Tensor:
        losses = []
        for one, other in combinations(embedded.vectors, 2):
            relevant = batch.relevant.get((one, other))
            for row in embedded.vectors[one].unbind(dim=1):
                for k, column in enumerate(embedded.vectors[other].unbind(dim=1)):
                    ignore = None if relevant is None else relevant[:, :, k]
                    losses.append(self.between(row, column, batch.items, ignore, progress))
        return torch.stack(losses).mean()
