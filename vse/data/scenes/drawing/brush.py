"""A canvas in unit coordinates whose daylight colours are shaded by the light of the scene."""

from __future__ import annotations

import math
import random
from functools import lru_cache
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

from vse.data.scenes.drawing.glyphs import cut, resized
from vse.data.scenes.drawing.light import Light, tint

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom


def generator(seed: int, purpose: str) -> random.Random:
    """A random generator of its own for each purpose, so that one choice never moves another."""
    return random.Random(f"{seed}:{purpose}")


def ramp(stops: list[tuple[float, tuple[int, ...]]], height: int, width: int) -> Image.Image:
    """A vertical RGB gradient; `stops` are (share of the height, colour) from top to bottom."""
    rows = np.linspace(0, 1, height)
    at = [stop for stop, _ in stops]
    channels = [np.interp(rows, at, [colour[i] for _, colour in stops]) for i in range(3)]
    column = np.stack(channels, -1).round().astype(np.uint8)
    return Image.fromarray(np.repeat(column[:, None], width, 1), "RGB")


@lru_cache(maxsize=256)
def _scenery_glyph(emoji: str, height: int, factors: tuple[float, float, float], flip: bool) -> Image.Image:
    image = tint(resized(cut(emoji), height), factors)
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if flip else image


class Canvas:
    """A square RGB picture; x and y run from 0 to 1, y downwards.  Colours may carry an opacity (0..255)."""

    def __init__(self, image: Image.Image, light: Light) -> None:
        self.image = image
        self.side = image.width
        self.light = light
        self._draw = ImageDraw.Draw(image, "RGBA")

    def _colour(self, colour: tuple[int, ...], glow: bool) -> tuple[int, ...]:
        return colour if glow else self.light.shade(colour)

    def _pixels(self, points: list[Point]) -> list[Point]:
        return [(x * self.side, y * self.side) for x, y in points]

    def polygon(self, points: list[Point], colour: tuple[int, ...], glow: bool = False) -> None:
        self._draw.polygon(self._pixels(points), fill=self._colour(colour, glow))

    def rect(
        self, x0: float, y0: float, x1: float, y1: float, colour: tuple[int, ...], radius: float = 0, glow: bool = False
    ) -> None:
        box = (x0 * self.side, y0 * self.side, x1 * self.side, y1 * self.side)
        self._draw.rounded_rectangle(box, radius * self.side, fill=self._colour(colour, glow))

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: tuple[int, ...], glow: bool = False) -> None:
        box = tuple(v * self.side for v in (x - rx, y - ry, x + rx, y + ry))
        self._draw.ellipse(box, fill=self._colour(colour, glow))

    def line(self, points: list[Point], colour: tuple[int, ...], width: float, glow: bool = False) -> None:
        pixels = max(1, round(width * self.side))
        self._draw.line(self._pixels(points), fill=self._colour(colour, glow), width=pixels, joint="curve")

    def gradient(self, points: list[Point], top: tuple[int, ...], bottom: tuple[int, ...]) -> None:
        """A polygon filled from `top` colour to `bottom` colour down its own height."""
        mask = Image.new("L", (self.side, self.side), 0)
        ImageDraw.Draw(mask).polygon(self._pixels(points), fill=255)
        box = mask.getbbox()
        if box is None:
            return
        fill = ramp([(0, self.light.shade(top)), (1, self.light.shade(bottom))], box[3] - box[1], box[2] - box[0])
        self.image.paste(fill, box[:2], mask.crop(box))

    def hill(self, points: list[Point], top: tuple[int, ...], bottom: tuple[int, ...]) -> None:
        """The land below a line through `points`, rounded, down to the lower edge of the picture."""
        self.gradient([*rounded(points), (1.01, 1.01), (-0.01, 1.01)], top, bottom)

    def glow(self, x: float, y: float, radius: float, colour: tuple[int, int, int], strength: float) -> None:
        """Light added around a point, fading with distance."""
        reach = max(2, round(radius * self.side))
        axis = np.linspace(-1, 1, 2 * reach)
        fall = np.clip(1 - np.hypot(axis[None], axis[:, None]), 0, 1) ** 2 * strength
        mask = Image.fromarray((np.clip(fall, 0, 1) * 255).astype(np.uint8), "L")
        corner = (round(x * self.side) - reach, round(y * self.side) - reach)
        self.image.paste(Image.new("RGB", mask.size, colour), corner, mask)

    def glyph(self, emoji: str, x: float, base: float, height: float, flip: bool = False) -> None:
        """An emoji of the scenery standing at (x, base)."""
        image = _scenery_glyph(emoji, max(4, round(height * self.side)), self.light.scenery, flip)
        self.image.paste(image, (round(x * self.side - image.width / 2), round(base * self.side - image.height)), image)

    def strokes(
        self,
        rng: random.Random,
        count: int,
        box: Box,
        colour: tuple[int, ...],
        size: float,
    ) -> None:
        """Short upright strokes (grass, stubble), larger towards the viewer."""
        x0, y0, x1, y1 = box
        for _ in range(count):
            x, y = rng.uniform(x0, x1), rng.uniform(y0, y1)
            length = size * (0.5 + (y - y0) / (y1 - y0))
            self.line([(x, y), (x + rng.uniform(-0.5, 0.5) * length, y - length)], colour, 0.004)

    def dabs(
        self,
        rng: random.Random,
        count: int,
        box: Box,
        colour: tuple[int, ...],
        size: float,
    ) -> None:
        """Flat dabs of paint (pebbles, ripples in sand, patches of grass), larger towards the viewer."""
        x0, y0, x1, y1 = box
        for _ in range(count):
            x, y = rng.uniform(x0, x1), rng.uniform(y0, y1)
            length = size * (0.4 + (y - y0) / (y1 - y0)) * rng.uniform(0.6, 1.3)
            self.ellipse(x, y, length, length * 0.22, colour)


def rounded(points: list[Point], steps: int = 10) -> list[Point]:
    """A smooth line through the points (cosine interpolation)."""
    line = []
    for (x0, y0), (x1, y1) in pairwise(points):
        for step in range(steps):
            share = step / steps
            line.append((x0 + (x1 - x0) * share, y0 + (y1 - y0) * (1 - math.cos(math.pi * share)) / 2))
    return [*line, points[-1]]


def rolling(rng: random.Random, level: float, swing: float, count: int = 4) -> list[Point]:
    """Points of a hilly line across the whole picture around the height `level`."""
    return [(i / count * 1.1 - 0.05, level + rng.uniform(-swing, swing)) for i in range(count + 1)]
