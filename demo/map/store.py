"""Maps made behind the page: one a model and layout, for all visitors, with how far each is and a way to stop it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vse.errors import CollectionError, QueryError
from vse.maps.projection import WORD, Cloud, Projection

from ..shared.jobs import Job, Jobs, Opened, Report
from .axes import Ends, Plane, mean_for, plane_of

if TYPE_CHECKING:
    from vse.maps.regions import Region
    from vse.search.searcher import Searcher

LAYOUTS = {"joint-centred": "Joint, centred", "joint": "Joint", "per-modality": "Per modality"}
AXES = "axes"  # two of them in the place of a layout, see `axes`
CHOICES = {**LAYOUTS, AXES: "Axes"}
DEFAULT_LAYOUT = next(iter(LAYOUTS))
_KEPT = 24  # maps; one that went is read again from the cache
_CLOUDS = 4  # models and collections whose vectors are kept for further layouts
_clouds: OrderedDict[tuple[str, str], tuple[Cloud, ...]] = OrderedDict()


@dataclass(frozen=True, eq=False)
class Map:
    """A map that can be drawn.

    clouds: what it was made of, in the order of its points.
    gap: the distance between the mean picture and the mean caption of the collection; None without captions.
    plane: the axes that it is laid out by, where it is.
    regions: the named groups of its pictures, at each level.
    """

    model: str
    layout: str
    searcher: Searcher
    projection: Projection
    clouds: tuple[Cloud, ...]
    gap: float | None
    plane: Plane | None = None
    regions: tuple[tuple[Region, ...], ...] = ()

    def place(self, vectors: np.ndarray, modality: str) -> np.ndarray:
        """About where new vectors (M, D) of a modality stand: (M, 2) float32."""
        from vse.maps.points import place_on

        if self.plane:
            return self.plane.place(vectors, mean_for(self.searcher, self.cloud(modality), modality))
        return place_on(self.projection, self.clouds, vectors, modality)

    def cloud(self, modality: str) -> Cloud | None:
        return next((each for each in self.clouds if each.modality == modality), None)


class MapStore:
    """The maps of the page, drawn once for all visitors; one that failed is drawn again when it is next wanted."""

    def __init__(self) -> None:
        self.jobs = Jobs(_KEPT)
        self._one_at_a_time = threading.Lock()

    def drawing(self, opened: Opened, layout: object, ends: Ends | None = None) -> Job[Map]:
        """The map of a model in a layout, or by the axes of four ends, begun where nobody asked for it yet.

        Raises:
            QueryError: for a layout that there is not.
        """
        name, title = AXES if ends else check_layout(layout), f"Drawing the map of {opened.name}"

        def draw(report: Report) -> Map:
            with self._one_at_a_time:
                told = lambda share, what: report(f"{title}: {what}", round(100 * share), 100)  # noqa: E731
                return map_by_axes(opened, ends, told) if ends else map_of_model(opened, name, told)

        cancelled = f"{title} was cancelled: draw it again when you want it."
        key = opened.searcher.collection.key, opened.searcher.encoder.fingerprint, name, ends
        return self.jobs.begin(key, lambda: Job(draw, title, cancelled), again=True)


def check_layout(layout: object) -> str:
    """
    Raises:
        QueryError: for a layout that there is not.
    """
    if not isinstance(layout, str) or layout not in LAYOUTS:
        raise QueryError(f"No layout {layout!r} of the map: give one of {', '.join(LAYOUTS)}.")
    return layout


def map_of_model(opened: Opened, layout: str, report: Callable[[float, str], None]) -> Map:
    """The map of a model's collection: what ships, what is cached, or one made now.

    Raises:
        CollectionError: for a collection without pictures.
    """
    from vse.maps.geometry import modality_gap
    from vse.maps.points import MAPS, map_of
    from vse.search.stores.base import some_rows

    searcher = opened.searcher
    report(0.0, "reading the vectors")
    projection = map_of(searcher.encoder, searcher.collection, MAPS[layout], report, indexes=searcher.indexes)
    clouds = shared_clouds(searcher)
    gap = modality_gap(some_rows(searcher.images), some_rows(searcher.captions)) if searcher.captions else None
    report(1.0, "naming its regions")
    return Map(opened.name, layout, searcher, projection, clouds, gap, regions=_named(searcher, projection, clouds))


def map_by_axes(opened: Opened, ends: Ends, report: Callable[[float, str], None]) -> Map:
    """Everything on the map where it stands along two axes, each coordinate a cosine; how true that is, is their score.

    Raises:
        CollectionError: for a collection without pictures.
        QueryError, TextError: for ends that make no axis.
    """
    from vse.maps.projection import Parameters

    searcher = opened.searcher
    if not len(searcher.collection):
        raise CollectionError(f"{searcher.collection.name} has no pictures to lay out: choose one with pictures.")
    report(0.0, "reading the vectors")
    plane = plane_of(searcher, ends)
    clouds = shared_clouds(searcher)
    points = [plane.place(cloud.vectors, mean_for(searcher, cloud, cloud.modality)) for cloud in clouds]
    ids = {cloud.modality: cloud.ids for cloud in clouds}
    projection = Projection(searcher.encoder.fingerprint, ids, np.concatenate(points), Parameters(), 0, {})
    return Map(opened.name, AXES, searcher, projection, clouds, None, plane, _named(searcher, projection, clouds))


def shared_clouds(searcher: Searcher) -> tuple[Cloud, ...]:
    """What the maps of a model and a collection are made of, once for all their layouts."""
    from vse.maps.points import clouds_of

    key = searcher.collection.key, searcher.encoder.fingerprint
    found = _clouds.pop(key, None) or clouds_of(searcher.encoder, searcher.collection, indexes=searcher.indexes)
    _clouds[key] = found
    while len(_clouds) > _CLOUDS:
        _clouds.popitem(last=False)
    return found


def _named(searcher: Searcher, projection: Projection, clouds: tuple[Cloud, ...]) -> tuple[tuple[Region, ...], ...]:
    from vse.maps.regions import everyday_words, regions_of

    words = None if any(cloud.modality == WORD for cloud in clouds) else everyday_words(searcher.encoder)
    return regions_of(projection, clouds, words=words)
