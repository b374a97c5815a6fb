"""Pictures as inputs: files, PIL images or arrays -> (N, 3, size, size) float32."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from vse.modalities.base import Modality
from vse.modalities.image.config import ImageConfig
from vse.modalities.image.decoding import to_read
from vse.modalities.image.preprocess import Preprocess
from vse.modalities.image.tower import ImageTower


def read_image(image: str | Path | Image.Image | np.ndarray, preprocess: Preprocess, strict: bool) -> np.ndarray:
    """A picture -> (size, size, 3) uint8, resized.

    Raises:
        ImageError: for a picture that cannot be read.
    """
    return preprocess.uint8(to_read(image, at_least=2 * preprocess.size))


def collate_images(pixels: Sequence[np.ndarray], preprocess: Preprocess) -> Tensor:
    """(size, size, 3) uint8 each -> (N, 3, size, size) float32, normalised."""
    return torch.from_numpy(preprocess.normalise(np.stack(pixels)))


def image_tower(config: ImageConfig, dim: int, vocabulary_size: int) -> ImageTower:
    return ImageTower(config, dim)


MODALITY = Modality("image", "picture", read_image, collate_images, image_tower)
