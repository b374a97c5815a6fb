"""Small pictures of photographs: drawn when one is first looked at, and kept in the cache from then on.

Drawn while indexing they would take a quarter of its time, mostly for photographs that nobody ever looks at.
"""

from __future__ import annotations

import os
from pathlib import Path

from vse.modalities.image.webp import small_webp
from vse.search.stores.sqlite import Store

THUMBNAIL = 384  # pixels, the longer side


def thumbnail(folder: Path, path: str, store: Store) -> bytes:
    """A photograph's thumbnail as WebP, of a file that is in the index, by its path in the folder.

    One of a file that has changed since it was indexed is not kept: it would be filed under what the file was.

    Raises:
        ImageError: when the file cannot be read any more.
        StoreError: when the cache cannot be read or written.
    """
    kept = store.thumbnail(path)
    if kept is not None:
        return kept
    row = store.file(path)
    before = _moment(folder / path)
    drawn = small_webp(folder / path, THUMBNAIL, quality=80)
    if row is not None and row.digest is not None and before == (row.size, row.mtime_ns):
        store.keep_thumbnail(row.digest, drawn)
    return drawn


def _moment(file: Path) -> tuple[int, int] | None:
    try:
        stat = os.stat(file)
    except OSError:  # which opening it says better
        return None
    return stat.st_size, stat.st_mtime_ns
