"""Photographs of a folder that are there more than once, in three grades; nothing is removed or changed.

Each grade compares one photograph of every group of the grade before, the largest file, so that every file but the
first of its group is counted once, in the strictest grade that it has.
"""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vse.encoders.base import Encoder
from vse.errors import ImageError
from vse.io.progress import Progress, batched
from vse.modalities.image.decoding import open_image
from vse.modalities.image.perceptual_hash import BITS, MOST_APART, SIDE, perceptual_hash
from vse.search.folders.reading import reading_threads
from vse.search.stores.sqlite import FileRow, Store

SAME_BYTES, SAME_PICTURE, SIMILAR = GRADES = ("same bytes", "same picture", "similar")
FOLDS = ("same", "similar")  # up to which grade answers are folded: bytes and picture, or vectors, too
LEAST_COSINE = 0.92  # of two photographs that are similar: of one series, under the bundled model for photographs
_BYTES = math.ceil(BITS / 8)  # of a hash that is kept
_BATCH = 64  # photographs whose hashes are kept at once
_MOST_SCORES = 1 << 24  # that are held in memory: 64 MB


@dataclass(frozen=True)
class Group:
    """Photographs by their paths in the folder, the largest file first; each is as near as `grade` says to the first.

    grade: one of GRADES.
    """

    grade: str
    paths: tuple[str, ...]


def find_duplicates(
    encoder: Encoder, folder: Path, store: Store, least: float = LEAST_COSINE, progress: Progress | None = None
) -> list[Group]:
    """The groups of an indexed folder, grade by grade, by the path of their first.

    "same bytes" are files of one content, "same picture" those whose perceptual hashes differ in a few bits, and
    "similar" those whose vectors under the model have a cosine of at least `least`. Files and vectors are those of the
    index, so nothing is encoded; a perceptual hash is made once of each content, and kept with it.

    Raises:
        StoreError: when the cache cannot be read or written.
    """
    files = {path: row for path, row in store.files().items() if row.digest is not None}
    contents: dict[str, list[str]] = defaultdict(list)
    for path in sorted(files, key=lambda path: (-files[path].size, path)):
        contents[str(files[path].digest)].append(path)
    groups = [Group(SAME_BYTES, tuple(paths)) for paths in contents.values() if len(paths) > 1]

    firsts = [paths[0] for paths in contents.values()]
    hashes = _hashes(folder, store, {path: files[path] for path in firsts}, progress)
    hashed = [path for path in firsts if hashes.get(path)]
    packed = np.frombuffer(b"".join(hashes[path] for path in hashed), np.uint8).reshape(len(hashed), _BYTES)
    bits = np.unpackbits(packed, axis=1, count=BITS)
    signs = bits.astype(np.float32) * 2 - 1  # whose product counts the bits that agree, less those that differ
    groups += _groups(SAME_PICTURE, hashed, signs, BITS - 2 * MOST_APART)

    beside = {path for group in groups for path in group.paths[1:]}
    index = store.snapshot(encoder.fingerprint, encoder.dim)
    rows = {path: row for row, path in enumerate(index.item_ids)}
    left = [path for path in firsts if path not in beside and path in rows]
    vectors = index.vectors[[rows[path] for path in left]].astype(np.float32)
    groups += _groups(SIMILAR, left, vectors, least)
    return sorted(groups, key=lambda group: (GRADES.index(group.grade), group.paths[0]))


@dataclass(frozen=True)
class Look:
    """What tells duplicates apart: the digest of a file, and the perceptual hash of its picture, 0 for none."""

    digest: str
    hash: int = 0

    def is_like(self, other: Look) -> bool:
        """Whether they have the same bytes, or show the same picture."""
        if self.digest == other.digest:
            return True
        return bool(self.hash and other.hash) and (self.hash ^ other.hash).bit_count() <= MOST_APART


def looks_of(folder: Path, store: Store, paths: Sequence[str]) -> list[Look | None]:
    """Of some photographs of an indexed folder, by their paths in it; None for one that the index does not know.

    Perceptual hashes are those that are kept; only what is missing is made, and kept.

    Raises:
        StoreError: when the cache cannot be read or written.
    """
    known = {path: each for path, each in store.hashed(paths).items() if each[0].digest is not None}
    missing = {path: row for path, (row, made) in known.items() if made is None or len(made) not in (0, _BYTES)}
    new = _made(folder, store, missing) if missing else {}

    def look(path: str) -> Look | None:
        if path not in known:
            return None
        row, kept = known[path]
        made = new.get(str(row.digest), b"") if path in missing else kept
        return Look(str(row.digest), int.from_bytes(made or b""))

    return [look(path) for path in paths]


def fold(looks: Sequence[Look | None], vectors: np.ndarray | None = None) -> list[list[int]]:
    """Rows in groups: each row after the earliest one that it is like and that is itself like none before.

    Args:
        vectors: (N, D) unit rows; with them those that are similar are alike, too.
    """
    near = None if vectors is None else vectors @ vectors.T >= LEAST_COSINE

    def is_like(row: int, first: int) -> bool:
        one, other = looks[row], looks[first]
        return bool(one and other and one.is_like(other)) or (near is not None and bool(near[row, first]))

    groups: list[list[int]] = []
    for row in range(len(looks)):
        if (group := next((each for each in groups if is_like(row, each[0])), None)) is not None:
            group.append(row)
        else:
            groups.append([row])
    return groups


def _groups(grade: str, paths: Sequence[str], vectors: np.ndarray, least: float) -> list[Group]:
    return [Group(grade, tuple(paths[row] for row in rows)) for rows in near_first(vectors, least)]


def near_first(vectors: np.ndarray, least: float) -> list[list[int]]:
    """Groups of two rows or more, each of which has a product of at least `least` with the first of its group.

    A row that is near no earlier one that is a first gathers the later rows that are near it and in no group yet.
    So nothing is linked through others, and no group is wider than the cut allows.

    Args:
        vectors: (N, D) float32, in the order in which rows come first.
    """
    free = np.ones(len(vectors), bool)
    groups = []
    size = max(1, _MOST_SCORES // max(1, len(vectors)))
    for begin in range(0, len(vectors), size):
        near = vectors[begin : begin + size] @ vectors[begin:].T >= least
        for row, near_row in enumerate(near, start=begin):
            if not free[row]:
                continue
            later = row + 1 + np.flatnonzero(near_row[row + 1 - begin :] & free[row + 1 :])
            free[later] = False
            if len(later):
                groups.append([row, *later.tolist()])
    return groups


def _hashes(folder: Path, store: Store, files: Mapping[str, FileRow], progress: Progress | None) -> dict[str, bytes]:
    """By path, the perceptual hash of each file as bytes, empty where it has none; those that are missing are made.

    A file that changed since it was indexed, or can no longer be read, is left out.
    """
    kept = {digest: each for digest, each in store.hashes().items() if len(each) in (0, _BYTES)}
    missing = {path: row for path, row in files.items() if row.digest not in kept}
    kept |= _made(folder, store, missing, progress)
    return {path: kept[str(row.digest)] for path, row in files.items() if row.digest in kept}


def _made(
    folder: Path, store: Store, files: Mapping[str, FileRow], progress: Progress | None = None
) -> dict[str, bytes]:
    """By digest, the perceptual hashes of files, which are kept from then on."""
    found: dict[str, bytes] = {}
    done = 0
    with ThreadPoolExecutor(reading_threads(), "hashes") as pool:
        for batch in batched(list(files), _BATCH):
            made = zip(batch, pool.map(lambda path: _hash(folder / path, files[path]), batch), strict=True)
            new = {str(files[path].digest): each for path, each in made if each is not None}
            store.keep_hashes(new)
            found |= new
            done += len(batch)
            if progress:
                progress(done, len(files))
    return found


def _hash(file: Path, row: FileRow) -> bytes | None:
    try:
        before = os.stat(file)
        found = perceptual_hash(open_image(file, at_least=SIDE))
        if (before.st_size, before.st_mtime_ns) != (row.size, row.mtime_ns):
            return None
    except (OSError, ImageError):
        return None
    return b"" if found is None else np.packbits(found).tobytes()
