"""What may be chosen of a run that is filmed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from vse.io.configs import from_json, one_of, within

LOSSES = ("hinge_sum", "hardest_negative", "infonce", "order")
BATCHES = (2, 4, 8, 16, 32, 80, 160)  # whose steps use every pair of an epoch
MOST_EPOCHS = 60
WITH_MARGIN, WITH_TEMPERATURE, WITH_WARMUP = ("hinge_sum", "hardest_negative", "order"), ("infonce",), (LOSSES[1],)


@dataclass(frozen=True)
class FilmSettings:
    """`margin` is for all losses but InfoNCE, `temperature` for that alone; `warmup_epochs` go from the mean violation
    to the hardest negative, 0 for that from the first step on.

    Raises:
        ConfigError: for a value that is out of its range.
    """

    loss: str = "hinge_sum"
    margin: float = 0.2
    temperature: float = 0.07
    batch_size: int = 32
    warmup_epochs: int = 0
    learning_rate: float = 0.003
    epochs: int = 40
    seed: int = 0

    def __post_init__(self) -> None:
        one_of("loss", self.loss, LOSSES)
        one_of("batch_size", str(self.batch_size), tuple(map(str, BATCHES)))
        within(0, 1, margin=self.margin)
        within(0.01, 1, temperature=self.temperature)
        within(0, MOST_EPOCHS, warmup_epochs=self.warmup_epochs)
        within(0.0001, 0.1, learning_rate=self.learning_rate)
        within(1, MOST_EPOCHS, epochs=self.epochs)
        within(0, 9999, seed=self.seed)

    @property
    def required(self) -> float:
        """The margin that a pair has to keep, 0 where the loss has none: then what counts is which is nearer."""
        return self.margin if self.loss in WITH_MARGIN else 0.0

    @property
    def of_loss(self) -> dict[str, Any]:
        """The settings that the loss itself has, by their names in its configuration."""
        given = {"margin": WITH_MARGIN, "temperature": WITH_TEMPERATURE, "warmup_epochs": WITH_WARMUP}
        return {name: getattr(self, name) for name, losses in given.items() if self.loss in losses}

    @classmethod
    def from_json(cls, data: Any) -> FilmSettings:
        """
        Raises:
            ConfigError: for what is no object of such settings.
        """
        return from_json(cls, data, "The run", advice="choose again")


NAMES = tuple(each.name for each in fields(FilmSettings))
