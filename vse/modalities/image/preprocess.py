"""The preprocessing of pictures that travels with a model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from PIL import Image

from vse.io.configs import from_json

MOST = 65_536  # pixels


@dataclass(frozen=True)
class Preprocess:
    """How a model wants its pictures; saved with the model.

    size: side of the square in pixels.
    fit: "crop" scales the shorter side to `size` and keeps the centre; "squash" scales both sides to `size`.
    mean, std: of each of R, G, B, for values in [0, 1].

    Raises ValueError for values that make no preprocessing.
    """

    size: int
    fit: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def __post_init__(self) -> None:
        if isinstance(self.size, bool) or not isinstance(self.size, int) or not 1 <= self.size <= MOST:
            raise ValueError(f"size came as {self.size!r}: give a whole number of pixels, 1 to {MOST:,}.")
        if self.fit not in ("crop", "squash"):
            raise ValueError(f"fit came as {self.fit!r}: give 'crop' or 'squash'.")
        for name in ("mean", "std"):
            values = tuple(float(value) for value in getattr(self, name))
            if len(values) != 3 or not all(map(math.isfinite, values)) or (name == "std" and min(values) <= 0):
                raise ValueError(f"{name} came as {values}: give three finite numbers, positive ones for std.")
            object.__setattr__(self, name, values)

    def area(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Left, top, right and bottom, in pixels, of what is kept of a picture of that size."""
        if self.fit != "crop":
            return (0.0, 0.0, float(width), float(height))
        side = min(width, height)
        left, top = (width - side) / 2, (height - side) / 2
        return (left, top, left + side, top + side)

    def uint8(self, image: Image.Image) -> np.ndarray:
        """A PIL RGB picture -> (size, size, 3) uint8, bicubic with antialiasing."""
        # Same pixels as scaling first and cropping then, but a very long picture never becomes a huge one.
        box = self.area(*image.size)
        rgb = image if image.mode == "RGB" else image.convert("RGB")
        return np.array(rgb.resize((self.size, self.size), Image.Resampling.BICUBIC, box=box))

    def normalise(self, batch: np.ndarray) -> np.ndarray:
        """(N, H, W, 3) uint8 -> (N, 3, H, W) float32, `(value / 255 - mean) / std`, contiguous.

        Raises ValueError for another shape or dtype.
        """
        if batch.ndim != 4 or batch.shape[3] != 3 or batch.dtype != np.uint8:
            raise ValueError(f"A batch came as {batch.dtype} {batch.shape}: give uint8 (N, H, W, 3).")
        out = np.empty((batch.shape[0], 3, *batch.shape[1:3]), dtype=np.float32)
        for channel, (mean, std) in enumerate(zip(self.mean, self.std, strict=True)):
            np.multiply(batch[..., channel], np.float32(1 / (255 * std)), out=out[:, channel])
            out[:, channel] -= np.float32(mean / std)
        return out

    def __call__(self, image: Image.Image) -> np.ndarray:
        """A PIL RGB picture -> (3, size, size) float32, normalised; equals `normalise(uint8(image))`."""
        return cast(np.ndarray, self.normalise(self.uint8(image)[None])[0])

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain JSON values."""
        return {"size": self.size, "fit": self.fit, "mean": list(self.mean), "std": list(self.std)}

    @classmethod
    def from_json(cls, data: Any, where: object = "the preprocessing") -> Preprocess:
        """The inverse of `to_json`; `where` the data come from begins a message.

        Raises CheckpointError when a key is missing, unknown or out of range.
        """
        return from_json(cls, data, where)
