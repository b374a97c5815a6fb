"""The two towers of a visual-semantic embedding (Kiros et al. 2014; Faghri et al. 2018)."""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor, nn

from vse.encoders.joint import TwoTowers
from vse.encoders.vse.config import ModelConfig
from vse.modalities.image.config import OWN_BACKBONES
from vse.modalities.image.tower import ImageTower
from vse.modalities.text.tower import TextTower


class VSE(TwoTowers):
    """Both towers. With the order similarity, coordinates are made non-negative (Vendrov et al. 2015, section 4.2)."""

    def __init__(self, config: ModelConfig, vocabulary_size: int) -> None:
        super().__init__()
        self.config = config
        self.image_tower = ImageTower(config.image, config.dim)
        self.text_tower = TextTower(config.text, vocabulary_size, config.dim)

    @property
    def feature_width(self) -> int:
        return self.image_tower.pooling.width

    def pretrained(self) -> Iterable[nn.Parameter]:
        return self.image_tower.backbone.parameters() if self.config.image.backbone not in OWN_BACKBONES else ()

    def learn_backbone(self, learns: bool, frozen_layers: int = 0) -> None:
        from vse.modalities.image.backbones.build import Backbone

        if isinstance(self.image_tower.backbone, Backbone):
            self.image_tower.backbone.learn(learns, frozen_layers)

    def image_features(self, images: Tensor) -> Tensor:
        """(N, 3, size, size) float32, normalised by the model's preprocessing -> (N, feature_width)."""
        return self.image_tower.features(images)

    def embed_features(self, features: Tensor) -> Tensor:
        """(N, feature_width) -> (N, dim) unit rows."""
        return self._signed(self.image_tower.embed(features))

    def embed_texts(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """(N, L) int64 word ids padded with 0 and (N,) lengths -> (N, dim) unit rows."""
        return self._signed(self.text_tower(ids, lengths))

    def _signed(self, vectors: Tensor) -> Tensor:
        return vectors.abs() if self.config.similarity == "order" else vectors
