"""Photographs in a plane, layer by layer, coloured by label. Only reads the points that ship."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from vse.io.configs import read_json
from vse.io.paths import ASSETS

from ..shared.templating import render

MAPS = ASSETS / "transfer-map.json"


def layer_maps_html(path: Path = MAPS) -> Markup:
    """The section; nothing where no points ship."""
    if not path.is_file():
        return Markup("")
    found = read_json(path)
    labels, of = found["about"]["labels"], found["of"]
    return render(
        "evaluate/layer_maps.html.jinja",
        about=found["about"],
        count=len(of),
        labels=labels,
        planes=[{**plane, "dots": dots(plane["points"], of, len(labels))} for plane in found["planes"]],
    )


def dots(points: str, of: list[int], labels: int) -> list[str]:
    """A path of SVG a label: a line of no length, which its round or square ends make a dot, at each point "x,y"."""
    parts: list[list[str]] = [[] for _ in range(labels)]
    for point, label in zip(points.split(), of, strict=True):
        x, y = map(int, point.split(","))
        parts[label].append(f"M{x} {y}h0")
    return ["".join(each) for each in parts]
