"""Maps made behind the page: one a model and layout, for all visitors, with how far each is and a way to stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vse.errors import QueryError
from vse.maps.projection import Cloud, Projection

from ..shared.jobs import CancelledError, Opened

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

LAYOUTS = {"joint-centred": "Joint, centred", "joint": "Joint", "per-modality": "Per modality"}
DEFAULT_LAYOUT = next(iter(LAYOUTS))


@dataclass(frozen=True, eq=False)
class Map:
    """A map that can be drawn.

    clouds: what it was made of, in the order of its points.
    gap: the distance between the mean picture and the mean caption of the collection; None without captions.
    """

    model: str
    layout: str
    searcher: Searcher
    projection: Projection
    clouds: tuple[Cloud, ...]
    gap: float | None

    def place(self, vectors: np.ndarray, modality: str) -> np.ndarray:
        """About where new vectors (M, D) of a modality stand: (M, 2) float32."""
        from vse.maps.points import place_on

        return place_on(self.projection, self.clouds, vectors, modality)

    def cloud(self, modality: str) -> Cloud | None:
        return next((each for each in self.clouds if each.modality == modality), None)


Make = Callable[["Making"], Map]


class Making:
    """A map that is made when first asked for; `status` and `done` as those of `demo.shared.jobs.Loading`."""

    def __init__(self, name: str, make: Make) -> None:
        self.name, self._make = name, make
        self.status, self.done = f"Drawing the map of {name}", 0.0
        self._started, self._stopped = threading.Lock(), threading.Event()
        self._made: Future[Map] = Future()

    def start(self) -> Making:
        if self._started.acquire(blocking=False):
            threading.Thread(target=self._run, name=f"map-{self.name}", daemon=True).start()
        return self

    def cancel(self) -> None:
        """Stop before its next stage; nothing half-made is kept."""
        self._stopped.set()

    def is_ready(self, wait: float = 0.0) -> bool:
        """Whether making it has ended, well or not, after at most `wait` seconds."""
        with suppress(FutureTimeoutError):
            self._made.exception(wait)
            return True
        return False

    def problem(self) -> BaseException | None:
        """What went wrong, as far as is known now."""
        return self._made.exception() if self.is_ready() else None

    def map(self) -> Map:
        """The map, waited for where it is not there yet.

        Raises:
            VSEError: what went wrong, or that it was cancelled.
        """
        return self.start()._made.result()

    def report(self, share: float, what: str) -> None:
        """Remember how far it is.

        Raises:
            CancelledError: when it was cancelled.
        """
        if self._stopped.is_set():
            raise CancelledError(f"Drawing the map of {self.name} was cancelled: draw it again when you want it.")
        self.status, self.done = f"Drawing the map of {self.name}: {what}", share

    def _run(self) -> None:
        try:
            self._made.set_result(self._make(self))
        except BaseException as error:  # whoever asks for the map gets it
            self._made.set_exception(error)


class MapStore:
    """Every map of the page, each made once; one that failed is tried again when it is next asked for."""

    def __init__(self) -> None:
        self._makings: dict[tuple[str, str], Making] = {}
        self._lock, self._one_at_a_time = threading.Lock(), threading.Lock()

    def making(self, opened: Opened, layout: object) -> Making:
        """The map of a model in a layout, begun where nobody asked for it yet.

        Raises:
            QueryError: for a layout that there is not.
        """
        name = check_layout(layout)
        key = opened.searcher.encoder.fingerprint, name
        with self._lock:
            found = self._makings.get(key)
            if found is None or found.problem():
                found = self._makings[key] = Making(opened.name, lambda making: self._map(opened, name, making))
            return found.start()

    def cancel(self) -> None:
        """Stop whatever is being made."""
        for making in list(self._makings.values()):
            if not making.is_ready():
                making.cancel()

    def _map(self, opened: Opened, layout: str, making: Making) -> Map:
        with self._one_at_a_time:
            return map_of_model(opened, layout, making.report)


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
    from vse.maps.points import MAPS, clouds_of, map_of

    searcher = opened.searcher
    report(0.0, "reading the vectors")
    projection = map_of(searcher.encoder, searcher.collection, MAPS[layout], report)
    clouds = clouds_of(searcher.encoder, searcher.collection)
    gap = modality_gap(searcher.images.vectors, searcher.captions.vectors) if searcher.captions else None
    return Map(opened.name, layout, searcher, projection, clouds, gap)
