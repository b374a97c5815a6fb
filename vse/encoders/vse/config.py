"""What a model and a training run are made of; frozen, and JSON in and out."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from vse.encoders.similarity import SIMILARITIES
from vse.io.configs import one_of, within
from vse.modalities.base import MODALITIES
from vse.modalities.image.config import ImageConfig
from vse.modalities.text.config import TextConfig


@dataclass(frozen=True)
class ModelConfig:
    """Towers into one space of `dim` dimensions: a field that is named like a modality configures its tower."""

    name: str = "vse"
    dim: int = 256
    similarity: str = "cosine"
    image: ImageConfig = field(default_factory=ImageConfig)
    text: TextConfig = field(default_factory=TextConfig)

    def __post_init__(self) -> None:
        one_of("similarity", self.similarity, tuple(SIMILARITIES))
        within(1, 65_536, dim=self.dim)

    @property
    def towers(self) -> dict[str, Any]:
        """The configuration of each tower by its modality."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name in MODALITIES}
