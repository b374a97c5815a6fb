"""What training asks of a kind of model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
from torch import Tensor

if TYPE_CHECKING:
    from vse.modalities.image.preprocess import Preprocess
from vse.encoders.joint import JointModel


class DevEncoder(Protocol):
    """What measuring on the dev scenes takes of an encoder."""

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


M = TypeVar("M", bound=JointModel)


class Towers(Protocol[M]):
    """One kind of model with the words that it has learnt."""

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

    def build(self) -> M:
        """The module with random weights, drawn from torch's global generator."""

    def encoder(self, model: M) -> DevEncoder:
        """To measure a module's weights with; it reads them when it is called."""

    def save(self, folder: Path, model: M, made: Made) -> None:
        """Write a model folder, whole or not at all."""


class Plan(Protocol):
    """A configuration before any text is read."""

    @property
    def preprocess(self) -> Preprocess:
        """What pictures go through."""

    def learn(self, texts: Sequence[str]) -> Towers[Any]:
        """Take the words of the training texts, or those of the model that the run goes on from."""
