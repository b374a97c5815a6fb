"""Where the specimens of a scene stand and how large they are.

Positions are shares of the picture: x rightwards, y downwards.  A group's place never depends on
what the other group is, nor on clutter: each choice has a generator of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vse.data.scenes.drawing.brush import generator
from vse.data.scenes.drawing.people import tallness
from vse.data.scenes.world.kinds import KINDS
from vse.data.scenes.world.scene import Group, Scene
from vse.data.scenes.world.world import PLACES, WATER_ACTIONS

SIZE_FACTORS = {"small": 0.6, None: 1.0, "big": 1.5}
_SCALE = 1.18  # ordinary specimens are this much larger than their kind's height, while there is room
_LEAST_STEP = 0.86  # neighbours in a row hide at most about a seventh of each other


@dataclass(frozen=True)
class Spot:
    """One specimen: the middle `x` and lower edge `y` of its picture, its `height`, and its draw order.

    `role` is 0 for the subject and 1 for the other; `layer` is drawn lowest first.
    """

    role: int
    number: int
    x: float
    y: float
    height: float
    flip: bool
    habitat: str
    layer: int


@dataclass(frozen=True)
class _Region:
    """The room a group has: from `left` to `right`, standing at `y` (the middle of the group, in the air).

    `pull` says where in it the group goes: its middle at `anchor` ("middle"), or its right or left
    edge there ("right", "left").  `row` is how far apart two rows are and `tallest` the tallest specimen.
    """

    left: float
    right: float
    anchor: float
    y: float
    row: float
    tallest: float
    pull: str = "middle"
    layer: int = 1


def habitat(group: Group) -> str:
    """Where this group is: "land", "water" or "air"."""
    return "water" if group.action in WATER_ACTIONS else KINDS[group.kind].habitat


def _depths(scene: Scene, group: Group) -> tuple[float, float, float]:
    """The y of something standing far, midway and near, where this group stands."""
    if habitat(group) == "air":
        return 0.40, 0.33, 0.46
    place = PLACES[scene.place]
    if place.water and place.land:
        return (0.60, 0.66, 0.735) if habitat(group) == "water" else (0.81, 0.89, 0.95)
    if not place.land:
        return 0.66, 0.79, 0.90
    return 0.765, 0.87, 0.945


def _region(scene: Scene, role: int) -> _Region:
    group = scene.groups[role]
    rng = generator(scene.seed, f"layout:{'other' if role else 'subject'}")
    shift, lift = rng.uniform(-1, 1), rng.uniform(-1, 1)
    far, middle, near = _depths(scene, group)
    air = habitat(group) == "air"
    y = middle + lift * (0.05 if air else 0.022)
    relation = scene.relation
    if scene.other is None or relation is None:
        return _Region(0.03, 0.97, 0.5 + shift * 0.13, y, 0.2 if air else 0.15, 0.5 if air else 0.74)
    if role:
        relation = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}.get(
            relation, "behind" if relation == "in front of" else "in front of"
        )
    if relation in ("left of", "right of"):
        left = relation == "left of"
        low, high = (0.02, 0.54) if left else (0.46, 0.98)
        return _Region(
            low, high, (0.25 if left else 0.75) + shift * 0.03, y, 0.2 if air else 0.15, 0.42 if air else 0.7
        )
    if relation in ("above", "below"):
        middle_x = 0.5 + generator(scene.seed, "layout:pair").uniform(-0.1, 0.1)
        if air:
            return _Region(0.04, 0.96, middle_x + shift * 0.03, (0.2 if relation == "above" else 0.66), 0.15, 0.32)
        return _Region(0.04, 0.96, middle_x + shift * 0.03, near - 0.01, 0.13, 0.5)
    return _overlapping(scene, relation == "behind", shift, far, near)


def _overlapping(scene: Scene, behind: bool, shift: float, far: float, near: float) -> _Region:
    """The region of a group behind or in front of the other: they meet at a line near the middle."""
    rng = generator(scene.seed, "layout:pair")
    meet = 0.5 + rng.uniform(-0.05, 0.05)
    left = (rng.random() < 0.5) == behind
    y = far if behind else near
    layer = 0 if behind else 2
    # Each reaches a little over the line, so that the nearer hides a part of the farther.
    if left:
        return _Region(0.02, meet + 0.04, meet, y, 0.08, 0.62, "right", layer)
    return _Region(meet - 0.04, 0.98, meet, y, 0.08, 0.62, "left", layer)


def _perspective(y: float, where: str) -> float:
    """How much larger than ordinary something is that stands at y."""
    return 1.0 if where == "air" else 1.0 + max(-0.2, min(0.12, (y - 0.86) * 0.9))


def _rows(count: int, double: bool) -> list[tuple[float, int]]:
    """(steps from the group's middle, row) of each specimen; row 1 stands behind row 0."""
    if not double or count == 1:
        return [(number - (count - 1) / 2, 0) for number in range(count)]
    patterns = {
        2: [(-0.25, 0), (0.25, 1)],
        3: [(-0.5, 0), (0.5, 0), (0.0, 1)],
        4: [(-0.62, 0), (0.38, 0), (-0.38, 1), (0.62, 1)],
    }
    return patterns[count]


def _tallest(count: int, double: bool, width: float, aspect: float, row: float) -> float:
    """The tallest that `count` specimens of this aspect (width / height) can be in `width`."""
    steps = [step for step, _ in _rows(count, double)]
    across = (max(steps) - min(steps)) * _LEAST_STEP + 1
    tallest = width / (across * aspect)
    return min(tallest, row / 0.57) if double and count > 1 else tallest


def _height(group: Group, region: _Region, aspect: float, where: str) -> tuple[float, bool]:
    """The height of the group's specimens, and whether they stand in two rows."""
    width = region.right - region.left
    single = _tallest(group.count, False, width, aspect, region.row)
    double = _tallest(group.count, True, width, aspect, region.row)
    wanted = _SCALE * KINDS[group.kind].height * _perspective(region.y, where)
    # Whether there are two rows must not depend on the size, which should change the size alone.
    two_rows = single < wanted and double > single
    limit = min(region.tallest, double if two_rows else single)
    # Where room is short, sizes still differ.
    room = {"small": 0.6 * limit, None: limit if group.count > 2 else 0.86 * limit, "big": limit}[group.size]
    tall = min(wanted * SIZE_FACTORS[group.size], room)
    return tall * tallness(group.action), two_rows


def _middle(region: _Region, half: float, width: float) -> float:
    """The x of the middle of a group that reaches `half` to either side, its specimens `width` wide."""
    over = min(0.028, 0.18 * width)
    if region.pull == "right":
        middle = region.anchor + over - half
    elif region.pull == "left":
        middle = region.anchor - over + half
    else:
        middle = region.anchor
    if region.right - region.left <= 2 * half:
        return (region.left + region.right) / 2
    return min(max(middle, region.left + half), region.right - half)


def _group_spots(scene: Scene, role: int, aspect: float) -> list[Spot]:
    group, region, where = scene.groups[role], _region(scene, role), habitat(scene.groups[role])
    name = "other" if role else "subject"
    height, two_rows = _height(group, region, aspect, where)
    width = height * aspect
    rows = _rows(group.count, two_rows)
    steps = [step for step, _ in rows]
    across = max(steps) - min(steps)
    free = region.right - region.left - width
    step = min(width * (1.25 if two_rows else 1.08) + 0.012, free / across) if across else 0.0
    middle = _middle(region, (across * step + width) / 2, width)
    offset = (max(steps) + min(steps)) / 2
    facing, sway = generator(scene.seed, f"facing:{name}"), generator(scene.seed, f"sway:{name}")
    spots = []
    for number, (at, row) in enumerate(rows):
        flip, drift, rise = facing.random() < 0.5, sway.uniform(-1, 1), sway.uniform(-1, 1)
        alone = group.count == 1
        x = middle + (at - offset) * step + (0 if alone else drift * 0.008)
        if where == "air":
            y = (
                region.y
                + height / 2
                + (0 if alone else rise * 0.035)
                - (row - 0.5 * two_rows) * max(region.row, height * 0.9)
            )
            y = max(y, height + 0.02)
        else:
            y = region.y + (0 if alone else rise * 0.015) - row * region.row + (0.35 * region.row if two_rows else 0)
        spots.append(Spot(role, number, x, min(y, 0.975), height * (0.93 if row else 1.0), flip, where, region.layer))
    return spots


def arrange(scene: Scene, aspect: Callable[[Group], float]) -> list[Spot]:
    """All specimens of the scene in the order to draw them; `aspect` gives a group's width / height."""
    spots = [spot for role, group in enumerate(scene.groups) for spot in _group_spots(scene, role, aspect(group))]
    return sorted(spots, key=lambda spot: (spot.layer, spot.y))
