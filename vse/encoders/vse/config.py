"""What a model and a training run are made of; frozen, and JSON in and out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from vse.encoders.similarity import SIMILARITIES
from vse.errors import ConfigError
from vse.io.configs import one_of, within
from vse.modalities.base import MODALITIES
from vse.modalities.image.config import ImageConfig
from vse.modalities.recipe.config import RecipeConfig
from vse.modalities.text.config import TextConfig


@dataclass(frozen=True)
class ModelConfig:
    """Towers into one space of `dim` dimensions: a field that is named like a modality configures its tower.

    Those that are None are not there. `apex` is for the order similarity: the last coordinate is then at most 0 instead
    of at least 0, and takes up what the others leave of a vector's length, so that a short one lies above a long one in
    all of them; without it no unit vector lies wholly above another.
    """

    name: str = "vse"
    dim: int = 256
    similarity: str = "cosine"
    apex: bool = False
    image: ImageConfig = field(default_factory=ImageConfig)
    text: TextConfig = field(default_factory=TextConfig)
    recipe: RecipeConfig | None = field(default=None, metadata={"tower": RecipeConfig})

    def __post_init__(self) -> None:
        one_of("similarity", self.similarity, tuple(SIMILARITIES))
        within(1, 65_536, dim=self.dim)
        if self.apex and not SIMILARITIES[self.similarity].non_negative:
            raise ConfigError(f"An apex has no say with the similarity {self.similarity!r}; choose order.")

    @property
    def towers(self) -> dict[str, Any]:
        """The configuration of each tower by its modality."""
        found = {each.name: getattr(self, each.name) for each in fields(self) if each.name in MODALITIES}
        return {name: tower for name, tower in found.items() if tower is not None}

    def with_towers(self, modalities: Iterable[str]) -> ModelConfig:
        """With the usual tower for each of the modalities that has none."""
        kinds = {each.name: each.metadata["tower"] for each in fields(self) if "tower" in each.metadata}
        return replace(self, **{name: kinds[name]() for name in modalities if getattr(self, name) is None})
