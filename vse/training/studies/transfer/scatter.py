"""Photographs laid in a plane by each of some layers, coloured by label (Donahue et al. 2014, DeCAF, figure 1).

The points alone are kept, without the photographs. Each plane is turned like the one of the layer before, so that what
moves is what changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vse.evaluation.tables import figure, table
from vse.io.progress import Shows
from vse.maps.fit import fit, turned_like, unit_square
from vse.maps.projection import Cloud, Parameters
from vse.modalities import IMAGE
from vse.modalities.image.backbones.build import Backbone
from vse.training.studies.transfer.labelled import Labelled
from vse.training.studies.transfer.layers import of_layer, prepared
from vse.training.studies.transfer.probe import neighbours

SIDE = 1000  # of the plane: points are whole numbers from 0 to this

Layout = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Plane:
    """A layer's: `depth` its number from 1, `points` one of two numbers a photograph, and how many of these have
    their nearest neighbour, in all dimensions, among their own label, in percent."""

    layer: str
    depth: int
    width: int
    points: tuple[tuple[int, int], ...]
    nearest: float


def laid_out(rows: np.ndarray) -> np.ndarray:
    """(N, F) -> (N, 2) by UMAP, from -1 to 1."""
    ids = tuple(map(str, range(len(rows))))
    return fit([Cloud(IMAGE, ids, rows)], "", Parameters(min_dist=0.5)).points


def depths(count: int, planes: int) -> list[int]:
    """So many of the layers 1 to `count`, evenly, the first and the last among them."""
    return sorted({round(place) for place in np.linspace(1, count, planes)})


def planes_of(
    backbone: Backbone, photographs: Labelled, planes: int, shows: Shows, layout: Layout | None = None
) -> list[Plane]:
    """Of the layers that `depths` chooses, in their order."""
    statistics, averages = prepared(backbone, photographs, shows)
    found: list[Plane] = []
    before: np.ndarray | None = None
    chosen = depths(len(statistics.layers), planes)
    with shows("planes") as progress:
        for done, depth in enumerate(chosen, 1):
            name = statistics.layers[depth - 1]
            rows = of_layer(statistics, averages, name)
            points = (layout or laid_out)(rows)
            if before is not None:
                points = unit_square(turned_like(points, before))
            before = points
            whole = np.rint((points + 1) / 2 * SIDE).astype(int)
            near = neighbours(rows, photographs.of).precision_at_1
            found.append(Plane(name, depth, rows.shape[1], tuple((x, y) for x, y in whole.tolist()), near))
            if progress:
                progress(done, len(chosen))
    return found


def planes_table(planes: list[Plane]) -> str:
    """Markdown."""
    lines = [[str(each.depth), f"`{each.layer}`", f"{each.width:,}", figure(each.nearest)] for each in planes]
    return "\n".join(table(["", "layer", "features", "nearest has the same label"], lines))


def to_json(plane: Plane) -> dict[str, Any]:
    """Its points as one text, "x,y x,y ...", which takes a tenth of the lines."""
    return {**asdict(plane), "points": " ".join(f"{x},{y}" for x, y in plane.points)}
