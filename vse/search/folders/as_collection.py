"""The index of a folder of photographs, as the vectors of the collection that such a folder is.

A picture that cannot be read would leave a gap in the rows, so a collection is first freed of such pictures.
"""

from __future__ import annotations

import logging
from pathlib import Path

from vse.data import Collection
from vse.data.item import Item
from vse.encoders.base import Encoder
from vse.errors import CollectionError, ImageError
from vse.io.progress import Progress
from vse.search.folders.indexing import Report, index_photos
from vse.search.stores.exact import EmbeddingIndex
from vse.search.stores.sqlite import DamagedStoreError, Store

_log = logging.getLogger(__name__)


def collection_of(folder: str | Path, index: EmbeddingIndex) -> Collection:
    """The photographs of a snapshot as a collection, row by row."""
    folder = Path(folder)
    items = tuple(Item.picture(path, folder / path) for path in index.item_ids)
    return Collection(folder.resolve().name, items, home=folder)


def without_unreadable(
    encoder: Encoder, folder: Path, collection: Collection, progress: Progress | None = None
) -> Collection:
    """A collection that is this folder, without the pictures that cannot be read, which are told in a warning.

    Raises:
        CollectionError: when none can be read.
        StoreError: when the cache cannot be read or written.
    """
    report = _indexed(encoder, folder, collection, progress)
    if not report.skipped:
        return collection
    first, skipped = report.skipped[0], {each.path for each in report.skipped}
    readable = [row for row, item in enumerate(collection.items) if item.id not in skipped]
    count = f"{len(skipped):,} of the {len(collection):,} pictures of {collection.name}"
    if not readable:
        raise CollectionError(f"{count} cannot be read, which leaves none. {first.reason}")
    _log.warning("%s cannot be read and are left out; the first: %s", count, first.reason)
    return collection.of_rows(readable)


def photo_vectors(
    encoder: Encoder, folder: Path, collection: Collection, progress: Progress | None = None
) -> EmbeddingIndex:
    """The vectors of a collection that is this folder, or some of its pictures; made only where they are not there.

    Raises:
        ImageError: for a picture that cannot be read.
        StoreError: when the cache cannot be read or written.
    """
    store = Store.of(folder)
    ids = tuple(item.id for item in collection.items)
    report = _indexed(encoder, folder, collection, progress)
    if report.skipped:
        raise ImageError(report.skipped[0].reason)
    try:
        index = store.snapshot(encoder.fingerprint, encoder.dim)
    except DamagedStoreError:
        _indexed(encoder, folder, collection, progress)
        index = store.snapshot(encoder.fingerprint, encoder.dim)
    if index.item_ids == ids:
        return index
    rows = {path: row for row, path in enumerate(index.item_ids)}
    if missing := [path for path in ids if path not in rows]:
        raise ImageError(f"'{folder / missing[0]}' is not there any more: load the collection again.")
    return EmbeddingIndex(index.fingerprint, index.modality, ids, index.vectors[[rows[path] for path in ids]])


def _indexed(encoder: Encoder, folder: Path, collection: Collection, progress: Progress | None) -> Report:
    ids = [item.id for item in collection.items]
    return index_photos(encoder, folder, progress and (lambda step: progress(step.done, step.total)), ids=ids)
