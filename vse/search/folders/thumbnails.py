"""Small pictures of photographs: drawn when one is first looked at, and kept in the cache from then on.

Drawn while indexing they would take a quarter of its time, mostly for photographs that nobody ever looks at.
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from pathlib import Path

from vse.errors import ImageError
from vse.modalities.image.decoding import open_image
from vse.modalities.image.webp import small_webp
from vse.search.stores.sqlite import Store, StoreError

THUMBNAIL = 384  # pixels, the longer side
_log = logging.getLogger(__name__)


def thumbnail(folder: Path, path: str, store: Store) -> bytes:
    """A photograph's thumbnail as WebP, of a file that is in the index, by its path in the folder.

    One that is damaged is drawn again. One of a file that has changed since it was indexed is not kept: it would be
    filed under what the file was. A cache that cannot be used is done without.

    Raises:
        ImageError: when the file cannot be read any more.
    """
    try:
        kept, row = store.thumbnail(path), store.file(path)
    except StoreError as error:
        _log.warning("Thumbnails are drawn and not kept: %s", error)
        kept, row = None, None
    if kept is not None and _is_sound(kept):
        return kept
    before = _moment(folder / path)
    drawn = small_webp(folder / path, THUMBNAIL, quality=80)
    if row is not None and row.digest is not None and before == (row.size, row.mtime_ns):
        with suppress(StoreError):
            store.keep_thumbnail(row.digest, drawn)
    return drawn


def _is_sound(webp: bytes) -> bool:
    try:
        open_image(webp)
    except ImageError:
        return False
    return True


def _moment(file: Path) -> tuple[int, int] | None:
    try:
        stat = os.stat(file)
    except OSError:  # which opening it says better
        return None
    return stat.st_size, stat.st_mtime_ns
