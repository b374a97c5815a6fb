"""The sky by time of day and weather: gradient, sun, moon, stars and clouds."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw, ImageFilter

from vse.data.scenes.drawing.brush import Canvas, ramp
from vse.data.scenes.drawing.light import Light

_CLOUD = {  # time: (lit side, shaded side)
    "dawn": ((255, 240, 240), (208, 190, 214)),
    "day": ((255, 255, 255), (206, 218, 232)),
    "sunset": ((255, 190, 130), (186, 84, 116)),
    "night": ((74, 86, 130), (40, 48, 86)),
}
_COVER = {
    "dawn": ((216, 204, 212), (164, 154, 176)),
    "day": ((222, 228, 234), (160, 170, 182)),
    "sunset": ((226, 142, 112), (112, 74, 98)),
    "night": ((58, 64, 92), (24, 28, 48)),
}
_GLOOM = {
    "dawn": ((168, 162, 178), (120, 118, 138)),
    "day": ((158, 168, 180), (104, 114, 130)),
    "sunset": ((178, 108, 102), (82, 60, 82)),
    "night": ((44, 50, 74), (18, 22, 40)),
}


def paint_sky(light: Light, rng: random.Random, side: int) -> Image.Image:
    """A whole RGB picture of sky, its horizon at half height."""
    top, middle, low = light.sky
    image = ramp([(0, top), (0.28, middle), (0.5, low), (1, low)], side, side)
    canvas = Canvas(image, light)
    x = rng.choice((rng.uniform(0.14, 0.3), rng.uniform(0.7, 0.86)))
    veiled = light.weather != "clear"
    if light.dark:
        _stars(canvas, rng, 70 if not veiled else 8)
        _moon(canvas, x, 0.15, veiled)
    elif light.time == "day":
        _sun(canvas, x, 0.14, 0.06, (255, 236, 120), (255, 250, 200), veiled)
    elif light.time == "dawn":
        _sun(canvas, x, 0.33, 0.055, (255, 240, 196), (255, 214, 170), veiled)
    else:
        _sun(canvas, x, 0.32, 0.075, (255, 214, 96), (255, 140, 40), veiled)
    _clouds(image, light, rng)
    return image


def _sun(
    canvas: Canvas,
    x: float,
    y: float,
    radius: float,
    disc: tuple[int, int, int],
    halo: tuple[int, int, int],
    veiled: bool,
) -> None:
    canvas.glow(x, y, 0.5, halo, 0.35 if veiled else 0.75)
    if not veiled:
        canvas.glow(x, y, radius * 2.2, disc, 0.9)
        canvas.ellipse(x, y, radius, radius, disc, glow=True)


def _moon(canvas: Canvas, x: float, y: float, veiled: bool) -> None:
    canvas.glow(x, y, 0.32, (150, 170, 230), 0.3 if veiled else 0.5)
    side = canvas.side
    mask = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(mask)
    for radius, dx, dy, fill in ((0.062, 0.0, 0.0, 255), (0.055, 0.03, -0.014, 0)):
        draw.ellipse(
            [v * side for v in (x + dx - radius, y + dy - radius, x + dx + radius, y + dy + radius)], fill=fill
        )
    canvas.image.paste(Image.new("RGB", (side, side), (250, 242, 206)), (0, 0), mask)


def _stars(canvas: Canvas, rng: random.Random, count: int) -> None:
    for _ in range(count):
        x, y, radius = rng.random(), rng.uniform(0, 0.46) ** 1.2, rng.choice((0.002, 0.003, 0.003, 0.0055))
        canvas.ellipse(x, y, radius, radius, (255, 252, 226, rng.randint(150, 255)), glow=True)


def _clouds(image: Image.Image, light: Light, rng: random.Random) -> None:
    if light.weather == "clear":
        palette, count, size = _CLOUD[light.time], 0 if light.dark else 3, 0.07
    elif light.weather in ("rain",):
        palette, count, size = _GLOOM[light.time], 15, 0.16
    elif light.weather == "fog":
        palette, count, size = _COVER[light.time], 3, 0.12
    else:
        palette, count, size = _COVER[light.time], 15, 0.145
    side = image.width
    for index in range(count):
        if light.weather in ("clear", "fog"):
            x, y = index / max(1, count) + rng.uniform(0, 0.3), rng.uniform(0.06, 0.3)
        else:
            # A covered sky: rows of clouds, each row nearer, higher and larger than the one before.
            row, column = divmod(index, 5)
            x, y = (
                (column + 0.5 * (row % 2)) * 0.25 + rng.uniform(-0.05, 0.05),
                0.23 - 0.11 * row + rng.uniform(-0.035, 0.035),
            )
        scale = size * rng.uniform(0.85, 1.15)
        _puff(image, rng, (x * side, y * side), scale * side, palette)


def _puff(
    image: Image.Image,
    rng: random.Random,
    at: tuple[float, float],
    size: float,
    palette: tuple[tuple[int, ...], tuple[int, ...]],
) -> None:
    """One cloud: round lit tops over a shaded base, `size` pixels high and about three times as wide."""
    width, height = round(size * 3.2) + 8, round(size * 1.5) + 8
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    floor = height * 0.8
    for share in (0.16, 0.3, 0.42, 0.56, 0.7, 0.84):
        radius = size * rng.uniform(0.34, 0.56) * (1.25 - abs(share - 0.5) * 1.9)
        draw.ellipse((share * width - radius, floor - radius * 2.1, share * width + radius, floor), fill=255)
    draw.rounded_rectangle((width * 0.14, height * 0.6, width * 0.86, floor), height * 0.1, fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(max(1.0, size * 0.035)))
    fill = ramp([(0.2, palette[0]), (0.45, palette[0]), (0.85, palette[1])], height, width)
    image.paste(fill, (round(at[0] - width / 2), round(at[1] - height / 2)), mask)
