"""What training asks of a kind of model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
from torch import Tensor

from vse.encoders.joint import JointModel

if TYPE_CHECKING:
    from vse.modalities.image.preprocess import Preprocess
    from vse.modalities.recipe.recipe import Recipe
    from vse.training.config import TrainConfig


class ValidationEncoder(Protocol):
    """What measuring while training takes of an encoder."""

    def encode_pixels(self, pixels: np.ndarray) -> np.ndarray:
        """(N, size, size, 3) uint8, already resized -> (N, dim) float32, unit rows."""

    def encode_texts(self, texts: Sequence[str], *, strict: bool = True) -> np.ndarray:
        """Sentences, in order -> (N, dim) float32, unit rows."""


@dataclass(frozen=True)
class Start:
    """The trained model that a run goes on from: its weights, its run's configuration, its history."""

    weights: Mapping[str, Tensor]
    training: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Made:
    """What is known about trained weights: the run's configuration, the measures, one entry of history an epoch."""

    training: dict[str, Any]
    metrics: dict[str, Any]
    history: list[dict[str, Any]]


@dataclass(frozen=True)
class FurtherWords:
    """The first `count` words of a file of word vectors that a model does not know yet."""

    word_vectors: str
    count: int


M = TypeVar("M", bound=JointModel)


class Trainable(Protocol[M]):
    """A model to be trained, with the words that it has learnt."""

    @property
    def preprocess(self) -> Preprocess:
        """What pictures go through."""

    @property
    def similarity(self) -> str:
        """How vectors are compared: "cosine" or "order"."""

    @property
    def start(self) -> Start | None:
        """The model that the run goes on from."""

    def encode_batch(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Texts -> ids (N, L) int64 padded with 0, and lengths (N,); no text is refused."""

    def lines(self, recipe: Recipe) -> tuple[Sequence[str], Sequence[str]]:
        """The texts that are read of a recipe, those of its ingredients and those of its instructions."""

    def build(self) -> M:
        """The module with random weights, drawn from torch's global generator."""

    def encoder(self, model: M) -> ValidationEncoder:
        """To measure a module's weights with, where they are; it reads them when it is called."""

    def save(self, folder: Path, model: M, made: Made) -> None:
        """Write a model folder, whole or not at all."""


class Plan(Protocol):
    """A configuration before any text is read."""

    @property
    def preprocess(self) -> Preprocess:
        """What pictures go through."""

    def with_towers(self, modalities: Iterable[str]) -> Plan:
        """The same with a tower for each of the modalities.

        Raises:
            TrainingError: for a kind of model that reads no such inputs.
        """

    def learn(self, texts: Sequence[str], steps: Sequence[Sequence[str]] = ()) -> Trainable[Any]:
        """Take the words of the training texts, or those of the model that the run goes on from.

        Args:
            steps: of each recipe its instructions, in order, where there are recipes among the texts.
        """


class Kind(Protocol):
    """A kind of model as training knows it: what each module of this package has.

    Config: the dataclass of its architecture. DEFAULTS: settings that differ from a run's own, by flat name.
    ABOUT: what a card has to say of any such model.
    """

    Config: Any
    DEFAULTS: Mapping[str, Any]
    ABOUT: str

    def configuration_of(self, folder: Path) -> Any:
        """The configuration of the model in a folder; raises CheckpointError when there is no whole model."""

    def plan(self, model: Any, training: TrainConfig) -> Plan:
        """How a model of this configuration is trained."""

    def check(self, model: Any, training: TrainConfig) -> None:
        """Raises TrainingError for a setting of the run that has no say with such a model."""

    def store(
        self, folder: Path, to: Path, metrics: dict[str, Any], card: str, further: FurtherWords | None = None
    ) -> None:
        """Write the model of a folder to another in float16, with more metrics, a card, and words it never read.

        Raises:
            CheckpointError: when there is no whole model in the folder.
            TextError: when the vectors of further words cannot be read.
            TrainingError: for further words of a model that has no vocabulary.
        """
