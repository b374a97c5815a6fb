"""Only the hardest negative of each picture and of each caption (VSE++, Faghri et al. 2018)."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from vse.io.configs import within
from vse.training.objectives.base import Ranking
from vse.training.objectives.hinge_sum import hinges


def hardest_negative(
    scores: Tensor, margin: float = 0.2, ignore: Tensor | None = None, hardness: float = 1.0
) -> Tensor:
    """From the mean violation (`hardness` 0) to the hardest negative (1; Faghri et al. 2018, a half of eq. 6), one way.

    The hardest negative alone often collapses at the start of training; VSE++'s own code warms up too.
    The sum is divided by the number of violations so that both ends are of one magnitude.
    """
    found = hinges(scores, margin, ignore)
    hard = found.amax(dim=1).sum()
    if hardness == 1:
        return hard / len(scores)
    soft = (found.sum(dim=1) / (found > 0).sum(dim=1).clamp(min=1)).sum()
    return ((1 - hardness) * soft + hardness * hard) / len(scores)


@dataclass(frozen=True)
class HardestNegativeConfig:
    """`warmup_epochs` go from the mean violation to the hardest negative."""

    margin: float = 0.2
    warmup_epochs: float = 3.0

    def __post_init__(self) -> None:
        within(0, 100, margin=self.margin)
        within(0, 1_000_000, warmup_epochs=self.warmup_epochs)


class HardestNegative(Ranking):
    """See `hardest_negative`, warmed up."""

    Config = HardestNegativeConfig
    title = "hardest negative"

    def one_way(self, scores: Tensor, ignore: Tensor | None, progress: float) -> Tensor:
        warmup = self.config.warmup_epochs
        return hardest_negative(scores, self.config.margin, ignore, min(1.0, progress / warmup) if warmup else 1.0)
