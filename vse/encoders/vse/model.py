"""The two towers of a visual-semantic embedding (Kiros et al. 2014; Faghri et al. 2018)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn

from vse.encoders.joint import JointModel
from vse.encoders.vse.config import ModelConfig
from vse.modalities.image.config import OWN_BACKBONES
from vse.modalities.image.tower import ImageTower
from vse.modalities.text.tower import TextTower


class VSE(JointModel):
    """Both towers. With the order similarity, coordinates are made non-negative (Vendrov et al. 2015, section 4.2)."""

    def __init__(self, config: ModelConfig, vocabulary_size: int) -> None:
        super().__init__()
        self.config = config
        self.image_tower = ImageTower(config.image, config.dim)
        self.text_tower = TextTower(config.text, vocabulary_size, config.dim)

    def _tower(self, modality: str) -> ImageTower | TextTower:
        tower: ImageTower | TextTower = getattr(self, f"{modality}_tower")
        return tower

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
        return vectors.abs() if self.config.similarity == "order" else vectors
