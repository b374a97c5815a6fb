"""The one seam between models: an Encoder takes inputs of its modalities and gives unit rows of one space."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from PIL import Image

from vse.io.progress import Progress
from vse.modalities.text.unknown import UnknownWord

ImageInput = str | Path | Image.Image | np.ndarray


@runtime_checkable
class Encoder(Protocol):
    """A model as the rest of the project sees it.

    `fingerprint` names the vectors it makes; `similarity` ("cosine" or "order") how they are compared.
    """

    name: str
    fingerprint: str
    dim: int
    similarity: str

    def encode_images(self, images: Iterable[ImageInput], progress: Progress | None = None) -> np.ndarray:
        """Pictures or their paths, in order -> (N, dim) float32, unit rows."""

    def encode_texts(
        self, texts: Sequence[str], progress: Progress | None = None, *, strict: bool = True
    ) -> np.ndarray:
        """Sentences, in order -> (N, dim) float32, unit rows; without `strict` none is refused for its words."""

    def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
        """The words of `text` the model has never seen; none for a model that splits words into pieces."""


@runtime_checkable
class Prepares(Protocol):
    """An encoder whose pictures can be made ready by other threads, and few bytes each, while it encodes."""

    def prepare(self, image: ImageInput) -> np.ndarray:
        """A picture -> what `encode_prepared` takes of it; raises ImageError as `encode_images` does."""

    def encode_prepared(self, prepared: Sequence[np.ndarray]) -> np.ndarray:
        """At least one, of `prepare`, in order -> (N, dim) float32, unit rows, as `encode_images` gives them."""


@runtime_checkable
class Counted(Protocol):
    """An encoder that also knows how many numbers it learnt; not every encoder must."""

    @property
    def parameters(self) -> int:
        """The numbers in all its weights, both towers and what joins them."""
