"""Indexing a folder of photographs: only what is new is read, and what is done so far is kept batch by batch.

A few threads decode the next photographs and make them ready for the model while it encodes a batch. At most `_AHEAD`
batches wait, mostly as the few hundred kilobytes that the model looks at; without `Prepares` as reduced pictures
(`vse.search.folders.reading.MOST_PIXELS`). So memory does not grow with the folder but for a path, a digest and a few
numbers a file.
"""

from __future__ import annotations

import time
import warnings
from collections import deque
from collections.abc import Callable, Container, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from threading import Event

import numpy as np
from PIL import Image

from vse.data.readers.plain_folder import Choice, Pictures, list_pictures
from vse.encoders.base import Encoder, Prepares
from vse.errors import CollectionError
from vse.io.progress import batched
from vse.search.folders.reading import Found, Photo, find_photos, read_photo, reading_threads
from vse.search.stores.elsewhere import Elsewhere
from vse.search.stores.sqlite import DamagedStoreError, FileRow, Kept, Skipped, Store

BATCH = 32
_AHEAD = 1  # batches that are decoded, or being decoded, before the model takes them


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


def index_photos(
    encoder: Encoder,
    folder: str | Path,
    progress: Callable[[Step], None] | None = None,
    stop: Event | None = None,
    ids: Sequence[str] | None = None,
    batch_size: int = BATCH,
    store: Store | None = None,
    choice: Choice = Choice(),  # noqa: B008  (it is frozen)
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
        known = store.files()
        gone = [] if ids is not None else [p for p in known if p not in found and not _is_below(p, listed.unread)]
        if gone:
            store.drop(gone)
        work = _Work(encoder, folder, store, batch_size)
        waiting = work.to_do(found, known, again=ids is None)
        with warnings.catch_warnings():
            # Pillow's, of damaged EXIF: it costs what it would have said, and a picture that cannot be read is told.
            warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
            report = work.run(waiting, progress, stop)
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


@dataclass(frozen=True, eq=False)
class _Read:
    """A photograph that was read; `ready` is what the model takes of it, where its content is new."""

    photo: Photo
    ready: np.ndarray | Image.Image | None


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
        self.encoder, self.folder, self.store, self.batch_size = encoder, folder, store, batch_size
        self.known = _Known(encoder, store)

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

    def run(self, waiting: dict[str, Found], progress: Callable[[Step], None] | None, stop: Event) -> Report:
        begun, done, encoded, failed, kept = time.monotonic(), 0, 0, 0, 0
        with closing(self._photos(waiting, stop)) as photos:
            for batch in batched(photos, self.batch_size):
                encoded += self._keep(batch)
                done += len(batch)
                failed += sum(read.photo.reason is not None for read in batch)
                kept += sum(
                    read.photo.found.unchanged and read.ready is None and not read.photo.reason for read in batch
                )
                if progress:
                    progress(Step(done, len(waiting), failed, time.monotonic() - begun))
        return Report(encoded, done - encoded - failed - kept, kept, left=len(waiting) - done)

    def _photos(self, waiting: dict[str, Found], stop: Event) -> Generator[_Read, None, None]:
        """Every photograph that waits, in order, read by threads that stay a little ahead."""
        pool = ThreadPoolExecutor(reading_threads(), "photos")
        ahead: deque[Future[_Read]] = deque()
        try:
            for file in waiting.values():
                if len(ahead) >= _AHEAD * self.batch_size:
                    yield ahead.popleft().result()
                if stop.is_set():
                    return
                ahead.append(pool.submit(self._read, file))
            while ahead and not stop.is_set():
                yield ahead.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _read(self, file: Found) -> _Read:
        photo = read_photo(self.folder, file, self.known, self.known.described)
        if photo.image is None or not isinstance(self.encoder, Prepares):
            return _Read(photo, photo.image)
        return _Read(replace(photo, image=None), self.encoder.prepare("image", photo.image))

    def _encode(self, ready: list[np.ndarray | Image.Image]) -> np.ndarray:
        if isinstance(self.encoder, Prepares):
            return self.encoder.encode_prepared("image", [each for each in ready if isinstance(each, np.ndarray)])
        return self.encoder.encode_images(ready)

    def _keep(self, batch: list[_Read]) -> int:
        """Encode what is new of a batch and write it all in one go; how many contents were new."""
        photos = [read.photo for read in batch]
        here = self.known.here
        new = {
            read.photo.digest: read.ready
            for read in batch
            if read.photo.digest and read.ready is not None and read.photo.digest not in here
        }
        digests = {photo.digest for photo in photos if photo.digest}
        found = {digest: self.known.copies.pop(digest, None) for digest in digests}
        copies = {digest: kept for digest, kept in found.items() if kept and digest not in here and digest not in new}
        vectors = dict(zip(new, self._encode(list(new.values())), strict=True)) if new else {}
        files = {p.found.path: FileRow(p.found.size, p.found.mtime_ns, p.digest, p.reason) for p in photos}
        facts = {photo.digest: photo.facts for photo in photos if photo.digest and photo.facts}
        if copies:
            self.store.copy(self.encoder.fingerprint, copies)
        self.store.write(self.encoder.fingerprint, files, vectors, facts)
        here.update(vectors, copies)
        self.known.described.update(facts)
        return len(vectors)
