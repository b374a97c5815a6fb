"""From a dish to its picture: a table, what the dish is served on, its glyph, and one glyph for each ingredient."""

from __future__ import annotations

import math
import random
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from vse.data.recipes.world.dish import Dish
from vse.data.recipes.world.forms import COLOURS
from vse.data.recipes.world.ingredients import INGREDIENTS
from vse.data.scenes.drawing.brush import generator
from vse.data.scenes.drawing.glyphs import cut, resized
from vse.data.scenes.drawing.sprites import shadow

ART_VERSION = 1
SIZE = 160  # pixels
_TABLES = 12  # how many different tables there are

Colour = tuple[int, int, int]
_WOODS: tuple[Colour, ...] = ((150, 104, 66), (190, 150, 104), (110, 78, 56), (204, 176, 140))
_CLOTHS: tuple[Colour, ...] = ((178, 68, 66), (84, 120, 160), (226, 218, 196), (104, 140, 104))
_STONES: tuple[Colour, ...] = ((84, 88, 96), (206, 204, 200), (56, 58, 66), (168, 150, 138))


def render(dish: Dish, size: int = SIZE) -> Image.Image:
    """The dish as an RGB picture, `size` pixels square; the same dish gives the same pixels.

    Raises:
        FontMissingError: when the emoji font is not installed.
    """
    rng = generator(dish.seed, "layout")
    image = _table(rng.randrange(_TABLES), size).copy()
    x, y, radius = 0.5 + rng.uniform(-0.04, 0.04), 0.5 + rng.uniform(-0.04, 0.04), rng.uniform(0.41, 0.46)
    served = _vessel(dish.vessel, dish.colour, round(radius * 2 * size))
    _centred(image, served, x * size, y * size)
    _centred(image, _glyph(dish.kind.emoji, round(rng.uniform(0.33, 0.38) * size), False), x * size, y * size)
    emoji = [INGREDIENTS[part.name].emoji for part in dish.parts for _ in range(part.count)]
    for name, (across, down, height) in zip(emoji, _spots(len(emoji), rng), strict=True):
        sprite = _glyph(name, round(height * size), rng.random() < 0.3)
        place = (x + across * radius) * size, (y + down * radius) * size
        _centred(image, shadow(round(sprite.width * 0.9), 80), place[0], place[1] + sprite.height * 0.45)
        _centred(image, sprite, *place)
    return image


def _spots(count: int, rng: random.Random) -> list[tuple[float, float, float]]:
    """Places around the middle as shares of the radius, and a height for each; mixed, so that no order shows."""
    turn, found = rng.uniform(0, 2 * math.pi), []
    for number in range(count):
        angle = turn + 2 * math.pi * (number + rng.uniform(-0.15, 0.15)) / count
        far = rng.uniform(0.68, 0.78)
        found.append((far * math.cos(angle), far * math.sin(angle), rng.uniform(0.185, 0.225)))
    rng.shuffle(found)
    return found


def _centred(image: Image.Image, picture: Image.Image, x: float, y: float) -> None:
    image.paste(picture, (round(x - picture.width / 2), round(y - picture.height / 2)), picture)


@lru_cache(maxsize=4000)
def _glyph(emoji: str, longest: int, flip: bool) -> Image.Image:
    """A glyph whose longer side is so many pixels."""
    glyph = cut(emoji)
    image = resized(glyph, max(4, round(longest * glyph.height / max(glyph.size))))
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if flip else image


@lru_cache(maxsize=200)
def _vessel(vessel: str, colour: str | None, width: int) -> Image.Image:
    """Plate, bowl, pan, board or tray with its shadow, RGBA, drawn at twice its size."""
    side = width * 2
    image = Image.new("RGBA", (round(side * 1.3), round(side * 1.12)), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    left, top = (image.width - side) // 2, (image.height - side) // 2

    def disc(inset: float, fill: tuple[int, ...]) -> None:
        gap = round(side * inset)
        draw.ellipse((left + gap, top + gap, left + side - gap, top + side - gap), fill=fill)

    def slab(inset: float, fill: tuple[int, ...], rounding: float) -> None:
        gap = round(side * inset)
        draw.rounded_rectangle((left + gap, top + gap, left + side - gap, top + side - gap), side * rounding, fill=fill)

    if vessel in ("plate", "bowl"):
        tint = COLOURS[colour or "white"]
        disc(0, (*_shade(tint, 0.72), 255))
        disc(0.015, (*tint, 255))
        disc(0.09 if vessel == "plate" else 0.05, (*_shade(tint, 0.86 if vessel == "plate" else 0.6), 255))
        disc(0.1 if vessel == "plate" else 0.09, (*_shade(tint, 1.04 if vessel == "plate" else 0.8), 255))
    elif vessel == "pan":
        draw.rounded_rectangle((left + side // 2, image.height // 2 - side // 24, image.width, image.height // 2
                                + side // 24), side // 24, fill=(48, 44, 44, 255))  # fmt: skip
        disc(0.01, (40, 42, 46, 255))
        disc(0.05, (74, 78, 84, 255))
    elif vessel == "board":
        slab(0.02, (126, 84, 48, 255), 0.06)
        slab(0.035, (206, 160, 104, 255), 0.05)
        for line in range(1, 6):
            y = top + round(side * (0.05 + 0.15 * line))
            draw.line((left + side * 0.06, y, left + side * 0.94, y), fill=(188, 142, 88, 255), width=3)
    else:
        slab(0.02, (122, 130, 140, 255), 0.16)
        slab(0.05, (188, 196, 204, 255), 0.14)
        slab(0.08, (168, 176, 186, 255), 0.12)
    under = Image.new("RGBA", image.size, (20, 18, 30, 0))
    under.putalpha(image.getchannel("A").point(lambda a: a * 90 // 255).filter(ImageFilter.GaussianBlur(side / 60)))
    under = under.transform(under.size, Image.Transform.AFFINE, (1, 0, 0, 0, 1, -side / 50))
    under.alpha_composite(image)
    return under.resize((image.width // 2, image.height // 2), Image.Resampling.BOX)


def _shade(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(255, round(part * factor)) for part in colour)
    return red, green, blue


@lru_cache(maxsize=64)
def _table(number: int, size: int) -> Image.Image:
    """One of the tables: planks, a checked cloth, or stone."""
    rng = random.Random(f"table:{number}")
    kind, tone = number % 3, number // 3
    base = (_WOODS, _CLOTHS, _STONES)[kind][tone]
    side = size * 2
    image = Image.new("RGB", (side, side), base)
    draw = ImageDraw.Draw(image, "RGBA")
    if kind == 0:
        for plank in range(6):
            y = plank * side / 6
            draw.rectangle((0, y, side, y + side / 6), fill=_shade(base, rng.uniform(0.88, 1.1)))
            draw.line((0, y, side, y), fill=_shade(base, 0.7), width=3)
    elif kind == 1:
        step = side / rng.choice((6, 8, 10))
        for stripe in range(0, 10, 2):
            draw.rectangle((stripe * step, 0, (stripe + 1) * step, side), fill=(255, 255, 255, 70))
            draw.rectangle((0, stripe * step, side, (stripe + 1) * step), fill=(255, 255, 255, 70))
    else:
        for _ in range(60):
            x, y, r = rng.uniform(0, side), rng.uniform(0, side), rng.uniform(2, side / 30)
            draw.ellipse((x - r, y - r, x + r, y + r), fill=(*_shade(base, rng.uniform(0.8, 1.25)), 120))
    pixels = np.asarray(image.resize((size, size), Image.Resampling.BOX), np.float32)
    grain = np.random.default_rng(number).normal(0, 3, (size, size, 1))
    return Image.fromarray(np.clip(pixels + grain, 0, 255).astype(np.uint8), "RGB")
