"""Learning curves as inline SVG, in the colours of the page, light or dark. Nothing here comes from a visitor."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE

WIDTH, HEIGHT = 380, 190
LEFT, RIGHT, TOP, BOTTOM = 40, 12, 12, 26  # of the drawing within the picture
TICKS = 4  # lines across, at most one more
LABELS = 8  # epochs named below, at most
Numbers = list[float | None]


@dataclass(frozen=True)
class Line:
    """One curve: a value an epoch, None where there is none."""

    title: str
    kind: str  # a class of the style sheet
    values: Numbers


def curves_html(history: Sequence[Mapping[str, Any]]) -> str:
    """Three charts of a run's record; a dashed line stands where training was taken up again, epoch 1 once more."""
    if not history:
        return '<p class="nothing">No record of its training comes with this model.</p>'
    rsum = [Line("sum of recalls", "ink", [value(each, "dev", "rsum") for each in history])]
    true = [
        Line("words → pictures", "pictures", [satisfied(each, TEXT_TO_IMAGE.name) for each in history]),
        Line("picture → captions", "words", [satisfied(each, IMAGE_TO_TEXT.name) for each in history]),
    ]
    loss = [Line("loss", "ink", [value(each, "loss") for each in history])]
    rounds = starts(history)
    charts = chart("Sum of the six recalls", rsum, rounds) + chart("First answers that are true, %", true, rounds)
    charts += chart("Loss in training", loss, rounds, joined=False)
    note = "Measured after every epoch on pictures kept apart from training."
    if len(rounds) > 1:
        note += " A dashed line: training was taken up again, perhaps with another loss."
    return f'<div class="charts">{charts}</div><p class="note">{note}</p>'


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


def chart(title: str, lines: Sequence[Line], rounds: Sequence[int], joined: bool = True) -> str:
    """One chart; `joined` says whether a curve goes on from one round of training to the next."""
    known = [each for line in lines for each in line.values if each is not None]
    if not known:
        return ""
    count = len(lines[0].values)
    marks = ticks(min(known), max(known))
    low, high = marks[0], marks[-1] if len(marks) > 1 else marks[0] + 1

    def x(epoch: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (epoch / max(1, count - 1) if count > 1 else 0.5)

    def y(number: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - number) / (high - low)

    grid = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(mark):.1f}" y2="{y(mark):.1f}"/>'
        f'<text x="{LEFT - 7}" y="{y(mark) + 4:.1f}" text-anchor="end">{mark:g}</text>'
        for mark in marks
    )
    every = -(-count // LABELS)
    below = "".join(
        f'<text x="{x(row):.1f}" y="{HEIGHT - 7}" text-anchor="middle">{row + 1}</text>'
        for row in range(0, count, every)
    )
    again = "".join(
        f'<line class="again" x1="{x(row - 0.5):.1f}" x2="{x(row - 0.5):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        for row in rounds[1:]
    )
    cuts = [0, count] if joined else [*rounds, count]
    drawn = "".join(curve(line, cuts, x, y) for line in lines)
    last = ", ".join(f"{line.title} {line.values[-1]:.4g} at the end" for line in lines if line.values[-1] is not None)
    return (
        f'<figure class="chart"><figcaption>{title}{legend(lines)}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title} over {count} epochs: {last}">'
        f"{grid}{again}{below}{drawn}</svg></figure>"
    )


def curve(line: Line, cuts: Sequence[int], x: Any, y: Any) -> str:
    """A polyline from cut to cut, and a point with its number for every epoch."""
    shown = ""
    for begin, end in pairwise(cuts):
        points = [(row, line.values[row]) for row in range(begin, end)]
        places = " ".join(f"{x(row):.1f},{y(number):.1f}" for row, number in points if number is not None)
        shown += f'<polyline class="of-{line.kind}" points="{places}"/>'
        shown += "".join(
            f'<circle class="of-{line.kind}" cx="{x(row):.1f}" cy="{y(number):.1f}" r="2.6">'
            f"<title>epoch {row + 1}: {line.title} {number:.4g}</title></circle>"
            for row, number in points
            if number is not None
        )
    return shown


def legend(lines: Sequence[Line]) -> str:
    if len(lines) < 2:
        return ""
    entries = "".join(f'<span class="key of-{line.kind}">{line.title}</span>' for line in lines)
    return f'<span class="legend">{entries}</span>'
