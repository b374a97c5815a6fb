"""One folder of photographs, indexed behind the page: how far it is, and what can be searched meanwhile."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from vse.data.readers.plain_folder import Choice
from vse.errors import CollectionError, VSEError
from vse.search.folders import Captioned, DamagedStoreError, Skipped, Step, Store

from ..shared.jobs import CancelledError, Job, Report
from .snapshot import Snapshot

if TYPE_CHECKING:
    from vse.encoders.base import Encoder
    from vse.search.stores.exact import EmbeddingIndex

Phase = Literal["looking", "loading", "waiting", "indexing", "captions", "stopping", "stopped", "done", "failed"]
WORKING: tuple[Phase, ...] = ("looking", "loading", "waiting", "indexing", "captions", "stopping")
UNEXPECTED = "The folder could not be indexed; the server's log says why."
_LOOK = 0.3  # seconds between two looks whether it was cancelled
_log = logging.getLogger(__name__)
_numbers = count()


def next_number() -> int:
    """Of what reads folders: no two have the same."""
    return next(_numbers)


@dataclass(frozen=True)
class Status:
    """How far it is.

    found: photographs in the folder. searchable: those that can be found by a search now. pace: photographs a second.
    seconds_left: at that pace; None before there is one. skipped: files that cannot be read, and why. passed_over:
    folders of the system, by their paths in the folder. fresh, gone: photographs that came and went, known at the
    end. indexed: when the index was last brought up to date, in seconds since 1970, None for never. captions:
    how many there are; captions_read: how many the model has read. about_captions: why there are none though there is a
    file of them, or which are left out.
    """

    phase: Phase = "looking"
    found: int = 0
    searchable: int = 0
    pace: float | None = None
    seconds_left: float | None = None
    skipped: tuple[Skipped, ...] = ()
    passed_over: tuple[str, ...] = ()
    fresh: int = 0
    gone: int = 0
    indexed: float | None = None
    problem: str = ""
    captions: int = 0
    captions_read: int = 0
    about_captions: str = ""

    @property
    def is_working(self) -> bool:
        return self.phase in WORKING

    @property
    def share(self) -> float | None:
        """Of the folder that has been looked into, from 0 to 1; None where unknown."""
        return min(1.0, (self.searchable + len(self.skipped)) / self.found) if self.found else None


def nothing_yet(status: Status) -> str:
    """Why nothing can be found so far."""
    if status.phase == "failed":
        return "Nothing is indexed yet; what went wrong is said above."
    if status.is_working:
        return "Nothing is indexed yet: the first photographs can be found in a few seconds."
    if status.phase == "stopped":
        return "Nothing is indexed yet: press Resume."
    return "No photograph of this folder can be read: the list above says why."


def folder_named(text: str) -> Path:
    """The folder of a path, as somebody writes it.

    Raises:
        CollectionError: when there is none.
    """
    text = text.strip().strip("\"'")
    if not text:
        raise CollectionError("No folder was named: give the path of a folder of photographs.")
    try:
        folder = Path(text).expanduser().absolute()
        if folder.is_dir():
            return folder
        there = folder.exists()
    except (OSError, RuntimeError) as error:  # no permission, a path too long, no home
        said = getattr(error, "strerror", None) or error
        raise CollectionError(
            f"{text[:200]!r} cannot be looked at ({said}): check the path and its permissions."
        ) from error
    if there:
        raise CollectionError(f"{folder} is a file, not a folder: give the folder that it lies in.")
    raise CollectionError(f"There is no folder {folder}: check the path.")


def _is_empty(folder: Path) -> bool:
    try:
        return next(folder.iterdir(), None) is None
    except OSError:  # no permission any more: reading it tells that
        return False


def _is_same(one: EmbeddingIndex, other: EmbeddingIndex) -> bool:
    return one.item_ids == other.item_ids and np.array_equal(one.vectors, other.vectors)


class Run:
    """The folder's index, brought up to date in a thread of its own; all visitors share it. No two have one `number`.

    Args:
        folder: an existing folder.
        encoder: gives the model, and may take its time.
        choice: what is left out of the folder, or brought in.
        turn: held while the model reads; of several folders that share it one is read after the other.
    """

    def __init__(
        self,
        folder: Path,
        encoder: Callable[[], Encoder],
        choice: Choice = Choice(),  # noqa: B008 (frozen)
        turn: threading.Lock | None = None,
    ) -> None:
        self.folder, self.choice = folder, choice
        self._turn = turn or threading.Lock()
        self.number = next_number()
        self._encoder, self._store = encoder, Store.of(folder)
        self._lock = threading.Lock()
        self._job: Job[None] | None = None
        self._status = Status()
        self._snapshot: Snapshot | None = None
        self._captioned = Captioned()
        self._latest: EmbeddingIndex | None = None  # as it was read last
        self._shown: EmbeddingIndex | None = None  # the same, or an equal one that was read before
        self._captions: EmbeddingIndex | None = None  # of all captions, once they are encoded

    @property
    def name(self) -> str:
        return self.folder.name or str(self.folder)

    @property
    def runs(self) -> tuple[Run, ...]:
        """As of `Several`."""
        return (self,)

    @property
    def place(self) -> str:
        """Where it lies."""
        return str(self.folder)

    @property
    def status(self) -> Status:
        status, job = self._status, self._job
        is_stopping = status.is_working and job is not None and job.stopped.is_set()
        return replace(status, phase="stopping") if is_stopping else status

    def start(self) -> Run:
        """Begin, or go on; nothing happens while it is at work."""
        with self._lock:
            if self._job is None or self._job.is_ready():
                known = self._status
                self._status = Status(searchable=known.searchable, skipped=known.skipped, passed_over=known.passed_over)
                self._job = Job(self._work, "index photographs")
                self._job.start()
        return self

    def cancel(self) -> None:
        """Stop after the batch in hand; what is done is kept."""
        if self._job is not None:
            self._job.cancel()

    def close(self, wait: float = 10.0) -> None:
        """Cancel, and wait so many seconds at most for it to end."""
        self.cancel()
        if self._job is not None:
            self._job.is_ready(wait)

    def is_over(self, wait: float = 0.0) -> bool:
        """Whether it has ended, well or not, after at most `wait` seconds."""
        if self._job is not None:
            self._job.is_ready(wait)
        return not self.status.is_working

    def snapshot(self) -> Snapshot:
        """What can be searched at this moment; the model is waited for. What the index has lost is indexed again.

        Raises:
            VSEError: when the model or the index cannot be read.
        """
        encoder = self._encoder()
        with self._lock:
            try:
                snapshot = self._snapshot_by(encoder)
            except DamagedStoreError:  # which begins anew
                snapshot = self._snapshot_by(encoder)
        if self._status.phase == "done" and len(snapshot) < self._status.searchable:
            self.start()
        return snapshot

    def _snapshot_by(self, encoder: Encoder) -> Snapshot:
        captioned, captions, last = self._captioned, self._captions, self._snapshot
        index = self._store.snapshot(encoder.fingerprint, encoder.dim)
        if index is not self._latest or self._shown is None:
            self._latest = self._shown = index
            if last is not None and _is_same(last.index, index) and last.searcher.facts == self._store.facts():
                self._shown = last.index  # another model's vectors were written: nobody need look anew
        if last is None or (last.index, last.captioned, last.captions) != (self._shown, captioned, captions):
            last = Snapshot.of(encoder, self.folder, self._shown, self._store, last, captioned, captions)
            self._snapshot = last
        return last

    def _tell(self, **known: Any) -> None:
        self._status = replace(self._status, **known)

    def _work(self, report: Report) -> None:
        try:
            try:
                self._update(report)
            except DamagedStoreError:  # which begins anew
                self._update(report)
        except CancelledError:
            self._tell(phase="stopped")
        except VSEError as error:
            self._tell(phase="failed", problem=str(error))
        except Exception:
            _log.exception("Indexing %s failed", self.folder)
            self._tell(phase="failed", problem=UNEXPECTED)

    def _update(self, told: Report) -> None:
        from vse.search.folders import captioned, index_photos
        from vse.search.folders.reading import find_photos

        with suppress(OSError):
            self._tell(indexed=self._store.path.stat().st_mtime)
        self.check_folder()
        self._tell(phase="looking", found=len(find_photos(self.folder, choice=self.choice)))
        found = captioned(self.folder)
        before = self._captioned
        if (found.items, found.labels, found.about) != (before.items, before.labels, before.about):
            self._captioned, self._captions = found, None
        self._tell(phase="loading", about_captions=" ".join((found.problem, *found.notes[:2])).strip())
        encoder = self._encoder()
        known = len(self._store.snapshot(encoder.fingerprint, encoder.dim))
        self._tell(searchable=min(known, self._status.found))
        with self._in_turn(told):
            self._tell(phase="indexing")
            stop = self._job.stopped if self._job else None
            report = index_photos(encoder, self.folder, self._step, stop, choice=self.choice)
            if report.finished:
                self._tell(searchable=report.searchable)
                self._encode_captions(encoder, told)
        self._tell(
            phase="done" if report.finished else "stopped",
            searchable=report.searchable,
            skipped=self._relative(report.skipped),
            passed_over=report.passed_over,
            fresh=report.encoded + report.recognised,
            gone=report.dropped,
            indexed=time.time(),
        )

    @contextmanager
    def _in_turn(self, told: Report) -> Iterator[None]:
        """Once no other folder is being read; cancelling ends the wait too."""
        while not self._turn.acquire(timeout=_LOOK):
            self._tell(phase="waiting")
            told("Waiting for another folder", 0, 0)
        try:
            yield
        finally:
            self._turn.release()

    def _encode_captions(self, encoder: Encoder, told: Report) -> None:
        """Only where the cache does not have them; photographs are found meanwhile."""
        from vse.search.vectors import TEXT, vectors_of

        collection = self._captioned.collection
        if not collection.captions or self._captions is not None:
            return

        def progress(done: int, total: int) -> None:
            told("Reading the captions", done, total)
            self._tell(captions_read=done)

        self._tell(phase="captions", captions=len(collection.captions), captions_read=0)
        self._captions = vectors_of(encoder, collection, TEXT, progress)

    def check_folder(self) -> None:
        """
        Raises:
            CollectionError: when the folder is no longer there, or nothing is in it any more, as where a disk was.
        """
        is_there = self.folder.is_dir()
        if is_there and not (self._snapshot and _is_empty(self.folder)):
            return
        raise CollectionError(
            f"{self.folder} is {'empty now' if is_there else 'not there any more'}: bring it back (is its disk "
            "connected?) and try again. What was indexed is kept."
        )

    def problem(self) -> str:
        """Why nothing can be found at this moment, for all who may see the photographs; empty where something can."""
        try:
            self.check_folder()
        except CollectionError as error:
            return self.without_place(str(error))
        return "" if self._snapshot and len(self._snapshot) else nothing_yet(self.status)

    def without_place(self, told: str) -> str:
        """A sentence for all who may see the photographs: with the folder's name, and not where it lies."""
        return told.replace(str(self.folder), self.name)

    def _step(self, step: Step) -> None:
        self.check_folder()  # else every file that is left would be listed as unreadable
        known = self._status
        skipped = self._relative(self._store.skipped()) if step.skipped else known.skipped
        self._tell(
            searchable=max(0, known.found - step.total + step.done - step.skipped),
            skipped=skipped,
            pace=step.done / step.seconds if step.seconds else None,
            seconds_left=step.seconds_left,
        )

    def _relative(self, skipped: tuple[Skipped, ...]) -> tuple[Skipped, ...]:
        """With reasons that name a file as it lies in the folder."""
        return tuple(
            replace(each, reason=each.reason.replace(str(self.folder / each.path), each.path)) for each in skipped
        )
