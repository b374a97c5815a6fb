"""Indexing a folder of photographs: only what is new is read, and what is done so far is kept batch by batch."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Generator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from threading import Event
from typing import Protocol

from vse.data.readers.plain_folder import Choice, Pictures, list_pictures
from vse.encoders.base import Encoder
from vse.errors import CollectionError
from vse.search.folders.encoding import BATCH, Batch, Photographs
from vse.search.folders.parts import merge_parts
from vse.search.folders.reading import Found, find_photos
from vse.search.stores.elsewhere import Elsewhere
from vse.search.stores.sqlite import DamagedStoreError, FileRow, Kept, Skipped, Store, StoreError


@dataclass(frozen=True)
class Step:
    """How far it is: `done` of the `total` files that had to be looked into, of which `skipped`, after `seconds`."""

    done: int
    total: int
    skipped: int
    seconds: float

    @property
    def seconds_left(self) -> float | None:
        """At the pace so far; None before the first batch."""
        return self.seconds * (self.total - self.done) / self.done if self.done else None


@dataclass(frozen=True)
class Report:
    """What was done.

    encoded: files whose content is new. recognised: files whose content was known, under this name or another.
    kept: files that had not changed. dropped: files that are no longer there. left: files not yet looked into.
    skipped: all files of the folder that cannot be read, and folders that cannot be looked into.
    passed_over: folders of the system, such as @eaDir and #recycle.
    """

    encoded: int = 0
    recognised: int = 0
    kept: int = 0
    dropped: int = 0
    left: int = 0
    skipped: tuple[Skipped, ...] = ()
    passed_over: tuple[str, ...] = ()

    @property
    def finished(self) -> bool:
        return self.left == 0

    @property
    def searchable(self) -> int:
        """How many photographs can be found."""
        return self.encoded + self.recognised + self.kept


class Spread(Protocol):
    """How photographs are encoded elsewhere than in this process, see `vse.search.folders.on_ray`."""

    def __call__(
        self, photographs: Photographs, files: Sequence[Found], store: Store, stop: Event
    ) -> Generator[Batch, None, None]:
        """What comes of the files, in any order; what was given is kept when the next one is asked for.

        store: beside which files may be kept until then. It is written to by the caller alone.
        """


def index_photos(
    encoder: Encoder,
    folder: str | Path,
    progress: Callable[[Step], None] | None = None,
    stop: Event | None = None,
    ids: Sequence[str] | None = None,
    batch_size: int = BATCH,
    store: Store | None = None,
    choice: Choice = Choice(),  # noqa: B008  (it is frozen)
    spread: Spread | None = None,
) -> Report:
    """Bring the index of a folder under a model up to date, subfolders and all.

    A file of the same size and time of change is not opened, but for the facts of its picture where an older version
    left them unread. One whose content is known, by a hash of it, gets the vector it had, be it in this folder or in
    another one that was indexed. Those that are gone are dropped. Any end, of whatever kind, loses at most one batch:
    calling it again goes on from there. Meanwhile `Store.snapshot` gives what is there.

    Args:
        progress: called after every batch; what it raises ends the work.
        stop: once set, the work ends after the batch in hand, and the report says how much is left.
        ids: only these paths in the folder; then nothing is dropped, and files that could not be read the last time
            are not tried again until they change.
        batch_size: photographs a batch.
        choice: what is left out of the folder, or brought in.
        store: where the index is kept, if not in the cache of this folder.
        spread: encodes what has no vector, instead of this process.

    Raises:
        CollectionError: for a folder that is not there, cannot be looked into or holds no pictures.
        StoreError: when the cache cannot be read or written; a damaged one is made again.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise CollectionError(f"{folder} is not a folder; give the path of a folder of photographs.")
    listed = list_pictures(folder, choice) if ids is None else Pictures(tuple(ids), {}, ())
    found = find_photos(folder, listed.ids)
    if not found and ids is None:
        reasons = "".join(f" {path}: {reason}" for path, reason in list(listed.unread.items())[:1])
        raise CollectionError(f"{folder} holds no pictures; expected files such as .jpg, .png or .webp.{reasons}")
    store, stop = store or Store.of(folder), stop or Event()

    def updated() -> Report:
        if ids is None:
            store.belongs_to(folder)
        merge_parts(store)
        known = store.files()
        gone = [] if ids is not None else [p for p in known if p not in found and not _is_below(p, listed.unread)]
        if gone:
            store.drop(gone)
        work = _Work(encoder, folder, store, batch_size)
        waiting = work.to_do(found, known, again=ids is None)
        try:
            report = work.run(waiting, progress, stop, spread)
        finally:
            with suppress(StoreError):  # which would hide what went wrong; the next run does it
                merge_parts(store)
        kept = report.kept + sum(path not in waiting and known[path].reason is None for path in found)
        report = replace(report, kept=kept, dropped=len(gone), skipped=_among(store.skipped(), found))
        if report.finished and ids is None:
            store.prune()
            work.known.elsewhere.drop_moved()
        return report

    try:
        report = updated()
    except DamagedStoreError:  # which was thrown away: all is done again, in a new one
        report = updated()
    unread = tuple(Skipped(path, reason) for path, reason in listed.unread.items())
    return replace(report, skipped=report.skipped + unread, passed_over=listed.passed_over)


def _is_below(path: str, folders: Container[str]) -> bool:
    """Whether a path lies in a folder that cannot be looked into at the moment: it may well be there."""
    return any(parent.as_posix() in folders for parent in PurePosixPath(path).parents)


def _among(skipped: tuple[Skipped, ...], found: dict[str, Found]) -> tuple[Skipped, ...]:
    return tuple(each for each in skipped if each.path in found)


class _Known:
    """The digests whose vectors need not be made.

    here: those in the folder's own cache, more and more. copies: what was found in other caches, not yet written.
    described: those whose facts are known, whatever became of their vectors.
    """

    def __init__(self, encoder: Encoder, store: Store) -> None:
        self.here = store.encoded(encoder.fingerprint, encoder.dim)
        self.described = store.described()
        self.copies: dict[str, Kept] = {}
        self.elsewhere = Elsewhere(store, encoder.fingerprint, encoder.dim)

    def __contains__(self, digest: object) -> bool:
        if digest in self.here or digest in self.copies:
            return True
        kept = self.elsewhere.find(str(digest))
        if kept is not None:
            self.copies[str(digest)] = kept
        return kept is not None

    def holds(self, digest: str | None) -> bool:
        """Whether nothing at all is to be read of a content."""
        return digest in self.here and digest in self.described


class _Work:
    """One run."""

    def __init__(self, encoder: Encoder, folder: Path, store: Store, batch_size: int) -> None:
        self.fingerprint, self.store = encoder.fingerprint, store
        self.known = _Known(encoder, store)
        self.photographs = Photographs(encoder, folder, self.known, self.known.described, batch_size)
        self.written: set[str] = set()

    def to_do(self, found: dict[str, Found], known: dict[str, FileRow], again: bool) -> dict[str, Found]:
        """The files to look into; those that could not be read before are tried `again` or only once changed."""
        waiting = {}
        for path, file in found.items():
            row = known.get(path)
            same = row is not None and (row.size, row.mtime_ns) == (file.size, file.mtime_ns)
            failed = row is not None and row.reason is not None
            if same and (not again if failed else row is not None and self.known.holds(row.digest)):
                continue
            unchanged = same and row is not None and row.digest in self.known.here
            waiting[path] = replace(file, doubtful=failed and same, unchanged=unchanged)
        return waiting

    def run(
        self,
        waiting: dict[str, Found],
        progress: Callable[[Step], None] | None,
        stop: Event,
        spread: Spread | None = None,
    ) -> Report:
        begun, encoded, failed, kept = time.monotonic(), 0, 0, 0
        with closing(self._batches(waiting, stop, spread)) as batches:
            for batch in batches:
                encoded += len(batch.vectors.keys() - self.known.here)
                files = self._keep(batch)
                failed += sum(row.reason is not None for row in files.values())
                kept += sum(
                    waiting[path].unchanged and row.reason is None and row.digest not in batch.vectors
                    for path, row in files.items()
                )
                if progress:
                    progress(Step(len(self.written), len(waiting), failed, time.monotonic() - begun))
        done = len(self.written)
        return Report(encoded, done - encoded - failed - kept, kept, left=len(waiting) - done)

    def _batches(self, waiting: dict[str, Found], stop: Event, spread: Spread | None) -> Generator[Batch, None, None]:
        """What comes of every file that waits; all that needs no vector is looked into here."""
        if spread and (new := [file for file in waiting.values() if not file.unchanged]):
            known = frozenset(self.known.here).union(self.known.elsewhere.digests())
            there = replace(self.photographs, known=known, described=frozenset(self.known.described))
            yield from spread(there, new, self.store, stop)
        rest = [file for path, file in waiting.items() if path not in self.written]
        yield from self.photographs.batches(rest, stop)

    def _keep(self, batch: Batch) -> dict[str, FileRow]:
        """Write a batch in one go; its files, without those whose vectors are neither in it nor to be had."""
        known, copies = self.known, dict[str, Kept]()
        files = {}
        for path, row in batch.files.items():
            digest = row.digest
            if digest and not (digest in known.here or digest in batch.vectors or digest in copies):
                if digest not in known:
                    continue  # another machine was told that another cache has it, which can no longer be read
                copies[digest] = known.copies.pop(digest)
            files[path] = row
        if copies:
            self.store.copy(self.fingerprint, copies)
        self.store.write(self.fingerprint, files, batch.vectors, batch.facts)
        known.here.update(batch.vectors, copies)
        known.described.update(batch.facts)
        self.written.update(files)
        return files
