"""Photographs changed a little each time they are learnt from: crops, proportions, mirror images, colours."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

LEAST_AREA, PROPORTION = 0.6, 4 / 3  # of a crop: share of the picture, and of width to height at most
_LIGHT, _COLOUR = 0.2, 0.3  # the most that brightness and contrast, and that saturation change


def augmented(
    pixels: np.ndarray,
    size: int,
    rng: np.random.Generator,
    may_mirror: np.ndarray,
    strength: float = 1.0,
    mine: slice = slice(None),
) -> np.ndarray:
    """(n, S, S, 3) uint8 -> (n, size, size, 3) uint8, each picture changed on its own.

    Args:
        may_mirror: (B,) bool: which pictures of a batch may be mirrored, half of which then are.
        strength: 0 only scales and mirrors, 1 is usual, and 2 may take crops of a fifth of the area.
        mine: which of the batch the n pictures are; what changes them is drawn for all of it.
    """
    side = pixels.shape[1]
    crops = [_crop(side, rng, strength) for _ in may_mirror][mine]
    out = np.empty((len(pixels), size, size, 3), np.uint8)
    for row, (picture, crop) in enumerate(zip(pixels, crops, strict=True)):
        out[row] = np.asarray(Image.fromarray(picture).resize((size, size), Image.Resampling.BICUBIC, box=crop))
    mirrored = (may_mirror & (rng.random(len(may_mirror)) < 0.5))[mine]
    out[mirrored] = out[mirrored][:, :, ::-1]
    return _coloured(out, rng.uniform(-1, 1, size=(3, len(may_mirror)))[:, mine], strength) if strength else out


def _crop(side: int, rng: np.random.Generator, strength: float) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a rectangle inside a square of that side."""
    area = 1 - strength * (1 - LEAST_AREA) * rng.random()
    shape = math.exp(strength * math.log(PROPORTION) * rng.uniform(-1, 1))
    width = min(1.0, math.sqrt(area * shape))
    height = min(1.0, math.sqrt(area / shape))
    left, top = rng.random() * (1 - width), rng.random() * (1 - height)
    return left * side, top * side, (left + width) * side, (top + height) * side


def _coloured(pixels: np.ndarray, drawn: np.ndarray, strength: float) -> np.ndarray:
    """Saturation, contrast and brightness of each picture changed a little; (n, H, W, 3) uint8.

    Args:
        drawn: (3, n) from -1 to 1.
    """
    factors = 1 + strength * drawn[..., None, None, None] * np.array([_COLOUR, _LIGHT, _LIGHT]).reshape(3, 1, 1, 1, 1)
    saturation, contrast, brightness = factors.astype(np.float32)
    values = pixels.astype(np.float32)
    grey = values.mean(axis=3, keepdims=True)
    values = grey + (values - grey) * saturation
    mean = values.mean(axis=(1, 2, 3), keepdims=True)
    values = (mean + (values - mean) * contrast) * brightness
    clipped: np.ndarray = np.clip(values, 0, 255).astype(np.uint8)
    return clipped
