"""Sums of a photograph and words, over the weight of the words. Only reads what ships, without the photographs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup

from vse.io.configs import read_json
from vse.io.paths import ASSETS
from vse.search.arithmetic import DESCRIBED, PLAIN, WAYS

from ..shared.templating import render
from .curves import Line, Steps, chart, value

SHIPPED = "arithmetic-*.json"  # one a collection, by `python -m vse arithmetic ... --json`
DRAWN = {PLAIN: "other", "rejected": "words", DESCRIBED: "pictures"}  # way -> a class of the style sheet
FIGURES = {"truth_at_1": "Shows the new thing, not the old one, %", "kept": "Kept of the rest, %"}


def photo_sums_html(assets: Path = ASSETS) -> Markup:
    """A section a collection on which sums were scored; nothing where none ships."""
    return Markup("").join(_section(read_json(path)) for path in sorted(assets.glob(SHIPPED)))


def _section(found: dict[str, Any]) -> Markup:
    figures = {name: title for name, title in FIGURES.items() if name in found["overall"]}
    return render(
        "evaluate/photo_sums.html.jinja",
        about=found["about"],
        charts=[_chart(title, name, found["curves"]) for name, title in figures.items()],
        figures=figures,
        way=WAYS[found["way"]].title,
        rows={"picture − old + new": found["overall"], **found["ablations"]},
        swaps=found["by_swap"],
        notes=found["notes"],
    )


def _chart(title: str, figure: str, curves: dict[str, list[dict[str, Any]]]) -> str:
    """One figure of some ways over the weight of the words; of ways that are the same everywhere one is drawn."""
    lines: list[Line] = []
    for way, kind in DRAWN.items():
        values = [None if share is None else 100 * share for share in (value(at, figure) for at in curves[way])]
        if values not in [line.values for line in lines]:
            lines.append(Line(WAYS[way].title, kind, values))
    weights = tuple(f"{at['weight']:g}" for at in curves[PLAIN])
    return chart(title, lines, steps=Steps("weight", "weights of the words", weights))
