"""One model over a collection: loaded once, in a thread of its own, and only read afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vse.data import Collection
from vse.errors import VSEError
from vse.io.paths import BUNDLED, MODELS

from .percentiles import Scale

if TYPE_CHECKING:  # torch takes seconds to import, and the page should not wait for it
    from vse.encoders.base import Encoder
    from vse.search.searcher import Searcher

_MB = 1_000_000
_LOOK = 0.3  # seconds between two looks at a model that is loading
Report = Callable[[str, int, int], None]  # what is being done, how much of it is done, of how much (0: not known)


class CancelledError(VSEError):
    """Loading that a visitor stopped."""


@dataclass(frozen=True)
class Opened:
    """A model that is ready: its searcher, and what its scores are worth."""

    name: str
    searcher: Searcher
    scale: Scale


class Loading:
    """A model that is loaded when first asked for.

    `status` is a few words about what is being done, `done` the share of it from 0 to 1, or None where unknown.

    Args:
        model: a bundled model's name, a model folder's path, or any other name that `vse.load_model` takes.
        collection: what it searches.
    """

    def __init__(self, model: str | Path, collection: Collection) -> None:
        self.model, self.collection = model, collection
        self.name = name_of(model)
        self.status = f"Loading the model {self.name}"
        self.done: float | None = None
        self._started = threading.Lock()
        self._stopped = threading.Event()
        self._opened: Future[Opened] = Future()

    @classmethod
    def of(cls, searcher: Searcher) -> Loading:
        """Around a searcher that is already open."""
        loading = cls(searcher.encoder.name, searcher.collection)
        loading._started.acquire()
        loading.finish(searcher)
        return loading

    def start(self) -> Loading:
        """Begin to load; a second call does nothing."""
        if self._started.acquire(blocking=False):
            threading.Thread(target=self._load, name=f"load {self.name}", daemon=True).start()
        return self

    def cancel(self) -> None:
        """Stop at the next step of progress; what was fetched so far is kept for the next time."""
        self._stopped.set()

    def opened(self) -> Opened:
        """The model, waited for where it is still loading.

        Raises:
            VSEError: what went wrong while loading.
        """
        return self.start()._opened.result()

    def is_ready(self, wait: float = 0.0) -> bool:
        """Whether loading has ended, well or not, after at most `wait` seconds."""
        with suppress(FutureTimeoutError):
            self._opened.exception(wait)
            return True
        return False

    def problem(self) -> BaseException | None:
        """What went wrong, as far as is known now."""
        return self._opened.exception() if self.is_ready() else None

    def then(self, done: Callable[[Loading], None]) -> None:
        """Call this once loading has ended, well or not."""
        self._opened.add_done_callback(lambda _: done(self))

    def finish(self, searcher: Searcher) -> None:
        self._opened.set_result(Opened(self.name, searcher, Scale.of(searcher)))

    def _load(self) -> None:
        try:
            from vse.search.searcher import Searcher

            searcher = Searcher.open(open_encoder(self.model, self._fetched), self.collection, self._read)
            warm_up(searcher)
            self.finish(searcher)
        except BaseException as error:  # whoever asks for the model gets it
            self._opened.set_exception(error)

    def _fetched(self, done: int, total: int) -> None:
        of = f" of {total / _MB:,.0f}" if total else ""
        self._report(f"Fetching {self.name}: {done / _MB:,.0f}{of} MB", done, total)

    def _read(self, done: int, total: int) -> None:
        self._report(f"Reading the collection for the first time: {done:,} of {total:,}", done, total)

    def _report(self, status: str, done: int, total: int) -> None:
        if self._stopped.is_set():
            raise CancelledError(f"Loading {self.name} was cancelled; what was fetched is kept for the next time.")
        self.status, self.done = status, done / total if total else None


def open_encoder(model: str | Path, progress: Callable[[int, int], None]) -> Encoder:
    """The model of a name, fetched first where it is not here."""
    from vse.encoders.registry import load_model

    return load_model(model, progress=progress)


def name_of(model: str | Path) -> str:
    """What to call a model before it is there: a folder's name, or the name it was asked for by."""
    return Path(model).name if isinstance(model, Path) or Path(model).is_dir() else str(model).removeprefix(BUNDLED)


def warm_up(searcher: Searcher) -> float:
    """Run each tower once, so that no visitor pays for the first time; the seconds it took."""
    began = time.perf_counter()
    items = searcher.collection.items
    if items:
        searcher.nearest_images(searcher.encoder.encode_images([items[0].image_path])[0], 1)
    if searcher.collection.captions:
        with suppress(VSEError):  # the model may not know a word of it
            searcher.search_text(searcher.collection.captions[0], 1)
    return time.perf_counter() - began


def folder_of(loading: Loading) -> Path | None:
    """The model's folder; None for a model that is none."""
    for folder in (MODELS / str(loading.model), Path(loading.model)):
        if folder.is_dir():
            return folder
    return None


def opened(loading: Loading, report: Report) -> Encoder:
    """The model, waited for while it says how far it is.

    Raises:
        VSEError: when it cannot be loaded.
    """
    while not loading.start().is_ready(_LOOK):
        done = loading.done
        report(loading.status, 0 if done is None else round(1000 * done), 0 if done is None else 1000)
    return loading.opened().searcher.encoder
