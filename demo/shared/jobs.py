"""Work that runs behind the page: loading a model, drawing a map, measuring, indexing."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from vse.data import Collection
from vse.errors import VSEError
from vse.evaluation.score_scale import Scale
from vse.io.paths import BUNDLED, MODELS
from vse.search.stores.base import EXACT

from .pictures import Photographs

if TYPE_CHECKING:  # torch takes seconds to import, and the page should not wait for it
    from vse.encoders.base import Encoder
    from vse.search.searcher import Searcher

T = TypeVar("T")
Report = Callable[[str, int, int], None]  # what is being done, how much of it is done, of how much (0: not known)
UNEXPECTED = "This could not be computed; the server's log says why."
CANCELLED = "This was cancelled: ask for it again when you want it."
_MB = 1_000_000
_LOOK = 0.3  # seconds between two looks at a model that is loading

_log = logging.getLogger(__name__)


class CancelledError(VSEError):
    """A job that somebody stopped."""


class Job(Generic[T]):
    """Work in a thread of its own, begun when its result is first wanted; the result is only read afterwards.

    `status` is a few words about what is being done, `done` the share of it from 0 to 1, or None where unknown.

    Args:
        make: does the work; calls what it is given between its steps, which raises CancelledError once it is cancelled.
        status: what is being done, before `make` says so.
        cancelled: what is said of it when it was cancelled.
        owner: the session of the visitor whose job it is; empty for one that all visitors share.
    """

    def __init__(
        self, make: Callable[[Report], T], status: str = "", cancelled: str = CANCELLED, owner: str = ""
    ) -> None:
        self.status, self.owner = status, owner
        self.done: float | None = None
        self.stopped = threading.Event()
        self._make, self._cancelled = make, cancelled
        self._started = threading.Lock()
        self._result: Future[T] = Future()

    def start(self) -> Job[T]:
        """Begin; a second call does nothing."""
        if self._started.acquire(blocking=False):
            threading.Thread(target=self._run, name=self.status, daemon=True).start()
        return self

    def cancel(self) -> None:
        """Stop at the next step; a shared job is for the person at the machine to stop, see `may_cancel`."""
        self.stopped.set()

    def may_cancel(self, session: str | None, at_machine: bool) -> bool:
        """Whether a visitor may stop it: their own, and at the machine what all share."""
        return session == self.owner if self.owner else at_machine

    def is_ready(self, wait: float = 0.0) -> bool:
        """Whether it has ended, well or not, after at most `wait` seconds."""
        with suppress(FutureTimeoutError):
            self._result.exception(wait)
            return True
        return False

    def result(self) -> T:
        """What it came to, begun and waited for where it is not there yet.

        Raises:
            VSEError: what went wrong, or that it was cancelled.
        """
        self.start()
        return self._result.result()

    def value(self) -> T | None:
        """What it came to, as far as it is there now."""
        return self._result.result() if self.is_ready() and self._result.exception() is None else None

    def was_cancelled(self) -> bool:
        return self.is_ready() and isinstance(self._result.exception(), CancelledError)

    def problem(self) -> str:
        """What went wrong, in a sentence; empty where nothing did so far."""
        error = self._result.exception() if self.is_ready() else None
        if error is None:
            return ""
        return str(error) if isinstance(error, VSEError) else UNEXPECTED

    def then(self, done: Callable[[], None]) -> None:
        """Call this once it has ended, well or not."""
        self._result.add_done_callback(lambda _: done())

    def finish(self, result: T) -> None:
        """End it with a result that is there already."""
        self._started.acquire(blocking=False)
        self._result.set_result(result)

    def fail(self, error: VSEError) -> None:
        """End it with what went wrong before it was begun."""
        self._started.acquire(blocking=False)
        self._result.set_exception(error)

    def report(self, status: str, done: int, total: int) -> None:
        """Remember how far it is.

        Raises:
            CancelledError: when it was cancelled.
        """
        if self.stopped.is_set():
            raise CancelledError(self._cancelled)
        self.status, self.done = status, done / total if total else None

    def _run(self) -> None:
        try:
            self._result.set_result(self._make(self.report))
        except BaseException as error:  # whoever asks for the result gets it
            if not isinstance(error, VSEError):
                _log.exception("A job failed: %s", self.status)
            self._result.set_exception(error)


class Jobs:
    """The jobs that all visitors share, by what they are of.

    Args:
        most: how many are kept of those that have ended; those that were begun first go first.
    """

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        self._jobs: dict[Hashable, Job[Any]] = {}
        self._lock = threading.Lock()

    def known(self, key: Hashable) -> Job[Any] | None:
        """The job of that key, where it was begun."""
        return self._jobs.get(key)

    def begin(self, key: Hashable, make: Callable[[], Job[T]], again: bool = False) -> Job[T]:
        """The job of that key, made and begun where nobody did before; with `again` also where it has failed."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None or (again and job.problem()):
                job = self._jobs[key] = make()
            if self.most is not None:
                ended = [each for each, known in self._jobs.items() if known is not job and known.is_ready()]
                for each in ended[: len(self._jobs) - self.most]:
                    del self._jobs[each]
            return job.start()

    def cancel(self, session: str | None, at_machine: bool) -> None:
        """Stop those under way that this visitor may stop."""
        for job in list(self._jobs.values()):
            if not job.is_ready() and job.may_cancel(session, at_machine):
                job.cancel()


@dataclass(frozen=True)
class Opened:
    """A model that is ready: its searcher, and what its scores are worth."""

    name: str
    searcher: Searcher
    scale: Scale


class Encoders:
    """The models that all visitors share, each loaded once however many collections it searches."""

    def __init__(self) -> None:
        self._found: dict[str, Encoder] = {}
        self._locks: dict[str, threading.Lock] = {}

    def open(self, model: str | Path, progress: Callable[[int, int], None]) -> Encoder:
        """The model of a name, loaded by whoever asks first; the others wait.

        Raises:
            VSEError: what went wrong while loading; whoever asks next tries again.
        """
        name = str(model)
        with self._locks.setdefault(name, threading.Lock()):
            if name not in self._found:
                self._found[name] = open_encoder(model, progress)
            return self._found[name]


class Loading(Job[Opened]):
    """A model over a collection, loaded when first asked for.

    Args:
        model: a bundled model's name, a model folder's path, or any other name that `vse.load_model` takes.
        collection: what it searches.
        encoders: where the model is shared with other collections.
        store: where the vectors are kept, as for `vse.search.vectors.store_of`.
    """

    def __init__(
        self, model: str | Path, collection: Collection, encoders: Encoders | None = None, store: str = EXACT
    ) -> None:
        self._store = store  # may hold a password
        self.model, self.collection, self.encoders = model, collection, encoders or Encoders()
        self.name = name_of(model)
        told = f"Loading {self.name} was cancelled; what was fetched is kept for the next time."
        super().__init__(self._load, f"Loading the model {self.name}", told)

    @classmethod
    def of(cls, searcher: Searcher) -> Loading:
        """Around a searcher that is already open."""
        loading = cls(searcher.encoder.name, searcher.collection)
        loading.finish(Opened(loading.name, searcher, Scale.of(searcher)))
        return loading

    def _load(self, report: Report) -> Opened:
        from vse.search.searcher import Searcher

        encoder = self.encoders.open(self.model, self._fetched)
        parts = self.collection.parts if isinstance(self.collection, Photographs) else {}
        if parts:  # each folder has an index of its own
            joined = Searcher.joined([Searcher.open(encoder, each, self._read) for each in parts.values()], list(parts))
            rows = [self.collection.rows[item.id] for item in joined.collection.items]
            searcher = replace(joined, collection=self.collection.of_rows(rows))
        else:
            searcher = Searcher.open(encoder, self.collection, self._read, self._store)
        warm_up(searcher)
        return Opened(self.name, searcher, Scale.of(searcher))

    def _fetched(self, done: int, total: int) -> None:
        of = f" of {total / _MB:,.0f}" if total else ""
        self.report(f"Fetching {self.name}: {done / _MB:,.0f}{of} MB", done, total)

    def _read(self, done: int, total: int) -> None:
        self.report(f"Reading the collection for the first time: {done:,} of {total:,}", done, total)


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
    return loading.result().searcher.encoder
