"""Where things stand in the drawings of the Words tab, in the units of their SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .compute import Axis, Corner, Parallelogram

_LETTER, _LINE = 7.4, 15  # a letter's width and a line's height


@dataclass(frozen=True)
class Canvas:
    """The size of a drawing, and the margin that nothing stands in."""

    width: int
    height: int
    margin_x: int
    margin_y: int

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point within -1 to 1 stands; up is up."""
        half_x, half_y = self.width / 2, self.height / 2
        return half_x + x * (half_x - self.margin_x), half_y - y * (half_y - self.margin_y)


PLANE = Canvas(900, 620, 44, 28)
FOUR = Canvas(460, 320, 70, 40)
RUG = Canvas(600, 34, 8, 5)


@dataclass(frozen=True)
class Dot:
    """A word in the plane; kind: "chosen", "near" to the chosen one, or nothing. is_named: whether it is written."""

    word: str
    x: float
    y: float
    kind: str
    is_named: bool


def dots(words: Sequence[str], points: np.ndarray, chosen: str, near: Sequence[str]) -> list[Dot]:
    """The words at points (N, 2), those of the choice last, so that they lie above; written where there is room."""
    kinds = {**dict.fromkeys(near, "near"), chosen: "chosen"}
    places = [PLANE.at(float(x), float(y)) for x, y in points]
    order = sorted(range(len(words)), key=lambda row: (-len(kinds.get(words[row], "")), row))
    taken: list[tuple[float, float, float, float]] = []
    named = set()
    for row in order:
        (x, y), wide = places[row], _LETTER * len(words[row])
        box = (x - wide / 2, y - 1.5 * _LINE, x + wide / 2, y + 0.3 * _LINE)
        is_inside = box[0] >= 0 and box[2] <= PLANE.width and box[1] >= 0
        if is_inside and not any(_overlap(box, other) for other in taken):
            taken.append(box)
            named.add(row)
    return [Dot(words[row], *places[row], kinds.get(words[row], ""), row in named) for row in reversed(order)]


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@dataclass(frozen=True)
class Mark:
    """A word of the parallelogram, and how far its name stands below its point."""

    word: str
    x: float
    y: float
    below: int


def marks(found: Parallelogram) -> dict[str, Mark]:
    """a, b, c and d, and `end`, where the sum lies; of two near each other one is named above and one below."""

    def mark(corner: Corner) -> Mark:
        x, y = FOUR.at(corner.x, corner.y)
        others = [FOUR.at(each.x, each.y) for each in corners.values() if each is not corner and each.word]
        is_lower = any(abs(x - other_x) < 90 and 0 <= y - other_y < 30 for other_x, other_y in others)
        return Mark(corner.word, x, y, 20 if is_lower else -10)

    corners = {name: getattr(found, name) for name in ("a", "b", "c", "d", "end")}
    return {name: mark(corner) for name, corner in corners.items()}


def rug(found: Axis) -> str:
    """The path of a short line a word; the outermost one, in either direction, reaches the margin."""
    top, bottom = RUG.margin_y, RUG.height - RUG.margin_y
    xs = sorted({round(RUG.at(float(each) / found.reach, 0)[0], 1) for each in found.all})
    return " ".join(f"M{x:g} {top}V{bottom}" for x in xs)
