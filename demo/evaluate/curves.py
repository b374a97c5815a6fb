"""Learning curves as inline SVG, in the colours of the page, light or dark."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE

from ..shared.lists import empty
from ..shared.templating import macros

CHARTS = "evaluate/charts.html.jinja"
TICKS = 4  # lines across, at most one more
LABELS = 8  # epochs named below, at most
Numbers = list[float | None]


@dataclass(frozen=True)
class Line:
    """One curve: a value an epoch, None where there is none."""

    title: str
    kind: str  # a class of the style sheet
    values: Numbers


@dataclass(frozen=True)
class Box:
    """The sides of the drawing in a picture of `width` and `height`."""

    width: int = 380
    height: int = 190
    left: int = 40
    right: int = 368
    top: int = 12
    bottom: int = 164


BOX = Box()


@dataclass(frozen=True)
class Point:
    """Where a value stands, and the step it belongs to."""

    x: float
    y: float
    step: str
    value: float


@dataclass(frozen=True)
class Steps:
    """What a chart runs over, from left to right: what one is called, several are, and what each says."""

    name: str
    names: str
    says: tuple[str, ...] = ()  # counted from 1 where nothing is said

    def at(self, row: int) -> str:
        return self.says[row] if self.says else str(row + 1)


EPOCHS = Steps("epoch", "epochs")


def curves_html(history: Sequence[Mapping[str, Any]]) -> Markup:
    """Three charts of a run's record; a dashed line stands where training was taken up again, epoch 1 once more."""
    if not history:
        return empty("No record of its training comes with this model.")
    rsum = [Line("sum of recalls", "ink", [value(each, "dev", "rsum") for each in history])]
    true = [
        Line("caption → pictures", "pictures", [satisfied(each, TEXT_TO_IMAGE.name) for each in history]),
        Line("picture → captions", "words", [satisfied(each, IMAGE_TO_TEXT.name) for each in history]),
    ]
    loss = [Line("loss", "ink", [value(each, "loss") for each in history])]
    rounds = starts(history)
    note = "Measured after every epoch on pictures kept apart from training."
    if len(rounds) > 1:
        note += " A dashed line: training was taken up again, perhaps with another loss."
    return charts(
        chart("Sum of the six recalls", rsum, rounds),
        chart("First answers that are true, %", true, rounds),
        chart("Loss in training", loss, rounds, joined=False),
        note=note,
    )


def charts(*drawn: str, note: str) -> Markup:
    """Charts beside one another, and what is said of them."""
    return macros(CHARTS).charts(drawn, note)


def value(entry: Mapping[str, Any], *path: str) -> float | None:
    """A number somewhere in an entry; None where it is not."""
    found: Any = entry
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return float(found) if isinstance(found, int | float) and math.isfinite(found) else None


def satisfied(entry: Mapping[str, Any], direction: str) -> float | None:
    return value(entry, "dev", "truth", direction, "satisfied_at_1")


def starts(history: Sequence[Mapping[str, Any]]) -> list[int]:
    """The entries at which the epochs begin to count anew, the first one too."""
    epochs = [value(each, "epoch") or 0 for each in history]
    return [row for row in range(len(epochs)) if row == 0 or epochs[row] <= epochs[row - 1]]


def ticks(low: float, high: float) -> list[float]:
    """Round numbers from at or below `low` to at or above `high`."""
    span = (high - low) or 1.0
    step = 10.0 ** math.floor(math.log10(span / TICKS))
    step = next(step * factor for factor in (1, 2, 5, 10) if span / (step * factor) <= TICKS)
    first = math.floor(low / step + 1e-9)
    return [round(step * each, 10) for each in range(first, math.ceil(high / step - 1e-9) + 1)]


def chart(
    title: str, lines: Sequence[Line], rounds: Sequence[int] = (0,), joined: bool = True, steps: Steps = EPOCHS
) -> str:
    """One chart; `joined` says whether a curve goes on from one round of training to the next."""
    known = [each for line in lines for each in line.values if each is not None]
    if not known:
        return ""
    count = len(lines[0].values)
    marks = ticks(min(known), max(known))
    low, high = marks[0], marks[-1] if len(marks) > 1 else marks[0] + 1

    def x(row: float) -> float:
        return BOX.left + (BOX.right - BOX.left) * (row / max(1, count - 1) if count > 1 else 0.5)

    def y(number: float) -> float:
        return BOX.top + (BOX.bottom - BOX.top) * (high - number) / (high - low)

    def run(line: Line, rows: range) -> list[Point]:
        found = ((row, line.values[row]) for row in rows)
        return [Point(x(row), y(number), steps.at(row), number) for row, number in found if number is not None]

    cuts = [0, count] if joined else [*rounds, count]
    return macros(CHARTS).chart(
        title,
        [(line, [run(line, range(*ends)) for ends in pairwise(cuts)]) for line in lines],
        BOX,
        [(y(mark), mark) for mark in marks],
        [(x(row), steps.at(row)) for row in range(0, count, -(-count // LABELS))],
        [x(row - 0.5) for row in rounds[1:]],
        steps.name,
        f"{count} {steps.names}",
    )
