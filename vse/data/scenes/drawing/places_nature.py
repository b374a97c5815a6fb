"""Painted places without buildings: beach, meadow, forest, snow, desert, mountains, lake and sea.

Each painter takes a canvas that already holds the sky, and a generator for what is not spoken of.
Colours are those of daylight; the canvas shades them.
"""

from __future__ import annotations

import math
import random

from vse.data.scenes.drawing.brush import Canvas, rolling, rounded


def _waves(canvas: Canvas, rng: random.Random, top: float, bottom: float, rows: int, colour: tuple[int, ...]) -> None:
    """Rows of short wave crests, larger towards the viewer."""
    for row in range(rows):
        depth = row / max(1, rows - 1)
        y = top + (bottom - top) * depth**1.3
        step = 0.05 + 0.09 * depth
        x = rng.uniform(-step, 0)
        while x < 1:
            long = step * rng.uniform(0.4, 0.8)
            rise = 0.003 + 0.010 * depth
            crest = rounded([(x, y), (x + long / 2, y - rise), (x + long, y)], 5)
            canvas.line(crest, colour, 0.003 + 0.004 * depth)
            x += step * rng.uniform(0.9, 1.6)


def _water(canvas: Canvas, top: float, bottom: float, far: tuple[int, ...], near: tuple[int, ...]) -> None:
    """Water from `top` to `bottom` that takes a third of its colour from the sky above it."""
    canvas.gradient([(-0.01, top), (1.01, top), (1.01, bottom), (-0.01, bottom)], far, near)
    sky = canvas.light.sky
    canvas.rect(-0.01, top, 1.01, bottom, (*sky[1], 64), glow=True)
    canvas.rect(-0.01, top, 1.01, top + (bottom - top) * 0.16, (*sky[2], 90), glow=True)


def _palm(canvas: Canvas, rng: random.Random, base: float) -> None:
    side = rng.choice((0.07, 0.93))
    canvas.glyph("🌴", side, base, rng.uniform(0.34, 0.4), flip=side > 0.5)


def beach(canvas: Canvas, rng: random.Random) -> None:
    _water(canvas, 0.44, 0.68, (40, 120, 190), (96, 206, 214))
    _waves(canvas, rng, 0.48, 0.60, 4, (255, 255, 255, 110))
    shore = rolling(rng, 0.645, 0.018, 5)
    canvas.hill([(x, y - 0.018) for x, y in shore], (236, 250, 250), (236, 250, 250))
    canvas.hill(shore, (214, 180, 126), (214, 180, 126))
    canvas.hill([(x, y + 0.022) for x, y in shore], (250, 228, 176), (232, 196, 132))
    canvas.dabs(rng, 26, (0, 0.72, 1, 1), (214, 176, 112, 110), 0.035)
    canvas.dabs(rng, 18, (0, 0.72, 1, 1), (255, 242, 206, 150), 0.03)
    _palm(canvas, rng, 0.75)


def meadow(canvas: Canvas, rng: random.Random) -> None:
    canvas.hill(rolling(rng, 0.47, 0.04), (158, 200, 150), (140, 190, 120))
    canvas.hill(rolling(rng, 0.53, 0.03, 3), (134, 196, 96), (120, 184, 84))
    for _ in range(4):
        x = rng.choice((rng.uniform(0.02, 0.3), rng.uniform(0.7, 0.98)))
        canvas.glyph("🌳", x, rng.uniform(0.55, 0.59), rng.uniform(0.12, 0.17))
    canvas.hill(rolling(rng, 0.6, 0.02, 3), (136, 204, 84), (80, 160, 58))
    canvas.dabs(rng, 26, (0, 0.66, 1, 1), (150, 212, 92, 130), 0.05)
    canvas.strokes(rng, 170, (0, 0.64, 1, 1.02), (56, 132, 46, 170), 0.028)
    canvas.strokes(rng, 90, (0, 0.66, 1, 1.02), (176, 224, 110, 190), 0.026)


def forest(canvas: Canvas, rng: random.Random) -> None:
    canvas.hill(rolling(rng, 0.36, 0.02), (72, 116, 84), (40, 84, 56))
    for level, height, count in ((0.55, 0.27, 10), (0.61, 0.37, 7)):
        for index in range(count):
            x = (index + 0.5) / count + rng.uniform(-0.04, 0.04)
            if abs(x - 0.5) > 0.12 or level < 0.6:
                tall = height * rng.uniform(0.85, 1.1) * (0.72 if abs(x - 0.5) < 0.14 else 1.0)
                canvas.glyph(rng.choice("🌲🌲🌳"), x, level + rng.uniform(-0.01, 0.02), tall)
        canvas.rect(-0.01, 0.3, 1.01, 0.62, (*canvas.light.sky[2], 24), glow=True)
    canvas.hill(rolling(rng, 0.6, 0.012), (92, 116, 60), (64, 82, 44))
    canvas.gradient([(0.4, 0.6), (0.6, 0.6), (0.84, 1.0), (0.16, 1.0)], (138, 122, 78), (112, 92, 58))
    canvas.dabs(rng, 44, (0, 0.63, 1, 1), (122, 92, 50, 120), 0.03)
    canvas.dabs(rng, 30, (0, 0.63, 1, 1), (104, 142, 62, 150), 0.035)
    for x in (rng.uniform(-0.02, 0.02), rng.uniform(0.98, 1.02)):
        _trunk(canvas, x, rng.uniform(0.055, 0.075))


def _trunk(canvas: Canvas, x: float, width: float) -> None:
    """The foot of a near tree, its crown above the picture."""
    dark, light = (78, 56, 42), (104, 76, 54)
    canvas.polygon(
        [(x - width, -0.01), (x + width, -0.01), (x + width, 0.74), (x + width * 1.7, 0.8), (x - width * 1.7, 0.8)],
        dark,
    )
    canvas.rect(x - width * 0.5, -0.01, x - width * 0.1, 0.76, light)
    canvas.rect(x + width * 0.3, -0.01, x + width * 0.45, 0.72, light)
    for step in range(5):
        canvas.ellipse(x + (step - 2) * 0.07, 0.0, 0.09, 0.075, (46, 102, 56))


def snow(canvas: Canvas, rng: random.Random) -> None:
    canvas.hill(rolling(rng, 0.47, 0.04), (206, 220, 236), (216, 228, 240))
    canvas.hill(rolling(rng, 0.53, 0.03, 3), (224, 234, 246), (232, 240, 248))
    for _ in range(6):
        x = rng.choice((rng.uniform(0.0, 0.32), rng.uniform(0.68, 1.0)))
        _snowy_fir(canvas, x, rng.uniform(0.56, 0.61), rng.uniform(0.16, 0.26))
    canvas.hill(rolling(rng, 0.61, 0.022, 3), (250, 252, 255), (222, 232, 246))
    canvas.dabs(rng, 16, (0, 0.68, 1, 1), (200, 214, 236, 130), 0.07)
    canvas.dabs(rng, 14, (0, 0.66, 1, 1), (255, 255, 255, 200), 0.06)


def _snowy_fir(canvas: Canvas, x: float, base: float, height: float) -> None:
    canvas.rect(x - height * 0.05, base - height * 0.15, x + height * 0.05, base, (96, 70, 56))
    for share, width in ((0.1, 0.34), (0.36, 0.27), (0.6, 0.19)):
        foot, tip = base - height * share, base - height * (share + 0.4)
        canvas.polygon([(x, tip), (x + height * width, foot), (x - height * width, foot)], (62, 116, 96))
        cap = [(x, tip), (x + height * width * 0.66, foot - height * 0.12), (x, foot - height * 0.06)]
        canvas.polygon([*cap, (x - height * width * 0.66, foot - height * 0.12)], (246, 250, 255))


def desert(canvas: Canvas, rng: random.Random) -> None:
    left = rng.random() < 0.5
    for x, width, top in ((0.16 if left else 0.84, 0.13, 0.38), (0.36 if left else 0.62, 0.07, 0.43)):
        mesa = [(x - width * 1.25, 0.55), (x - width, top), (x + width, top), (x + width * 1.25, 0.55)]
        canvas.gradient(mesa, (206, 124, 84), (184, 100, 70))
        canvas.rect(x - width, top + 0.03, x + width, top + 0.042, (168, 88, 62))
    canvas.hill(rolling(rng, 0.52, 0.03, 3), (240, 182, 104), (228, 160, 84))
    for x in (rng.uniform(0.03, 0.2), rng.uniform(0.8, 0.97)):
        canvas.glyph("🌵", x, rng.uniform(0.585, 0.62), rng.uniform(0.13, 0.19))
    canvas.hill(rolling(rng, 0.59, 0.035, 3), (248, 196, 116), (234, 166, 86))
    near = rolling(rng, 0.68, 0.03, 2)
    canvas.hill(near, (252, 206, 128), (228, 150, 70))
    for row in range(7):
        y = 0.76 + row * 0.036
        wave = [(i / 8, y + 0.008 * math.sin(i * 2.1 + row * 1.7)) for i in range(9)]
        canvas.line(rounded(wave, 4), (214, 138, 64, 90), 0.004)


def mountains(canvas: Canvas, rng: random.Random) -> None:
    _peaks(canvas, rng, 0.56, 0.26, 4, (150, 168, 200), (176, 190, 214), 0.3)
    _peaks(canvas, rng, 0.62, 0.4, 3, (96, 108, 138), (122, 134, 162), 0.36)
    canvas.hill(rolling(rng, 0.6, 0.025), (104, 136, 104), (92, 124, 88))
    for index in range(8):
        x = rng.choice((rng.uniform(0, 0.34), rng.uniform(0.66, 1)))
        canvas.glyph("🌲", x, 0.62 + 0.01 * (index % 3), rng.uniform(0.08, 0.13))
    canvas.hill(rolling(rng, 0.66, 0.02, 3), (146, 160, 118), (112, 122, 92))
    canvas.dabs(rng, 30, (0, 0.7, 1, 1), (176, 176, 158, 150), 0.035)
    canvas.dabs(rng, 24, (0, 0.7, 1, 1), (96, 110, 78, 120), 0.04)
    canvas.strokes(rng, 60, (0, 0.7, 1, 1), (88, 120, 66, 170), 0.02)


def _peaks(
    canvas: Canvas,
    rng: random.Random,
    base: float,
    height: float,
    count: int,
    dark: tuple[int, ...],
    light: tuple[int, ...],
    cap: float,
) -> None:
    """A row of pointed peaks with snow on top, lit from one side."""
    for index in range(count):
        x = (index + 0.5) / count + rng.uniform(-0.06, 0.06)
        top = base - height * rng.uniform(0.8, 1.12)
        half = 0.62 / count * rng.uniform(0.95, 1.2)
        canvas.polygon([(x, top), (x + half, base + 0.03), (x - half, base + 0.03)], dark)
        canvas.polygon([(x, top), (x + half * 0.1, base + 0.03), (x - half, base + 0.03)], light)
        drop = (base - top) * cap
        wide = half * cap * 0.96
        edge = [(x + wide, top + drop), (x + wide * 0.4, top + drop * 0.72), (x, top + drop * 1.15)]
        edge += [(x - wide * 0.5, top + drop * 0.75), (x - wide, top + drop)]
        canvas.polygon([(x, top), *edge], (250, 252, 255))
        canvas.polygon([(x, top), *edge[:3]], (206, 218, 236))


def lake(canvas: Canvas, rng: random.Random) -> None:
    canvas.hill(rolling(rng, 0.4, 0.04), (134, 168, 160), (120, 160, 140))
    canvas.hill(rolling(rng, 0.445, 0.012), (104, 162, 92), (92, 150, 80))
    for index in range(9):
        x = index / 8 + rng.uniform(-0.05, 0.05)
        canvas.glyph(rng.choice("🌲🌳🌳"), x, 0.485, rng.uniform(0.08, 0.13))
    _water(canvas, 0.48, 0.8, (84, 154, 186), (70, 146, 190))
    canvas.rect(-0.01, 0.478, 1.01, 0.5, (70, 118, 84, 150))
    _waves(canvas, rng, 0.54, 0.72, 5, (255, 255, 255, 100))
    bank = rolling(rng, 0.765, 0.012, 4)
    canvas.hill([(x, y - 0.012) for x, y in bank], (186, 166, 120), (186, 166, 120))
    canvas.hill(bank, (126, 188, 84), (84, 152, 60))
    canvas.strokes(rng, 110, (0, 0.8, 1, 1.02), (58, 128, 48, 170), 0.024)
    for _ in range(9):
        x = rng.choice((rng.uniform(0, 0.13), rng.uniform(0.87, 1)))
        tip = (x + rng.uniform(-0.02, 0.02), 0.8 - rng.uniform(0.1, 0.17))
        canvas.line([(x, 0.82), tip], (84, 122, 56), 0.006)
        canvas.ellipse(tip[0], tip[1], 0.008, 0.026, (122, 84, 50))


def sea(canvas: Canvas, rng: random.Random) -> None:
    _water(canvas, 0.44, 1.01, (24, 96, 176), (20, 112, 180))
    light = canvas.light
    for row in range(5):
        y = 0.56 + row * 0.1
        line = [(i / 6, y + rng.uniform(-0.012, 0.012)) for i in range(-1, 8)]
        near = row / 4
        colour = (int(40 + 30 * near), int(136 + 30 * near), int(204 + 10 * near), 120)
        canvas.polygon([*rounded(line), (1.2, y + 0.07), (-0.2, y + 0.07)], colour)
        canvas.line(rounded(line), (214, 240, 252, 150), 0.003 + 0.003 * near)
    _waves(canvas, rng, 0.48, 0.98, 9, (236, 250, 255, 120))
    if light.bare_sky:
        canvas.dabs(rng, 24, (0.3, 0.46, 0.7, 0.7), (*light.sky[2], 120), 0.02)
