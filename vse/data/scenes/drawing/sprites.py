"""Specimens ready to paste: at their size, in the scene's light, with shadow or waterline; kept for reuse."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from vse.data.scenes.drawing.glyphs import VARIANTS, cut, resized
from vse.data.scenes.drawing.light import Factors, light_for, tint
from vse.data.scenes.drawing.people import person
from vse.data.scenes.drawing.recolour import coloured
from vse.data.scenes.world.kinds import KINDS
from vse.data.scenes.world.scene import Group

Look = tuple[str, str, bool, bool, bool]  # time, weather, indoors, mirrored, in the water

PAD = 2  # pixels around a sprite, for the rim of light
_SUBMERGED = 0.16  # how much of a swimming thing is under water


def drawing(group: Group) -> Image.Image:
    """One specimen of the group, RGBA, facing as the font has it, at the font's own size."""
    if KINDS[group.kind].is_person:
        return person(group.kind, group.action, group.skin)
    variants = VARIANTS[group.kind]
    return coloured(variants[group.variant % len(variants)], group.colour)


def aspect(group: Group) -> float:
    """Width / height of a specimen."""
    image = drawing(group)
    return image.width / image.height


def _submerge(image: Image.Image) -> Image.Image:
    """The part under water shimmers through."""
    pixels = np.asarray(image, dtype=np.float32).copy()
    height, width = pixels.shape[:2]
    line = height * (1 - _SUBMERGED) + np.sin(np.arange(width) / max(3, width / 16)) * height * 0.016
    below = np.clip((np.arange(height)[:, None] - line[None, :]) / 1.5, 0, 1)
    pixels[..., 3] *= 1 - 0.74 * below
    return Image.fromarray(pixels.astype(np.uint8), "RGBA")


def _rimmed(image: Image.Image, rim: tuple[int, int, int, int]) -> Image.Image:
    """The picture, PAD pixels larger on each side, on a thin soft line in the rim's colour."""
    canvas = Image.new("RGBA", (image.width + 2 * PAD, image.height + 2 * PAD), (*rim[:3], 0))
    alpha = Image.new("L", canvas.size, 0)
    alpha.paste(image.getchannel("A"), (PAD, PAD))
    halo = alpha.filter(ImageFilter.MaxFilter(3)).filter(ImageFilter.BoxBlur(0.7))
    canvas.putalpha(halo.point(lambda value: value * rim[3] // 255))
    canvas.alpha_composite(image, (PAD, PAD))
    return canvas


@lru_cache(maxsize=4000)
def _sprite(group: Group, look: Look, height: int) -> Image.Image:
    time, weather, indoors, flip, wet = look
    light = light_for(time, weather, indoors)
    image = resized(drawing(group), height)
    if flip:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    image = tint(image, light.subject)
    if wet and not KINDS[group.kind].is_person:
        image = _submerge(image)
    return _rimmed(image, light.rim)


def sprite(group: Group, look: Look, height: int) -> Image.Image:
    """A specimen `height` pixels tall plus PAD on each side, RGBA."""
    kind = KINDS[group.kind]
    variant = 0 if kind.is_person else group.variant % len(VARIANTS[group.kind])
    skin = group.skin if kind.is_person else 0
    # What does not change the drawing must not keep a second copy of it.
    return _sprite(replace(group, count=1, size=None, variant=variant, skin=skin), look, height)


@lru_cache(maxsize=1000)
def prop_sprite(emoji: str, height: int, factors: Factors, flip: bool) -> Image.Image:
    image = tint(resized(cut(emoji), height), factors)
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if flip else image


@lru_cache(maxsize=400)
def shadow(width: int, strength: int) -> Image.Image:
    """A soft contact shadow, RGBA, for something `width` pixels wide."""
    high = max(3, round(width * 0.2))
    mask = Image.new("L", (width + 8, high + 8), 0)
    ImageDraw.Draw(mask).ellipse((4, 4, width + 4, high + 4), fill=strength)
    image = Image.new("RGBA", mask.size, (20, 18, 40, 0))
    image.putalpha(mask.filter(ImageFilter.GaussianBlur(2)))
    return image


@lru_cache(maxsize=400)
def ripples(width: int, strength: int) -> Image.Image:
    """Light arcs on the water around something `width` pixels wide, RGBA, drawn at twice their size."""
    wide, high = round(width * 1.3) * 2, max(6, round(width * 0.26)) * 2
    image = Image.new("RGBA", (wide, high), (236, 248, 255, 0))
    draw = ImageDraw.Draw(image)
    for inset, share in ((0.0, 0.55), (0.1, 0.9), (0.2, 0.6)):
        box = (wide * inset, high * inset, wide * (1 - inset) - 1, high * (1 - inset) - 1)
        for start, end in ((8, 78), (98, 172), (192, 250), (290, 352)):
            turn = 10 * math.sin(inset * 40)
            draw.arc(box, start + turn, end + turn, fill=(236, 248, 255, round(strength * share)), width=2)
    return image.resize((wide // 2, high // 2), Image.Resampling.BOX)
