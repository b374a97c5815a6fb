"""The painted background of a scene, kept so that it is painted once for many pictures."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from PIL import Image

from vse.data.scenes.drawing import places_built, places_indoor, places_nature
from vse.data.scenes.drawing.brush import Canvas, generator
from vse.data.scenes.drawing.light import light_for
from vse.data.scenes.drawing.sky import paint_sky
from vse.data.scenes.drawing.weather import fog
from vse.data.scenes.world.scene import Scene
from vse.data.scenes.world.world import PLACES

SCENERIES = 6  # how many different paintings of each place there are

_PAINTERS: dict[str, Callable[[Canvas, random.Random], None]] = {
    "beach": places_nature.beach,
    "meadow": places_nature.meadow,
    "forest": places_nature.forest,
    "snow": places_nature.snow,
    "street": places_built.street,
    "desert": places_nature.desert,
    "mountains": places_nature.mountains,
    "farm": places_built.farm,
    "playground": places_built.playground,
    "lake": places_nature.lake,
    "sea": places_nature.sea,
    "living room": places_indoor.living_room,
    "kitchen": places_indoor.kitchen,
    "bedroom": places_indoor.bedroom,
}


def backdrop(scene: Scene, size: int) -> Image.Image:
    """The background, RGB; shared, so copy it before painting on it."""
    scenery = generator(scene.seed, "scenery").randrange(SCENERIES)
    return _painted(scene.place, scene.time, scene.weather, scenery, size)


@lru_cache(maxsize=2000)
def _painted(place: str, time: str, weather: str, scenery: int, size: int) -> Image.Image:
    """One background, painted at twice its size and scaled down."""
    indoors = PLACES[place].indoors
    light = light_for(time, weather, indoors)
    side = size * 2
    # The sky's generator knows neither time nor weather: sun and moon stay on their side of the picture.
    sky = random.Random(f"sky:{scenery}")
    image = Image.new("RGB", (side, side)) if indoors else paint_sky(light, sky, side)
    canvas = Canvas(image, light)
    _PAINTERS[place](canvas, random.Random(f"{place}:{scenery}"))
    if not indoors:
        _weathered(canvas, place)
    return _grained(image.resize((size, size), Image.Resampling.BOX))


def _weathered(canvas: Canvas, place: str) -> None:
    """Puddles, a dusting of snow, or fog over the far scenery."""
    weather, light, rng = canvas.light.weather, canvas.light, random.Random(f"ground:{place}")
    ground = 0.8 if place == "lake" else 0.7
    if weather == "rain" and place != "sea":
        for _ in range(6):
            x, y = rng.random(), rng.uniform(ground + 0.03, 0.98)
            rx = rng.uniform(0.05, 0.12)
            canvas.ellipse(x, y, rx, rx * 0.22, (*light.sky[1], 120), glow=True)
            canvas.ellipse(x, y + 0.004, rx * 0.8, rx * 0.13, (*light.sky[2], 120), glow=True)
    elif weather == "snowfall" and place not in ("sea", "snow"):
        canvas.dabs(rng, 36, (0, ground, 1, 1), (248, 250, 255, 150), 0.06)
    elif weather == "fog":
        veil = fog(canvas.side, light.time, 0.84)
        canvas.image.paste(veil, (0, 0), veil)


def _grained(image: Image.Image) -> Image.Image:
    """A faint grain of paper over flat colours."""
    grain = np.random.default_rng(7).normal(0, 2.2, (image.height, image.width, 1))
    pixels = np.asarray(image, dtype=np.float32) + grain
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8), "RGB")
