"""Pictures of nothing, with the light and the detail of photographs: to time and to calibrate with, where none are."""

from __future__ import annotations

import numpy as np
from PIL import Image

SIZE = (640, 480)


def drawn_photograph(rng: np.random.Generator) -> Image.Image:
    """640 x 480 pixels of soft shapes, edges and fine noise."""
    width, height = SIZE
    soft = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)).resize(SIZE, Image.Resampling.BICUBIC)
    pixels = np.asarray(soft).astype(np.int16)
    for _ in range(12):
        left, top = rng.integers(0, width - 40), rng.integers(0, height - 40)
        pixels[top : top + rng.integers(20, 200), left : left + rng.integers(20, 200)] += rng.integers(-60, 60, 3)
    pixels = np.clip(pixels + rng.normal(0, 6, (height, width, 1)), 0, 255)
    return Image.fromarray(pixels.astype(np.uint8))
