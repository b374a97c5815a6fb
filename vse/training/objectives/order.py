"""The ranking loss of order embeddings (Vendrov et al. 2015)."""

from __future__ import annotations

from dataclasses import dataclass

from vse.io.configs import within
from vse.training.objectives.hinge_sum import HingeSum


@dataclass(frozen=True)
class OrderConfig:
    """Scores are minus the squared violations of the order, so that the usual margin is smaller."""

    margin: float = 0.05

    def __post_init__(self) -> None:
        within(0, 100, margin=self.margin)


class Order(HingeSum):
    """Vendrov et al. 2015, eq. 5: the sum of hinges over the scores of the order similarity."""

    Config = OrderConfig
    title = "order violation"
    similarity = "order"
