"""Light: what the time of day and the weather do to colours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

Colour = tuple[int, int, int]
Factors = tuple[float, float, float]


@dataclass(frozen=True)
class Light:
    """Colours of the sky from top to horizon, and factors per channel for what it shines on.

    `scenery` and `subject` multiply daylight colours; `dull` (0..1) greys the scenery; `rim` is the
    colour, with its opacity, of the thin line of light around subjects.
    """

    time: str
    weather: str
    indoors: bool
    sky: tuple[Colour, Colour, Colour]
    scenery: Factors
    subject: Factors
    dull: float
    rim: tuple[int, int, int, int]

    @property
    def dark(self) -> bool:
        return self.time == "night"

    @property
    def bare_sky(self) -> bool:
        return self.weather == "clear"

    def shade(self, colour: tuple[int, ...]) -> tuple[int, ...]:
        """A daylight colour (RGB or RGBA, 0..255) of the scenery as it looks in this light."""
        grey = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]
        lit = (min(255, round((c + (grey - c) * self.dull) * f)) for c, f in zip(colour, self.scenery, strict=False))
        return (*lit, *colour[3:])


_SKIES: dict[str, tuple[Colour, Colour, Colour]] = {
    "dawn": ((160, 160, 216), (226, 190, 216), (255, 222, 190)),
    "day": ((70, 152, 232), (140, 200, 246), (206, 234, 250)),
    "sunset": ((92, 54, 132), (232, 84, 104), (255, 176, 70)),
    "night": ((10, 16, 48), (24, 36, 84), (46, 62, 116)),
}
_OVERCAST: dict[str, Colour] = {
    "dawn": (190, 180, 196),
    "day": (178, 188, 198),
    "sunset": (150, 106, 122),
    "night": (30, 34, 54),
}
_SCENERY: dict[str, Factors] = {
    "dawn": (0.97, 0.88, 0.97),
    "day": (1.0, 1.0, 1.0),
    "sunset": (0.98, 0.72, 0.62),
    "night": (0.34, 0.42, 0.68),
}
_ROOM: dict[str, Factors] = {
    "dawn": (0.96, 0.88, 0.93),
    "day": (1.0, 1.0, 1.0),
    "sunset": (1.0, 0.80, 0.64),
    "night": (0.50, 0.47, 0.56),
}
_SUBJECT: dict[str, Factors] = {
    "dawn": (1.0, 0.95, 0.98),
    "day": (1.0, 1.0, 1.0),
    "sunset": (1.0, 0.91, 0.84),
    "night": (0.77, 0.80, 0.93),
}
_RIM = {
    "dawn": (86, 66, 104, 90),
    "day": (40, 52, 70, 90),
    "sunset": (255, 206, 120, 150),
    "night": (180, 204, 255, 175),
}
# How the weather outside colours a room.
_ROOM_WEATHER: dict[str, Factors] = {"rain": (0.80, 0.84, 0.90), "snowfall": (0.94, 0.98, 1.03)}
# weather: how grey the sky is, how much light is left, how dull colours are
_WEATHER = {
    "clear": (0.0, 1.0, 0.0),
    "cloudy": (0.45, 0.93, 0.14),
    "rain": (0.62, 0.84, 0.24),
    "snowfall": (0.5, 0.95, 0.16),
    "fog": (0.6, 0.97, 0.3),
}


def _mix(a: tuple[int, ...], b: tuple[int, ...], share: float) -> Colour:
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a[:3], b[:3], strict=True))
    return red, green, blue


@lru_cache(maxsize=64)
def light_for(time: str, weather: str, indoors: bool) -> Light:
    cover, left, dull = _WEATHER[weather]
    top, middle, low = _SKIES[time]
    grey = _OVERCAST[time]
    if weather == "rain":
        grey = _mix(grey, (40, 48, 62), 0.3)
    # Less cover near the horizon: a strip of the hour's own colour always shows there.
    sky = (_mix(top, grey, min(1.0, cover * 1.5)), _mix(middle, grey, cover), _mix(low, grey, cover * 0.6))
    base = (_ROOM if indoors else _SCENERY)[time]
    through = _ROOM_WEATHER.get(weather, (1.0, 1.0, 1.0)) if indoors else (left, left, left)
    scenery = (base[0] * through[0], base[1] * through[1], base[2] * through[2])
    subject = _SUBJECT[time] if not (indoors and time == "night") else (0.90, 0.83, 0.80)
    return Light(time, weather, indoors, sky, scenery, subject, 0.0 if indoors else dull, _RIM[time])


def tint(image: Image.Image, factors: Factors) -> Image.Image:
    """An RGB or RGBA picture with its colour channels multiplied."""
    if factors == (1.0, 1.0, 1.0):
        return image
    return image.point(_tables(factors, image.mode == "RGBA"))


@lru_cache(maxsize=256)
def _tables(factors: Factors, alpha: bool) -> list[int]:
    """One table of 256 values for each channel, one after the other; an alpha channel stays as it is."""
    tables = [min(255, round(value * factor)) for factor in factors for value in range(256)]
    return tables + list(range(256)) * alpha
