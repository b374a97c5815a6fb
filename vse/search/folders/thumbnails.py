"""Small pictures of photographs: drawn when one is first looked at, and kept in the cache from then on.

Drawn while indexing they would take a quarter of its time, mostly for photographs that nobody ever looks at.
"""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path

from PIL import Image

from vse.modalities.image.decoding import open_image
from vse.search.folders.reading import AT_LEAST, smaller
from vse.search.stores.sqlite import Store

THUMBNAIL = 384  # pixels, the longer side
DECODING = threading.BoundedSemaphore(2)  # a picture being decoded may take 270 MB
_QUALITY = 80
_EFFORT = 1  # of WebP's 0 to 6: a fifth quicker than 2, for files a tenth larger


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
    with DECODING:
        before = _moment(folder / path)
        drawn = thumbnail_of(smaller(open_image(folder / path, at_least=AT_LEAST)))
    if row is not None and row.digest is not None and before == (row.size, row.mtime_ns):
        store.keep_thumbnail(row.digest, drawn)
    return drawn


def _moment(file: Path) -> tuple[int, int] | None:
    try:
        stat = os.stat(file)
    except OSError:  # which opening it says better
        return None
    return stat.st_size, stat.st_mtime_ns


def thumbnail_of(image: Image.Image) -> bytes:
    """A WebP file of a picture, its longer side at most THUMBNAIL pixels.

    A large picture is first reduced by a whole number to 1.2 times that or more, which takes half the time of
    resampling it at once and cannot be told apart.
    """
    scale = max(1.0, max(image.size) / THUMBNAIL)
    width, height = (max(1, round(side / scale)) for side in image.size)
    out = io.BytesIO()
    image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=1.2).save(
        out, "WEBP", quality=_QUALITY, method=_EFFORT
    )
    return out.getvalue()
