"""What falls or hangs in the air in front of a scene: rain, snowflakes, fog."""

from __future__ import annotations

import random
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

OVERLAYS = 6  # how many different drawings of each weather there are

_FOG = {"dawn": (232, 222, 232), "day": (230, 234, 238), "sunset": (236, 190, 168), "night": (104, 114, 148)}


def rain(side: int, rng: random.Random, drops: int, length: float) -> Image.Image:
    """Slanting streaks, RGBA."""
    image = Image.new("RGBA", (side, side), (226, 236, 250, 0))
    draw = ImageDraw.Draw(image)
    for _ in range(drops):
        x, y = rng.uniform(-0.1, 1.1) * side, rng.uniform(-0.1, 1.0) * side
        reach = length * side * rng.uniform(0.6, 1.2)
        colour = (226, 236, 250, rng.randint(110, 190))
        draw.line((x, y, x - reach * 0.28, y + reach), fill=colour, width=max(1, round(side / 190)))
    return image


def snow(side: int, rng: random.Random, flakes: int, size: float) -> Image.Image:
    """Round flakes of several sizes, RGBA."""
    image = Image.new("RGBA", (side, side), (255, 255, 255, 0))
    draw = ImageDraw.Draw(image)
    for _ in range(flakes):
        x, y, radius = rng.random() * side, rng.random() * side, size * side * rng.choice((0.5, 0.7, 1.0, 1.5))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(255, 255, 255, rng.randint(190, 250)))
    return image


def fog(side: int, time: str, thickness: float) -> Image.Image:
    """A veil, thickest at the horizon and thin at the feet, RGBA."""
    y = np.linspace(0, 1, side)
    alpha = np.interp(y, [0, 0.3, 0.5, 0.68, 1.0], [0.62, 0.78, 0.76, 0.45, 0.2]) * thickness
    pixels = np.empty((side, side, 4), dtype=np.uint8)
    pixels[..., :3] = _FOG[time]
    pixels[..., 3] = (np.clip(alpha, 0, 1) * 255).astype(np.uint8)[:, None]
    return Image.fromarray(pixels, "RGBA")


def wisps(side: int, time: str, rng: random.Random) -> Image.Image:
    """Drifting bands of fog, RGBA."""
    mask = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(mask)
    for _ in range(9):
        x, y = rng.random() * side, rng.uniform(0.25, 0.95) * side
        rx, ry = rng.uniform(0.15, 0.4) * side, rng.uniform(0.012, 0.035) * side
        draw.ellipse((x - rx, y - ry, x + rx, y + ry), fill=rng.randint(60, 120))
    image = Image.new("RGBA", (side, side), (*_FOG[time], 0))
    image.putalpha(mask.filter(ImageFilter.GaussianBlur(side / 40)))
    return image


@lru_cache(maxsize=128)
def overlay(weather: str, time: str, number: int, size: int) -> Image.Image | None:
    """What hangs in front of the subjects of an outdoor scene: RGBA, `size` pixels square, or nothing."""
    rng = random.Random(f"overlay:{number}")
    if weather == "rain":
        return rain(size * 2, rng, 130, 0.075).resize((size, size), Image.Resampling.BOX)
    if weather == "snowfall":
        return snow(size * 2, rng, 130, 0.0085).resize((size, size), Image.Resampling.BOX)
    if weather == "fog":
        veil = fog(size, time, 0.32)
        veil.alpha_composite(wisps(size, time, rng))
        return veil
    return None
