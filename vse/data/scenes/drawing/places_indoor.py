"""Painted rooms: living room, kitchen and bedroom, each with a large window that shows time and weather."""

from __future__ import annotations

import random

from PIL import Image

from vse.data.scenes.drawing.brush import Canvas, rolling
from vse.data.scenes.drawing.light import Light, light_for
from vse.data.scenes.drawing.sky import paint_sky
from vse.data.scenes.drawing.weather import rain, snow

_FLOOR = 0.66  # where wall and floor meet
_LAMPLIGHT = (255, 200, 110)


def _view(light: Light, rng: random.Random, side: int) -> Image.Image:
    """What is seen through a window: sky, a hill, and what falls from the sky."""
    outside = light_for(light.time, light.weather, False)
    image = paint_sky(outside, rng, side)
    canvas = Canvas(image, outside)
    green = ((226, 234, 244), (214, 224, 238)) if light.weather == "snowfall" else ((120, 176, 100), (104, 160, 86))
    canvas.hill(rolling(rng, 0.55, 0.05), *green)
    for x in (rng.uniform(0.05, 0.3), rng.uniform(0.6, 0.95)):
        canvas.glyph("🌳", x, 0.62, 0.2)
    fall = random.Random("window")
    falling = None
    if light.weather == "rain":
        falling = rain(side, fall, 130, 0.17)
    elif light.weather == "snowfall":
        falling = snow(side, fall, 110, 0.019)
    if falling is not None:
        image.paste(falling, (0, 0), falling)
    return image


def _window(
    canvas: Canvas, rng: random.Random, box: tuple[float, float, float, float], curtain: tuple[int, ...] | None
) -> None:
    """A window in the wall, `box` in unit coordinates, with curtains unless None, and the light it lets in."""
    x0, y0, x1, y1 = box
    side = canvas.side
    # A generator of its own: what the weather consumes must not change the curtains.
    view = _view(canvas.light, random.Random(rng.getrandbits(32)), side)
    width, height = round((x1 - x0) * side), round((y1 - y0) * side)
    tall = round(side * 0.66)
    part = view.crop((0, 0, side, tall)).resize((width, height), Image.Resampling.BOX)
    canvas.rect(x0 - 0.022, y0 - 0.022, x1 + 0.022, y1 + 0.022, (250, 248, 242))
    canvas.image.paste(part, (round(x0 * side), round(y0 * side)))
    middle = (x0 + x1) / 2
    canvas.rect(middle - 0.007, y0, middle + 0.007, y1, (246, 243, 236))
    canvas.rect(x0, y0 + (y1 - y0) * 0.3 - 0.005, x1, y0 + (y1 - y0) * 0.3 + 0.005, (246, 243, 236))
    canvas.rect(x0 - 0.04, y1 + 0.018, x1 + 0.04, y1 + 0.04, (238, 232, 222))
    if canvas.light.weather == "snowfall":
        for share in (0.1, 0.35, 0.6, 0.85):
            canvas.ellipse(x0 + (x1 - x0) * share, y1 + 0.004, (x1 - x0) * 0.17, 0.026, (252, 253, 255))
    if curtain is not None:
        dark = tuple(int(c * 0.84) for c in curtain)
        for outer, inner in ((x0 - 0.07, x0 + 0.045), (x1 + 0.07, x1 - 0.045)):
            canvas.polygon([(outer, y0 - 0.05), (inner, y0 - 0.05), (inner, y0 + 0.1), (outer, y1 + 0.07)], curtain)
            canvas.polygon([(outer, y0 - 0.05), ((outer + inner) / 2, y0 - 0.05), (outer, y1 + 0.07)], dark)
        canvas.rect(x0 - 0.1, y0 - 0.062, x1 + 0.1, y0 - 0.044, (150, 110, 80))
    _daylight(canvas, box)


def _daylight(canvas: Canvas, box: tuple[float, float, float, float]) -> None:
    """The patch of light the window throws on the floor, unless the weather swallows it."""
    colour = {"dawn": (255, 226, 206), "day": (255, 252, 226), "sunset": (255, 150, 60), "night": (150, 180, 255)}[
        canvas.light.time
    ]
    strength = {"dawn": 90, "day": 110, "sunset": 130, "night": 36}[canvas.light.time] // (
        1 if canvas.light.bare_sky else 3
    )
    x0, _, x1, _ = box
    canvas.polygon([(x0, 0.72), (x1, 0.72), (x1 + 0.08, 0.92), (x0 + 0.04, 0.92)], (*colour, strength), glow=True)


def _lamp(canvas: Canvas, x: float, y: float, size: float) -> None:
    """A lamp shade with its middle at (x, y), lit when it is dark outside."""
    lit = canvas.light.dark or canvas.light.time == "sunset"
    shade = [
        (x - size * 0.55, y - size * 0.5),
        (x + size * 0.55, y - size * 0.5),
        (x + size, y + size * 0.5),
        (x - size, y + size * 0.5),
    ]
    if lit:
        canvas.glow(x, y, 0.55, _LAMPLIGHT, 0.62 if canvas.light.dark else 0.3)
    canvas.polygon(shade, (255, 226, 150) if lit else (244, 226, 188), glow=lit)


def _picture(canvas: Canvas, rng: random.Random, x: float, y: float, size: float) -> None:
    """A framed abstract landscape."""
    canvas.rect(x - size, y - size * 0.8, x + size, y + size * 0.8, (140, 98, 62))
    canvas.rect(x - size * 0.84, y - size * 0.64, x + size * 0.84, y + size * 0.64, (232, 222, 198))
    for step in range(3):
        tone = rng.choice(((176, 120, 110), (120, 150, 160), (204, 176, 110), (130, 150, 116)))
        top = y - size * 0.3 + step * size * 0.3
        canvas.rect(x - size * 0.84, top, x + size * 0.84, y + size * 0.64, tone)


def living_room(canvas: Canvas, rng: random.Random) -> None:
    wall = rng.choice(((226, 196, 158), (216, 200, 164), (222, 184, 160)))
    canvas.rect(-0.01, -0.01, 1.01, 0.67, wall)
    for stripe in range(12):
        canvas.rect(stripe / 12, -0.01, stripe / 12 + 0.03, 0.63, (255, 244, 226, 46))
    canvas.gradient([(-0.01, _FLOOR), (1.01, _FLOOR), (1.01, 1.01), (-0.01, 1.01)], (168, 116, 76), (140, 92, 58))
    for row in range(1, 6):
        y = _FLOOR + row * row * 0.0115 + 0.02
        canvas.line([(0, y), (1, y)], (116, 74, 46, 150), 0.004)
    canvas.rect(-0.01, 0.63, 1.01, _FLOOR, (250, 242, 230))
    left = rng.random() < 0.5
    x = 0.44 if left else 0.56
    _window(canvas, rng, (x - 0.21, 0.1, x + 0.21, 0.46), rng.choice(((178, 70, 62), (70, 118, 122), (126, 110, 60))))
    rug = rng.choice(((170, 66, 62), (74, 104, 140), (112, 84, 130)))
    canvas.ellipse(0.5, 0.86, 0.44, 0.105, rug)
    canvas.ellipse(0.5, 0.86, 0.4, 0.088, (240, 220, 184))
    canvas.ellipse(0.5, 0.86, 0.365, 0.075, rug)
    _picture(canvas, rng, 0.88 if left else 0.12, 0.27, 0.085)
    lamp = 0.07 if left else 0.93
    canvas.rect(lamp - 0.006, 0.34, lamp + 0.006, 0.7, (110, 84, 64))
    canvas.ellipse(lamp, 0.705, 0.05, 0.012, (110, 84, 64))
    _lamp(canvas, lamp, 0.33, 0.065)


def kitchen(canvas: Canvas, rng: random.Random) -> None:
    tile = rng.choice(((206, 228, 220), (214, 226, 236), (236, 232, 214)))
    canvas.rect(-0.01, -0.01, 1.01, 0.7, tile)
    for step in range(1, 14):
        canvas.line([(step / 14, 0), (step / 14, 0.5)], (255, 255, 255, 170), 0.004)
    for step in range(1, 8):
        canvas.line([(0, step / 14), (1, step / 14)], (255, 255, 255, 170), 0.004)
    canvas.gradient([(-0.01, 0.7), (1.01, 0.7), (1.01, 1.01), (-0.01, 1.01)], (226, 220, 210), (208, 200, 188))
    for row in range(4):
        y0, y1 = 0.7 + 0.06 * row + 0.008 * row * row, 0.7 + 0.06 * (row + 1) + 0.008 * (row + 1) ** 2
        for column in range(-8, 9):
            if (row + column) % 2:
                a, b = 0.14 + (y0 - 0.7) * 0.22, 0.14 + (y1 - 0.7) * 0.22
                corners = [
                    (0.5 + column * a, y0),
                    (0.5 + (column + 1) * a, y0),
                    (0.5 + (column + 1) * b, y1),
                    (0.5 + column * b, y1),
                ]
                canvas.polygon(corners, (126, 150, 152))
    left = rng.random() < 0.5
    x = 0.44 if left else 0.56
    _window(canvas, rng, (x - 0.2, 0.05, x + 0.2, 0.4), None)
    _counter(canvas, rng.choice(((98, 142, 132), (206, 150, 92), (110, 130, 166))), left)
    _shelf(canvas, 0.86 if left else 0.14)
    _lamp(canvas, x, 0.03, 0.05)


def _counter(canvas: Canvas, front: tuple[int, ...], left: bool) -> None:
    """Cupboards, worktop, oven with hob and pot, and a fridge at one end."""
    canvas.rect(-0.01, 0.5, 1.01, 0.7, front)
    canvas.rect(-0.01, 0.685, 1.01, 0.71, (84, 78, 74))
    for step in range(7):
        x = step / 6
        canvas.rect(x - 0.066, 0.535, x + 0.066, 0.675, tuple(min(255, c + 18) for c in front), 0.008)
        canvas.rect(x - 0.02, 0.55, x + 0.02, 0.558, (240, 234, 220))
    canvas.rect(-0.01, 0.485, 1.01, 0.515, (240, 230, 212))
    oven = 0.74 if left else 0.26
    canvas.rect(oven - 0.1, 0.515, oven + 0.1, 0.69, (226, 228, 232))
    canvas.rect(oven - 0.075, 0.565, oven + 0.075, 0.66, (60, 64, 74), 0.01)
    canvas.rect(oven - 0.1, 0.478, oven + 0.1, 0.49, (50, 52, 58))
    for knob in range(4):
        canvas.ellipse(oven - 0.06 + knob * 0.04, 0.54, 0.008, 0.008, (90, 94, 102))
    canvas.rect(oven - 0.05, 0.425, oven + 0.03, 0.478, (176, 184, 194), 0.008)
    canvas.rect(oven - 0.058, 0.42, oven + 0.038, 0.43, (140, 148, 160))
    fridge = 0.07 if left else 0.93
    canvas.rect(fridge - 0.1, 0.2, fridge + 0.1, 0.71, (244, 246, 248), 0.015)
    canvas.rect(fridge - 0.1, 0.36, fridge + 0.1, 0.368, (180, 186, 194))
    for y0, y1 in ((0.28, 0.34), (0.39, 0.49)):
        handle = fridge + (0.075 if left else -0.075)
        canvas.rect(handle - 0.006, y0, handle + 0.006, y1, (160, 166, 176))


def _shelf(canvas: Canvas, x: float) -> None:
    """Two shelves with jars and bowls."""
    for y in (0.18, 0.33):
        canvas.rect(x - 0.12, y, x + 0.12, y + 0.016, (166, 120, 80))
    for offset, tone in (
        (-0.08, (186, 110, 84)),
        (-0.02, (232, 208, 150)),
        (0.04, (120, 150, 110)),
        (0.09, (176, 90, 70)),
    ):
        canvas.rect(x + offset - 0.02, 0.12, x + offset + 0.02, 0.18, tone, 0.008)
        canvas.rect(x + offset - 0.016, 0.11, x + offset + 0.016, 0.124, (120, 88, 64))
    for offset in (-0.06, 0.05):
        canvas.ellipse(x + offset, 0.305, 0.045, 0.025, (236, 238, 242))


def bedroom(canvas: Canvas, rng: random.Random) -> None:
    wall = rng.choice(((176, 186, 222), (196, 182, 216), (178, 204, 214)))
    canvas.rect(-0.01, -0.01, 1.01, 0.67, wall)
    for row in range(7):
        for column in range(9):
            canvas.ellipse((column + 0.5 * (row % 2)) / 8.5, 0.05 + row * 0.09, 0.008, 0.008, (255, 255, 255, 90))
    canvas.gradient([(-0.01, _FLOOR), (1.01, _FLOOR), (1.01, 1.01), (-0.01, 1.01)], (186, 172, 186), (164, 148, 166))
    canvas.dabs(rng, 60, (0, 0.68, 1, 1), (206, 194, 208, 120), 0.014)
    canvas.rect(-0.01, 0.635, 1.01, _FLOOR, (246, 242, 246))
    left = rng.random() < 0.5
    x = 0.68 if left else 0.32
    _window(canvas, rng, (x - 0.2, 0.09, x + 0.2, 0.45), rng.choice(((120, 104, 170), (96, 140, 150), (196, 120, 140))))
    way = 1 if left else -1
    edge = -0.02 if left else 1.02
    _bed(canvas, rng, edge, way)
    table = edge + way * 0.47
    canvas.rect(table - 0.055, 0.55, table + 0.055, 0.71, (150, 108, 74))
    canvas.rect(table - 0.065, 0.54, table + 0.065, 0.556, (172, 128, 88))
    canvas.ellipse(table, 0.62, 0.008, 0.008, (230, 214, 180))
    canvas.rect(table - 0.008, 0.47, table + 0.008, 0.54, (190, 160, 110))
    _lamp(canvas, table, 0.45, 0.045)


def _bed(canvas: Canvas, rng: random.Random, edge: float, way: int) -> None:
    """A bed with its head against the side wall at `edge`, reaching into the room (`way` 1: rightwards)."""
    quilt = rng.choice(((92, 128, 186), (190, 104, 116), (104, 150, 124)))

    def block(a: float, y0: float, b: float, y1: float, colour: tuple[int, ...], radius: float = 0.0) -> None:
        x0, x1 = sorted((edge + way * a, edge + way * b))
        canvas.rect(x0, y0, x1, y1, colour, radius)

    block(0, 0.36, 0.05, 0.72, (134, 92, 62), 0.01)
    block(0.03, 0.6, 0.4, 0.7, (160, 114, 78))
    block(0.03, 0.53, 0.38, 0.61, (246, 244, 240), 0.012)
    block(0.06, 0.475, 0.17, 0.545, (255, 253, 248), 0.03)
    block(0.15, 0.52, 0.395, 0.68, quilt, 0.02)
    block(0.15, 0.52, 0.19, 0.68, tuple(min(255, c + 46) for c in quilt), 0.01)
    block(0.375, 0.5, 0.41, 0.73, (134, 92, 62), 0.01)
