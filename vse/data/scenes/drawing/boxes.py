"""Where the things of a scene are in its picture."""

from __future__ import annotations

from dataclasses import dataclass

from vse.data.scenes.drawing.layout import Spot, arrange
from vse.data.scenes.drawing.sprites import aspect
from vse.data.scenes.world.kinds import KINDS
from vse.data.scenes.world.scene import Group, Scene

_WATERLINE = 0.14  # how far below the water's surface the lower edge of a swimming thing is


@dataclass(frozen=True)
class Box:
    """A rectangle in shares of the picture, x rightwards and y downwards; it may reach over the picture's edge."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom


def foot(group: Group, spot: Spot) -> float:
    """The lower edge of a specimen, which under water is below where it seems to stand."""
    is_under = spot.habitat == "water" and not KINDS[group.kind].is_person
    return spot.y + spot.height * _WATERLINE if is_under else spot.y


def boxes(scene: Scene) -> tuple[tuple[Box, ...], ...]:
    """The boxes of the specimens of each group of the scene, those of one group together.

    Raises:
        FontMissingError: when the emoji font, which says how wide they are, is not installed.
    """
    found: list[list[Box]] = [[] for _ in scene.groups]
    for spot in arrange(scene, aspect):
        group = scene.groups[spot.role]
        bottom, half = foot(group, spot), spot.height * aspect(group) / 2
        found[spot.role].append(Box(spot.x - half, bottom - spot.height, spot.x + half, bottom))
    return tuple(map(tuple, found))
