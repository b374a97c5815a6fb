"""The seam between the trainer and the kinds of model that it trains."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torch import Tensor, nn

if TYPE_CHECKING:
    pass


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
