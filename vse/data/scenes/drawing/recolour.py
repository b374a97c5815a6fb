"""Painting an emoji another colour: its main paint changes, its shading, wheels, windows and eyes stay."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from vse.data.scenes.drawing.glyphs import cut

# colour name -> (red, green, blue), 0 to 255, at ordinary light
PAINTS: dict[str, tuple[int, int, int]] = {
    "red": (220, 30, 34),
    "orange": (252, 132, 12),
    "yellow": (254, 216, 36),
    "green": (44, 158, 58),
    "blue": (34, 98, 222),
    "purple": (122, 48, 186),
    "pink": (255, 134, 190),
    "white": (248, 248, 250),
    "black": (44, 44, 52),
    "brown": (130, 80, 44),
    "grey": (148, 152, 158),
}


@dataclass(frozen=True)
class Patch:
    """Which pixels of an emoji are paint: hue in degrees (None: any), saturation and value in 0..1.

    `box` is (left, top, right, bottom) as shares of the cut-out emoji.
    """

    hue: float | None = None
    spread: float = 32.0
    smin: float = 0.22
    smax: float = 1.1
    vmin: float = 0.14
    vmax: float = 1.1
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


# What the paint is where the most common hue is not the answer.
_PATCHES: dict[str, tuple[Patch, ...]] = {
    "🐕": (Patch(25, 45, smin=0.06, vmin=0.45),),
    "🐕‍🦺": (Patch(25, 30, smin=0.3, vmin=0.3),),
    "🦮": (Patch(36, 26, smin=0.3, vmin=0.3),),
    "🐩": (Patch(None, smin=-1, smax=0.14, vmin=0.36),),
    "🐈‍⬛": (Patch(None, smin=-1, smax=0.25, vmin=0.19, vmax=0.62),),
    "🐇": (Patch(None, smin=-1, smax=0.13, vmin=0.5),),
    "🐑": (Patch(None, smin=-1, smax=0.1, vmin=0.84),),
    "🐏": (Patch(None, smin=-1, smax=0.1, vmin=0.72),),
    "🐎": (Patch(25, 25, smin=0.25, vmin=0.3),),
    "🚌": (Patch(None, smin=-1, smax=0.2, vmin=0.5, box=(0, 0, 1, 0.86)), Patch(205, 30, smin=0.6)),
    "🚎": (Patch(None, smin=-1, smax=0.16, vmin=0.6, box=(0, 0.28, 1, 0.9)), Patch(80, 40, smin=0.3)),
    "🚚": (Patch(35, 14, smin=0.3), Patch(2, 20, smin=0.5, box=(0, 0, 0.55, 0.8)), Patch(30, 12, smin=0.3)),
    "🚲": (Patch(195, 45, smin=0.12, vmin=0.2),),
    "⛵": (Patch(10, 40, smin=0.3),),
    "🚤": (Patch(30, 34, smin=0.4),),
    "🦜": (Patch(100, 52, smin=0.3), Patch(2, 16, smin=0.4)),
    "🍦": (Patch(40, 60, smin=-1, vmin=0.5, box=(0, 0, 1, 0.6)),),
    "🍩": (Patch(20, 40, smin=0.1, vmin=0.1, vmax=0.55),),
    "🧁": (Patch(None, smin=-1, smax=0.36, vmin=0.7, box=(0, 0, 1, 0.56)),),
    "🚜": (Patch(150, 42, smin=0.3),),
    "🎁": (Patch(34, 16, smin=0.3),),
    "🌷": (Patch(338, 35, smin=0.15),),
    "🌹": (Patch(350, 30, smin=0.3),),
    "🎸": (Patch(2, 20, smin=0.5, box=(0, 0.3, 0.8, 1)),),
    "👕": (Patch(195, 45, smin=0.1, vmin=0.3),),
    "🦋": (Patch(30, 30, smin=0.3, vmin=0.3),),
}

# What would confuse once the paint has changed, and the quiet colour it gets instead.
_QUIETED: dict[str, tuple[Patch, tuple[int, int, int]]] = {
    "🎁": (Patch(0, 18, smin=0.4), (250, 236, 196)),
    "🧁": (Patch(205, 35, smin=0.15), (206, 172, 130)),
    "🚜": (Patch(32, 24, smin=0.4), (236, 226, 200)),
    "🛋️": (Patch(46, 20, smin=0.35), (240, 228, 206)),
    "🎒": (Patch(215, 40, smin=0.3), (120, 124, 132)),
}


def _hsv(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hue in degrees, saturation and value in 0..1, each (height, width), of (height, width, 3) in 0..1."""
    top, bottom = rgb.max(-1), rgb.min(-1)
    span = np.maximum(top - bottom, 1e-6)
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    hue = np.where(
        top == red, (green - blue) / span, np.where(top == green, 2 + (blue - red) / span, 4 + (red - green) / span)
    )
    return hue * 60 % 360, (top - bottom) / np.maximum(top, 1e-6), top


def _weight(rgb: np.ndarray, patch: Patch) -> np.ndarray:
    """How much each pixel belongs to the patch, 0..1; soft at the limits so that edges stay smooth."""
    hue, saturation, value = _hsv(rgb)
    weight = np.clip((saturation - patch.smin) / 0.08 + 0.5, 0, 1) * np.clip(
        (patch.smax - saturation) / 0.08 + 0.5, 0, 1
    )
    weight *= np.clip((value - patch.vmin) / 0.08 + 0.5, 0, 1) * np.clip((patch.vmax - value) / 0.08 + 0.5, 0, 1)
    if patch.hue is not None:
        away = np.abs((hue - patch.hue + 180) % 360 - 180)
        weight *= np.clip((patch.spread - away) / 8 + 0.5, 0, 1)
    height, width = value.shape
    left, top, right, bottom = patch.box
    inside = np.zeros_like(weight)
    inside[int(top * height) : round(bottom * height), int(left * width) : round(right * width)] = 1
    return weight * inside


def _main_patch(rgb: np.ndarray, alpha: np.ndarray) -> Patch:
    """The patch around the most common hue of the coloured pixels."""
    hue, saturation, value = _hsv(rgb)
    counts, _ = np.histogram(hue, bins=36, range=(0, 360), weights=saturation * value * alpha * (saturation > 0.25))
    smooth = counts + 0.7 * (np.roll(counts, 1) + np.roll(counts, -1))
    return Patch(float(smooth.argmax() * 10 + 5))


def _painted(rgb: np.ndarray, weight: np.ndarray, paint: tuple[int, int, int], alpha: np.ndarray) -> np.ndarray:
    """(height, width, 3) in 0..1: all of it in `paint`, as light and dark as it was before.

    `weight` tells which pixels' ordinary lightness is that of the paint.
    """
    light = rgb @ np.array([0.3, 0.59, 0.11])
    chosen = light[(weight > 0.5) & (alpha > 0.5)]
    reference = float(np.quantile(chosen, 0.6)) if chosen.size else 0.5
    ratio = np.clip(light / max(reference, 0.05), 0.4, 1.7)[..., None]
    base = np.array(paint) / 255
    lightness = float(base @ np.array([0.3, 0.59, 0.11]))
    # White must keep its folds and black its shine, without turning grey.
    below = 1 - (1 - ratio) * (0.55 if lightness > 0.9 else 0.85)
    shine = np.clip((ratio - 1) * (0.35 if lightness < 0.25 else 0.6), 0, 0.5)
    return np.where(ratio < 1, base * below, base + (1 - base) * shine)


def repaint(image: Image.Image, patches: tuple[Patch, ...], paint: tuple[int, int, int]) -> Image.Image:
    """An RGBA picture with the pixels of the patches painted over."""
    pixels = np.asarray(image, dtype=np.float32) / 255
    original, alpha = pixels[..., :3], pixels[..., 3]
    rgb = original
    for patch in patches:
        # Each patch keeps its own light and shade: a dark red cab becomes no darker than a light box.
        weight = _weight(original, patch)
        rgb = rgb + weight[..., None] * (_painted(original, weight, paint, alpha) - rgb)
    out = np.dstack([np.clip(rgb, 0, 1), alpha]) * 255
    return Image.fromarray(out.round().astype(np.uint8), "RGBA")


@lru_cache(maxsize=1024)
def coloured(emoji: str, colour: str | None) -> Image.Image:
    """The cut-out emoji, painted `colour` unless that is None."""
    image = cut(emoji)
    if colour is None:
        return image
    patches = _PATCHES.get(emoji)
    if patches is None:
        pixels = np.asarray(image, dtype=np.float32) / 255
        patches = (_main_patch(pixels[..., :3], pixels[..., 3]),)
    if emoji in _QUIETED:
        # Before the paint, so that what is painted is never taken for what should be quiet.
        patch, quiet = _QUIETED[emoji]
        quieted = repaint(image, (patch,), quiet)
        return repaint(quieted, patches, PAINTS[colour])
    return repaint(image, patches, PAINTS[colour])
