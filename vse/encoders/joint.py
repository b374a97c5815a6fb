"""The seam between the trainer and the kinds of model that it trains."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn


class JointModel(nn.Module):
    """A module with a tower for each modality into one space.

    Inputs are tensors: of "image" (N, 3, S, S) float32, normalised by the model's preprocessing; of "text" a pair of
    ids (N, L) int64, padded with 0, and lengths (N,).
    """

    @property
    def dim(self) -> int:
        """Of the joint space."""
        raise NotImplementedError

    def feature_width(self, modality: str) -> int:
        """How many features of one input there are."""
        raise NotImplementedError

    def features(self, modality: str, inputs: Any) -> Tensor:
        """Inputs -> (N, feature_width), as they are before the map into the joint space."""
        raise NotImplementedError

    def embed_features(self, modality: str, features: Tensor) -> Tensor:
        """(N, feature_width) -> (N, dim) unit rows."""
        raise NotImplementedError

    def embed(self, modality: str, inputs: Any) -> Tensor:
        """Inputs -> (N, dim) unit rows."""
        return self.embed_features(modality, self.features(modality, inputs))

    def pretrained(self) -> Iterable[nn.Parameter]:
        """The parameters that come from elsewhere, where there are such."""
        return ()

    def learn_backbone(self, learns: bool, frozen_layers: int = 0) -> None:
        """Whether those learn, but for the first layers."""

    def logit_scale(self) -> Tensor | None:
        """What InfoNCE multiplies cosines by, where the model learns it: a positive scalar."""
        return None

    def clamp_logit_scale(self) -> None:
        """Bring that back into its range, after each step of the optimiser."""
