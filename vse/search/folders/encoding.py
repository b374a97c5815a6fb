"""From files to vectors, batch by batch, wherever that is done: here, or on one of many machines.

A few threads decode the next photographs and make them ready for the model while it encodes a batch. At most `_AHEAD`
batches wait, mostly as the few hundred kilobytes that the model looks at; without `Prepares` as reduced pictures
(`vse.search.folders.reading.MOST_PIXELS`). So memory does not grow with the number of photographs.
"""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Container, Generator, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import numpy as np
from PIL import Image

from vse.encoders.base import Encoder, Prepares
from vse.io.progress import batched
from vse.modalities.image.facts import Facts
from vse.search.folders.reading import Found, Photo, read_photo, reading_threads
from vse.search.stores.sqlite import FileRow

BATCH = 32
_AHEAD = 1  # batches that are decoded, or being decoded, before the model takes them


@dataclass(frozen=True)
class Batch:
    """What came of some files.

    files: by path; each has a digest, or a reason why it cannot be read.
    vectors: (D,) unit rows of the contents that were not known, by digest.
    facts: by digest, where they were not known.
    """

    files: Mapping[str, FileRow]
    vectors: Mapping[str, np.ndarray]
    facts: Mapping[str, Facts]

    def __or__(self, other: Batch) -> Batch:
        """Both as one."""
        return Batch({**self.files, **other.files}, {**self.vectors, **other.vectors}, {**self.facts, **other.facts})


@dataclass(frozen=True)
class Photographs:
    """What is read, and by which model; picklable where the model is.

    known: the digests whose vectors need not be made; whoever takes the batches may add to it in between.
    described: those whose facts are known, whatever became of their vectors.
    """

    encoder: Encoder
    folder: Path
    known: Container[str]
    described: Container[str]
    batch_size: int = BATCH

    def batches(self, files: Iterable[Found], stop: Event | None = None) -> Generator[Batch, None, None]:
        """What comes of the files, in order; what is read when `stop` is set is still encoded.

        A photograph that cannot be read costs no more than its own row, which has the reason.
        """
        stop = stop or Event()
        with warnings.catch_warnings(), closing(self._read_ahead(files, stop)) as photos:
            # Pillow's, of damaged EXIF: it costs what it would have said, and a picture that cannot be read is told.
            warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
            for batch in batched(photos, self.batch_size):
                yield self._encoded(batch)

    def _read_ahead(self, files: Iterable[Found], stop: Event) -> Generator[_Read, None, None]:
        """Every photograph, in order, read by threads that stay a little ahead."""
        pool = ThreadPoolExecutor(reading_threads(), "photos")
        ahead: deque[Future[_Read]] = deque()
        try:
            for file in files:
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
        photo = read_photo(self.folder, file, self.known, self.described)
        if photo.image is None or not isinstance(self.encoder, Prepares):
            return _Read(photo, photo.image)
        return _Read(replace(photo, image=None), self.encoder.prepare("image", photo.image))

    def _encoded(self, batch: list[_Read]) -> Batch:
        photos = [read.photo for read in batch]
        new = {
            read.photo.digest: read.ready
            for read in batch
            if read.photo.digest and read.ready is not None and read.photo.digest not in self.known
        }
        vectors = dict(zip(new, self._encode(list(new.values())), strict=True)) if new else {}
        files = {p.found.path: FileRow(p.found.size, p.found.mtime_ns, p.digest, p.reason) for p in photos}
        return Batch(files, vectors, {photo.digest: photo.facts for photo in photos if photo.digest and photo.facts})

    def _encode(self, ready: list[np.ndarray | Image.Image]) -> np.ndarray:
        if isinstance(self.encoder, Prepares):
            return self.encoder.encode_prepared("image", [each for each in ready if isinstance(each, np.ndarray)])
        return self.encoder.encode_images(ready)


@dataclass(frozen=True, eq=False)
class _Read:
    """A photograph that was read; `ready` is what the model takes of it, where its content is new."""

    photo: Photo
    ready: np.ndarray | Image.Image | None
