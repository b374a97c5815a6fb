"""The two towers of a visual-semantic embedding (Kiros et al. 2014; Faghri et al. 2018)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from vse.encoders.joint import JointModel
from vse.encoders.similarity import SIMILARITIES
from vse.encoders.vse.config import ModelConfig
from vse.modalities.base import load_modality
from vse.modalities.image.config import OWN_BACKBONES

if TYPE_CHECKING:
    from vse.modalities.image.tower import ImageTower
    from vse.modalities.text.tower import TextTower


class VSE(JointModel):
    """A tower for each modality of the configuration.

    With the order similarity, coordinates are made non-negative (Vendrov et al. 2015, section 4.2), but for the last
    one where the configuration has an apex.
    """

    image_tower: ImageTower
    text_tower: TextTower

    def __init__(self, config: ModelConfig, vocabulary_size: int) -> None:
        super().__init__()
        self.config = config
        for modality, tower in config.towers.items():
            self.add_module(f"{modality}_tower", load_modality(modality).tower(tower, config.dim, vocabulary_size))

    def _tower(self, modality: str) -> Any:
        return self.get_submodule(f"{modality}_tower")

    @property
    def dim(self) -> int:
        return self.config.dim

    def feature_width(self, modality: str) -> int:
        return self._tower(modality).affine.in_features

    def pretrained(self) -> Iterable[nn.Parameter]:
        return self.image_tower.backbone.parameters() if self.config.image.backbone not in OWN_BACKBONES else ()

    def learn_backbone(self, learns: bool, frozen_layers: int = 0) -> None:
        from vse.modalities.image.backbones.build import Backbone

        if isinstance(self.image_tower.backbone, Backbone):
            self.image_tower.backbone.learn(learns, frozen_layers)

    def features(self, modality: str, inputs: Any) -> Tensor:
        return self._tower(modality).features(inputs)

    def embed_features(self, modality: str, features: Tensor) -> Tensor:
        vectors = self._tower(modality).embed(features)
        if not SIMILARITIES[self.config.similarity].non_negative:
            return vectors
        vectors = vectors.abs()
        return torch.cat([vectors[..., :-1], -vectors[..., -1:]], dim=-1) if self.config.apex else vectors
