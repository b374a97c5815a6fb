"""From a scene to its picture."""

from __future__ import annotations

from PIL import Image

from vse.data.scenes.drawing.backdrop import backdrop
from vse.data.scenes.drawing.boxes import foot
from vse.data.scenes.drawing.brush import generator
from vse.data.scenes.drawing.clutter import clutter
from vse.data.scenes.drawing.layout import Spot, arrange
from vse.data.scenes.drawing.light import Light, light_for
from vse.data.scenes.drawing.sprites import PAD, aspect, prop_sprite, ripples, shadow, sprite
from vse.data.scenes.drawing.weather import OVERLAYS, overlay
from vse.data.scenes.world.scene import Scene
from vse.data.scenes.world.world import PLACES


def render(scene: Scene, size: int = 192) -> Image.Image:
    """The scene as an RGB picture, `size` pixels square; the same scene gives the same pixels.

    Raises:
        FontMissingError: when the emoji font is not installed.
    """
    indoors = PLACES[scene.place].indoors
    light = light_for(scene.time, scene.weather, indoors)
    image = backdrop(scene, size).copy()
    _place_clutter(image, scene, light)
    for spot in arrange(scene, aspect):
        _place(image, scene, spot, light)
    if not indoors:
        number = generator(scene.seed, "weather").randrange(OVERLAYS)
        falling = overlay(scene.weather, scene.time, number, size)
        if falling is not None:
            image.paste(falling, (0, 0), falling)
    return image


def _place_clutter(image: Image.Image, scene: Scene, light: Light) -> None:
    red, green, blue = ((a + b) / 2 for a, b in zip(light.scenery, light.subject, strict=True))
    for prop in clutter(scene):
        picture = prop_sprite(prop.emoji, max(4, round(prop.height * image.width)), (red, green, blue), prop.flip)
        _paste(image, shadow(round(picture.width * 0.8), 70), prop.x, prop.y, 0.55)
        _paste(image, picture, prop.x, prop.y, 1.0)


def _place(image: Image.Image, scene: Scene, spot: Spot, light: Light) -> None:
    """Draw one specimen with its shadow or the ripples around it."""
    group = scene.groups[spot.role]
    wet = spot.habitat == "water"
    look = (scene.time, scene.weather, light.indoors, spot.flip, wet)
    picture = sprite(group, look, max(6, round(spot.height * image.width)))
    bottom = foot(group, spot)
    if wet:
        _paste(image, picture, spot.x, bottom, 1.0, PAD)
        _paste(image, ripples(picture.width, 120 if light.dark else 190), spot.x, spot.y, 0.45)
        return
    if spot.habitat == "land":
        _paste(image, shadow(round(picture.width * 0.86), 120), spot.x, spot.y, 0.6)
    _paste(image, picture, spot.x, bottom, 1.0, PAD)


def _paste(image: Image.Image, picture: Image.Image, x: float, y: float, share: float, pad: int = 0) -> None:
    """Put a picture with its middle at x and the given share of its height above y."""
    left = round(x * image.width - picture.width / 2)
    image.paste(picture, (left, round(y * image.height - picture.height * share) + pad), picture)
