"""Painted places with something built in them: street, farm and playground."""

from __future__ import annotations

import random

from vse.data.scenes.drawing.brush import Canvas, rolling

_HOUSES = ((214, 130, 104), (232, 196, 140), (152, 172, 196), (196, 176, 196), (176, 190, 160), (222, 216, 204))
_LIT = (255, 214, 112)
_PANE = (168, 204, 226)


def _pane(canvas: Canvas, rng: random.Random, x0: float, y0: float, x1: float, y1: float) -> None:
    """A window: glass by day, mostly lit when it is dark."""
    lit = rng.random()
    lights_on = lit < {"night": 0.75, "sunset": 0.4, "dawn": 0.2}.get(canvas.light.time, 0.0)
    canvas.rect(x0, y0, x1, y1, _LIT if lights_on else _PANE, glow=lights_on)


def street(canvas: Canvas, rng: random.Random) -> None:
    for level, tone in ((0.3, (176, 188, 206)), (0.36, (156, 168, 188))):
        x = rng.uniform(-0.1, 0.0)
        while x < 1:
            width = rng.uniform(0.1, 0.18)
            canvas.rect(x, level - rng.uniform(-0.04, 0.16), x + width, 0.62, tone)
            x += width
    x = rng.uniform(-0.1, -0.02)
    index = rng.randrange(len(_HOUSES))
    while x < 1:
        width = rng.uniform(0.2, 0.27)
        gap = 0.3 < x + width / 2 < 0.7
        _facade(
            canvas,
            rng,
            x,
            rng.uniform(0.3, 0.36) if gap else rng.uniform(0.12, 0.24),
            width,
            _HOUSES[index % len(_HOUSES)],
        )
        x += width
        index += 1
    canvas.rect(-0.01, 0.6, 1.01, 0.69, (196, 190, 184))
    canvas.rect(-0.01, 0.685, 1.01, 0.7, (150, 146, 142))
    canvas.gradient([(-0.01, 0.7), (1.01, 0.7), (1.01, 1.01), (-0.01, 1.01)], (98, 102, 112), (80, 84, 94))
    for index in range(6):
        left = index * 0.2 - 0.04
        canvas.polygon(
            [(left, 0.835), (left + 0.1, 0.835), (left + 0.09, 0.855), (left - 0.015, 0.855)], (244, 238, 214)
        )
    _lamp_post(canvas, rng.choice((0.06, 0.94)))


def _facade(canvas: Canvas, rng: random.Random, x: float, top: float, width: float, colour: tuple[int, ...]) -> None:
    """A house front with rows of windows, a cornice and a door or shop window."""
    canvas.rect(x, top, x + width, 0.61, colour)
    canvas.rect(x - 0.006, top, x + width + 0.006, top + 0.018, tuple(int(c * 0.78) for c in colour))
    columns = 3 if width > 0.22 else 2
    step = width / columns
    y = top + 0.04
    while y < 0.47:
        for column in range(columns):
            left = x + step * column + step * 0.26
            canvas.rect(left - 0.005, y - 0.005, left + step * 0.48 + 0.005, y + 0.06, (246, 242, 232))
            _pane(canvas, rng, left, y, left + step * 0.48, y + 0.054)
        y += 0.09
    awning = rng.choice(((196, 70, 66), (60, 128, 110), (70, 96, 160)))
    _pane(canvas, rng, x + width * 0.1, 0.53, x + width * 0.6, 0.6)
    canvas.rect(x + width * 0.7, 0.525, x + width * 0.88, 0.61, (112, 78, 58))
    for stripe in range(6):
        left = x + width * (0.06 + stripe * 0.1)
        canvas.rect(left, 0.505, left + width * 0.1, 0.534, awning if stripe % 2 else (248, 240, 226))


def _lamp_post(canvas: Canvas, x: float) -> None:
    canvas.rect(x - 0.006, 0.32, x + 0.006, 0.69, (58, 64, 72))
    canvas.rect(x - 0.014, 0.66, x + 0.014, 0.695, (58, 64, 72))
    if canvas.light.dark or canvas.light.time == "sunset":
        canvas.glow(x, 0.3, 0.3, (255, 206, 110), 0.75)
        canvas.ellipse(x, 0.3, 0.024, 0.028, (255, 244, 190), glow=True)
    else:
        canvas.ellipse(x, 0.3, 0.024, 0.028, (250, 246, 226))
    canvas.polygon([(x - 0.028, 0.285), (x, 0.262), (x + 0.028, 0.285)], (58, 64, 72))


def farm(canvas: Canvas, rng: random.Random) -> None:
    canvas.hill(rolling(rng, 0.49, 0.03), (176, 206, 122), (156, 192, 100))
    far = rolling(rng, 0.55, 0.012, 3)
    canvas.hill(far, (232, 206, 108), (214, 184, 88))
    for index in range(16):
        x = index / 15
        canvas.line([(0.5 + (x - 0.5) * 0.9, 0.565), (0.5 + (x - 0.5) * 1.6, 0.66)], (196, 162, 70), 0.004)
    left = rng.random() < 0.5
    x = 0.25 if left else 0.75
    _silo(canvas, x + (0.2 if left else -0.2))
    _barn(canvas, rng, x)
    canvas.hill(rolling(rng, 0.66, 0.01, 3), (172, 178, 98), (150, 134, 80))
    canvas.gradient([(-0.01, 0.76), (1.01, 0.72), (1.01, 1.01), (-0.01, 1.01)], (192, 158, 108), (164, 126, 82))
    canvas.strokes(rng, 70, (0, 0.68, 1, 0.78), (116, 140, 60, 190), 0.022)
    canvas.dabs(rng, 30, (0, 0.78, 1, 1), (146, 108, 70, 110), 0.04)
    canvas.dabs(rng, 40, (0, 0.76, 1, 1), (222, 194, 120, 150), 0.016)
    _fence(canvas, (0.5, 1.02) if left else (-0.02, 0.5))


def _barn(canvas: Canvas, rng: random.Random, x: float) -> None:
    red, dark, white = (190, 54, 46), (150, 40, 36), (250, 244, 234)
    wall = [
        (x - 0.17, 0.67),
        (x - 0.17, 0.42),
        (x - 0.12, 0.32),
        (x, 0.25),
        (x + 0.12, 0.32),
        (x + 0.17, 0.42),
        (x + 0.17, 0.67),
    ]
    canvas.polygon(wall, red)
    for step in range(1, 9):
        canvas.line([(x - 0.17 + step * 0.038, 0.42), (x - 0.17 + step * 0.038, 0.67)], dark, 0.003)
    roof = [(x - 0.19, 0.43), (x - 0.13, 0.31), (x, 0.235), (x + 0.13, 0.31), (x + 0.19, 0.43)]
    canvas.line(roof, (94, 74, 72), 0.028)
    canvas.rect(x - 0.075, 0.5, x + 0.075, 0.67, white)
    canvas.rect(x - 0.064, 0.512, x + 0.064, 0.67, dark)
    for a, b in ((-0.06, 0.06), (0.06, -0.06)):
        canvas.line([(x + a, 0.515), (x + b, 0.665)], white, 0.01)
    canvas.rect(x - 0.04, 0.35, x + 0.04, 0.42, white)
    _pane(canvas, rng, x - 0.03, 0.36, x + 0.03, 0.41)


def _silo(canvas: Canvas, x: float) -> None:
    canvas.ellipse(x, 0.31, 0.055, 0.06, (150, 160, 172))
    canvas.rect(x - 0.055, 0.31, x + 0.055, 0.66, (196, 202, 208))
    canvas.rect(x + 0.015, 0.31, x + 0.055, 0.66, (170, 178, 188))
    for step in range(5):
        canvas.rect(x - 0.055, 0.36 + step * 0.06, x + 0.055, 0.366 + step * 0.06, (140, 150, 160))


def _fence(canvas: Canvas, span: tuple[float, float]) -> None:
    wood = (236, 226, 206)
    for y in (0.615, 0.655):
        canvas.rect(span[0], y, span[1], y + 0.014, wood)
    x = span[0] + 0.03
    while x < span[1]:
        canvas.rect(x - 0.009, 0.585, x + 0.009, 0.7, wood)
        x += 0.085


def playground(canvas: Canvas, rng: random.Random) -> None:
    canvas.hill(rolling(rng, 0.47, 0.02), (134, 180, 126), (120, 172, 106))
    for index in range(7):
        canvas.glyph("🌳", index / 6 + rng.uniform(-0.05, 0.05), 0.57, rng.uniform(0.17, 0.25))
    canvas.hill(rolling(rng, 0.56, 0.01), (150, 204, 110), (112, 178, 84))
    canvas.rect(-0.01, 0.7, 1.01, 1.01, (228, 178, 140))
    canvas.ellipse(0.5, 0.7, 0.66, 0.035, (228, 178, 140))
    canvas.gradient([(-0.01, 0.7), (1.01, 0.7), (1.01, 1.01), (-0.01, 1.01)], (234, 186, 148), (212, 150, 116))
    canvas.ellipse(rng.uniform(0.35, 0.65), 0.87, 0.34, 0.085, (120, 180, 176, 170))
    canvas.dabs(rng, 30, (0, 0.72, 1, 1), (246, 206, 172, 120), 0.02)
    left = rng.random() < 0.5
    _slide(canvas, 0.2 if left else 0.8, 1 if left else -1)
    _swing(canvas, 0.8 if left else 0.2)


def _slide(canvas: Canvas, x: float, way: int) -> None:
    """A slide that comes down towards the middle (`way` 1: rightwards)."""
    steel, chute = (90, 110, 160), (248, 190, 60)
    for offset in (-0.13, -0.05):
        canvas.line([(x + way * offset, 0.7), (x + way * offset, 0.36)], steel, 0.014)
    for rung in range(5):
        y = 0.44 + rung * 0.055
        canvas.line([(x - way * 0.13, y), (x - way * 0.05, y)], steel, 0.01)
    canvas.polygon([(x - way * 0.16, 0.34), (x - way * 0.09, 0.25), (x - way * 0.02, 0.34)], (206, 74, 70))
    run = [(x - way * 0.05, 0.42), (x + way * 0.02, 0.46), (x + way * 0.12, 0.63), (x + way * 0.19, 0.665)]
    canvas.line(run, (214, 148, 36), 0.05)
    canvas.line(run, chute, 0.034)


def _swing(canvas: Canvas, x: float) -> None:
    frame, rope = (196, 84, 72), (96, 84, 76)
    for foot in (-0.15, -0.09, 0.09, 0.15):
        canvas.line([(x + foot, 0.7), (x + (0.12 if foot > 0 else -0.12), 0.34)], frame, 0.014)
    canvas.line([(x - 0.13, 0.34), (x + 0.13, 0.34)], frame, 0.018)
    for seat, drift in ((-0.055, 0.02), (0.055, -0.012)):
        for rope_x in (-0.03, 0.03):
            canvas.line([(x + seat + rope_x, 0.345), (x + seat + rope_x + drift, 0.6)], rope, 0.005)
        canvas.line([(x + seat - 0.037 + drift, 0.602), (x + seat + 0.037 + drift, 0.602)], (64, 104, 150), 0.016)
