"""The seam between the trainer and the kinds of model that it trains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
from torch import Tensor, nn

if TYPE_CHECKING:
    from vse.modalities.image.decoding import Preprocess


class TwoTowers(nn.Module):
    """A module with an image tower and a text tower into one space."""

    @property
    def feature_width(self) -> int:
        """How many features of a picture there are."""
        raise NotImplementedError

    def image_features(self, images: Tensor) -> Tensor:
        """(N, 3, size, size) float32, normalised by the model's preprocessing -> (N, feature_width)."""
        raise NotImplementedError

    def embed_features(self, features: Tensor) -> Tensor:
        """(N, feature_width) -> (N, dim) unit rows."""
        raise NotImplementedError

    def embed_images(self, images: Tensor) -> Tensor:
        """(N, 3, size, size) float32, normalised by the model's preprocessing -> (N, dim) unit rows."""
        return self.embed_features(self.image_features(images))

    def embed_texts(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """(N, L) int64 ids padded with 0 and (N,) lengths -> (N, dim) unit rows."""
        raise NotImplementedError

    def pretrained(self) -> Iterable[nn.Parameter]:
        """The parameters of the image tower that come from elsewhere, where there are such."""
        return ()

    def learn_backbone(self, learns: bool, frozen_layers: int = 0) -> None:
        """Whether those learn, but for the first layers."""

    def temperature(self) -> Tensor | None:
        """What InfoNCE divides cosines by, where the model learns it."""
        return None


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


M = TypeVar("M", bound=TwoTowers)


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
