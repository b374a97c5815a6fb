"""From a folder of photographs to decoded pictures: which files there are, and what is in one."""

from __future__ import annotations

import hashlib
import io
import math
import os
from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from vse.data import Collection
from vse.data.readers.plain_folder import Choice, list_pictures
from vse.errors import ImageError
from vse.modalities import IMAGE, TEXT
from vse.modalities.image.decoding import open_with_facts, read_facts
from vse.modalities.image.facts import Facts

AT_LEAST = 512  # pixels of the shorter side that are kept where there are so many: models look at 128 to 384
MOST_PIXELS = 2_500_000  # of a picture that waits for the model: 7.5 MB
_MOST_THREADS = 4


@dataclass(frozen=True)
class Found:
    """A file of the folder, as it was before it was read.

    doubtful: whether it could not be read the last time. unchanged: whether only the facts of its picture are missing.
    """

    path: str
    size: int
    mtime_ns: int
    doubtful: bool = False
    unchanged: bool = False


@dataclass(frozen=True, eq=False)
class Photo:
    """What came of a file: a digest, and a picture where the content is new; or a reason where it cannot be read.

    facts: what the file says of the picture, where that was not known.
    """

    found: Found
    digest: str | None = None
    image: Image.Image | None = None
    reason: str | None = None
    facts: Facts | None = None


def folder_of(collection: Collection) -> Path | None:
    """The folder of a collection whose pictures are called by their paths in it, captions or not; None for others."""
    if not set(collection.modalities) <= {IMAGE, TEXT} or any(
        len(i.inputs.get(IMAGE, ())) != 1 for i in collection.items
    ):
        return None
    if not collection.items:
        return None
    first = collection.items[0]
    parents = first.image_path.parents
    depth = first.id.count("/")
    if depth >= len(parents):
        return None
    start = os.path.join(parents[depth], "")
    plain = all(str(item.image_path) == start + item.id.replace("/", os.sep) for item in collection.items)
    return parents[depth] if plain else None


def find_photos(
    folder: Path,
    ids: Iterable[str] | None = None,
    choice: Choice = Choice(),  # noqa: B008  (it is frozen)
) -> dict[str, Found]:
    """The photographs below a folder, or only those of these paths in it, by path in order; no link out of it is one.

    Raises:
        CollectionError: as `vse.data.readers.plain_folder.list_pictures`.
    """
    found = {}
    for path in list_pictures(folder, choice).ids if ids is None else sorted(ids):
        try:
            stat = os.stat(folder / path)
            if not lies_within(folder, path):
                continue
        except OSError:  # taken away since the folder was listed
            continue
        found[path] = Found(path, stat.st_size, stat.st_mtime_ns)
    return found


def reading_threads() -> int:
    """How many threads read photographs at once."""
    return min(_MOST_THREADS, (os.cpu_count() or 1) + 1)


def lies_within(folder: Path, path: str) -> bool:
    """Whether a file of a folder, by its path in it, is no link that leads out of it."""
    file = folder / path
    return not file.is_symlink() or file.resolve().is_relative_to(folder.resolve())


def read_photo(folder: Path, found: Found, encoded: Container[str], described: Container[str] = ()) -> Photo:
    """Read a file; it is decoded only if its content is not among the digests that are `encoded`.

    described: the digests whose facts are known.
    """
    digest = None
    try:
        with (folder / found.path).open("rb") as file:
            if not found.doubtful:  # such a file mostly fails at its first bytes, and is not read to its end before
                digest = _digest(file)
                if digest in encoded:
                    return Photo(found, digest, facts=None if digest in described else _facts(file))
                file.seek(0)
            decoded, facts = open_with_facts(file, at_least=AT_LEAST)
            image = smaller(decoded)
            if digest is None:
                file.seek(0)
                digest = _digest(file)
    except ImageError as error:
        return Photo(found, reason=str(error))
    except OSError as error:
        reason = f"'{folder / found.path}' cannot be read ({error.strerror or error}): check it and its permissions."
        return Photo(found, reason=reason)
    return Photo(found, digest, image, facts=facts)


def _facts(file: io.BufferedReader) -> Facts:
    file.seek(0)
    return read_facts(file)


def _digest(file: io.BufferedReader) -> str:
    return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def smaller(image: Image.Image) -> Image.Image:
    """A picture reduced by a whole number, as JPEG files already are when they are decoded.

    Its shorter side stays at least AT_LEAST pixels, unless it would still have more than MOST_PIXELS.
    """
    width, height = image.size
    factor = max(1, min(width, height) // AT_LEAST, math.ceil(math.sqrt(width * height / MOST_PIXELS)))
    return image if factor == 1 else image.reduce((min(factor, width), min(factor, height)))
