"""What is kept of a folder of photographs, in one SQLite file: files, facts, vectors, thumbnails, hashes.

All but the first are filed by a photograph's content, not by its name, so that a file that was moved, renamed or copied
is known again, in another folder too: `vse.search.stores.elsewhere` looks into its cache. Every batch is one
transaction: a kill at any moment loses at most the batch in hand, and the next reader takes back what was half-written.
The rollback journal is SQLite's default, because it works on every disk.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from itertools import compress
from pathlib import Path

import numpy as np

from vse.errors import CollectionError
from vse.io.paths import cache_folder
from vse.modalities.image.facts import Facts
from vse.search.stores.exact import EmbeddingIndex, are_unit

FORMAT = 1
NAME = "photos.sqlite"
_READ_AT_ONCE = 4096  # vectors
_WAIT_SECONDS = 60.0  # for another process to end its transaction
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_TABLES = """
CREATE TABLE files (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, digest TEXT, reason TEXT) WITHOUT ROWID;
CREATE INDEX files_by_digest ON files (digest);
CREATE TABLE vectors (fingerprint TEXT, digest TEXT, vector BLOB, PRIMARY KEY (fingerprint, digest));
CREATE TABLE thumbnails (digest TEXT PRIMARY KEY, webp BLOB);
CREATE TABLE changes (count INTEGER);
INSERT INTO changes VALUES (0);
"""
# Apart from those, as a cache may have been begun without them.
_FACTS = "CREATE TABLE IF NOT EXISTS facts (digest TEXT PRIMARY KEY, taken TEXT, camera TEXT, width INT, height INT)"
_PLACE = "CREATE TABLE IF NOT EXISTS place (folder BLOB, device TEXT)"
_HASHES = "CREATE TABLE IF NOT EXISTS perceptual_hashes (digest TEXT PRIMARY KEY, hash BLOB)"
_log = logging.getLogger(__name__)


class StoreError(CollectionError):
    """The cache of a folder of photographs cannot be read or written."""


class DamagedStoreError(StoreError):
    """The cache was damaged and was thrown away: the next call begins it anew, so what failed can be tried again."""


@dataclass(frozen=True)
class FileRow:
    """A file as it was when it was read: `digest` names its content, `reason` says why it is no photograph.

    size: bytes. mtime_ns: when it was changed, in nanoseconds. One of `digest` and `reason` is None.
    """

    size: int
    mtime_ns: int
    digest: str | None
    reason: str | None = None


@dataclass(frozen=True)
class Skipped:
    """A file that cannot be read, by its path in the folder, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Kept:
    """What is kept of a content: its vector (D,) as the bytes of float16, and its thumbnail where one was drawn."""

    vector: bytes
    thumbnail: bytes | None = None


class Store:
    """The cache of one folder of photographs; safe to share between threads, since each call has its own connection.

    Args:
        home: the folder where the cache lies, made on the first write.

    All methods raise StoreError when the disk refuses, and DamagedStoreError when the file turns out to be damaged. One
    that is no such file at all is silently begun anew.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / NAME
        self._last: tuple[tuple[str, int], EmbeddingIndex] | None = None

    @classmethod
    def of(cls, folder: Path) -> Store:
        """The cache of a folder of photographs, `photos/KEY` in the cache folder."""
        key = hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
        return cls(cache_folder() / "photos" / key)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are kept when the block ends well, and taken back when it does not."""
        try:
            with closing(self._connected()) as db, db:
                yield db
        except sqlite3.Error as error:
            kind = StoreError
            if _is_damage(error):
                self._throw_away()
                kind = DamagedStoreError
            raise kind(
                f"The cache {self.path} cannot be used ({error}): index the folder again, free some space, or name "
                "another cache folder in VSE_CACHE."
            ) from error
        except OSError as error:
            raise StoreError(
                f"The cache {self.path} cannot be used ({error}): name another cache folder in VSE_CACHE."
            ) from error

    def _connected(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(2):
            db = sqlite3.connect(self.path, timeout=_WAIT_SECONDS)
            try:
                if _is_ready(db):
                    return db
            except sqlite3.Error as error:
                db.close()
                if attempt or not _is_damage(error):
                    raise
            db.close()
            self._throw_away()
        raise sqlite3.DatabaseError("it is of another format")

    def _throw_away(self) -> None:
        _log.warning("The cache %s was damaged or of another format, and is begun anew.", self.path)
        for path in (self.path.with_name(NAME + "-journal"), self.path):
            path.unlink(missing_ok=True)

    def belongs_to(self, folder: Path) -> None:
        """Keep where the folder lies and on which disk: `vse.search.stores.elsewhere` asks once it was moved away."""
        place = os.fsencode(folder.resolve()), str(folder.stat().st_dev)
        with self._open() as db:
            db.execute(_PLACE)
            if db.execute("SELECT folder, device FROM place").fetchall() != [place]:
                db.execute("DELETE FROM place")
                db.execute("INSERT INTO place VALUES (?, ?)", place)

    def file(self, path: str) -> FileRow | None:
        """What is known of one file."""
        with self._open() as db:
            row = db.execute("SELECT size, mtime_ns, digest, reason FROM files WHERE path = ?", (path,)).fetchone()
            return None if row is None else FileRow(*row)

    def files(self) -> dict[str, FileRow]:
        """What is known of each file, by its path in the folder."""
        with self._open() as db:
            rows = db.execute("SELECT path, size, mtime_ns, digest, reason FROM files")
            return {path: FileRow(*rest) for path, *rest in rows}

    def encoded(self, fingerprint: str, dim: int) -> set[str]:
        """The digests whose vectors under a model are kept; damaged ones are not counted."""
        digests: set[str] = set()
        with self._open() as db:
            query = "SELECT digest, vector FROM vectors WHERE fingerprint = ? AND length(vector) = ?"
            rows = db.execute(query, (fingerprint, 2 * dim))
            while some := rows.fetchmany(_READ_AT_ONCE):
                sound = are_unit(vectors_from([blob for _, blob in some], dim))
                digests.update(digest for (digest, _), is_sound in zip(some, sound, strict=True) if is_sound)
        return digests

    def described(self) -> set[str]:
        """The digests whose facts are kept; none in a cache that was begun before facts were."""
        with self._open() as db:
            return {digest for (digest,) in db.execute("SELECT digest FROM facts")} if _has_facts(db) else set()

    def facts(self) -> dict[str, Facts]:
        """What is known of each photograph, by its path in the folder."""
        with self._open() as db:
            if not _has_facts(db):
                return {}
            rows = db.execute("SELECT path, taken, camera, width, height FROM files JOIN facts USING (digest)")
            return {path: Facts(*rest) for path, *rest in rows}

    def write(
        self,
        fingerprint: str,
        files: Mapping[str, FileRow],
        vectors: Mapping[str, np.ndarray],
        facts: Mapping[str, Facts] | None = None,
    ) -> None:
        """Keep a batch, whole or not at all.

        Args:
            files: by path.
            facts: by digest.
            vectors: by digest, (D,) unit rows; kept as float16, 2 D bytes each.
        """
        blobs = []
        if vectors:
            index = EmbeddingIndex.build(fingerprint, "image", tuple(vectors), np.stack(list(vectors.values())))
            blobs = [(fingerprint, d, row.tobytes()) for d, row in zip(index.item_ids, index.vectors, strict=True)]
        rows = [(path, f.size, f.mtime_ns, f.digest, f.reason) for path, f in files.items()]
        known = [(digest, *astuple(each)) for digest, each in (facts or {}).items()]
        with self._open() as db:
            db.execute(_FACTS)
            db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?, ?)", known)
            db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", blobs)
            db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", rows)
            db.execute("UPDATE changes SET count = count + 1")

    def copy(self, fingerprint: str, contents: Mapping[str, Kept]) -> None:
        """Keep what another cache keeps of contents, by digest; of no use before `write` says which files have them."""
        vectors = [(fingerprint, digest, kept.vector) for digest, kept in contents.items()]
        thumbnails = [(digest, kept.thumbnail) for digest, kept in contents.items() if kept.thumbnail]
        with self._open() as db:
            db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", vectors)
            db.executemany("INSERT OR IGNORE INTO thumbnails VALUES (?, ?)", thumbnails)

    def drop(self, paths: Iterable[str]) -> None:
        """Forget files; what is known of their content stays until `prune`, lest they come back under other names."""
        with self._open() as db:
            db.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in paths])
            db.execute("UPDATE changes SET count = count + 1")

    def prune(self) -> None:
        """Forget the facts, vectors, thumbnails and hashes of content that no file has any more."""
        with self._open() as db:
            db.execute(_FACTS)
            db.execute(_HASHES)
            for table in ("facts", "vectors", "thumbnails", "perceptual_hashes"):
                db.execute(
                    f"DELETE FROM {table} WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.digest = {table}.digest)"
                )

    def skipped(self) -> tuple[Skipped, ...]:
        """The files that cannot be read, by path."""
        with self._open() as db:
            rows = db.execute("SELECT path, reason FROM files WHERE reason IS NOT NULL ORDER BY path")
            return tuple(Skipped(*row) for row in rows)

    def snapshot(self, fingerprint: str, dim: int) -> EmbeddingIndex:
        """The photographs that can be searched at this moment under a model, by path: (N, dim) float16 unit rows.

        It is of one moment though a writer be at work, and does not change afterwards; asked again when nothing was
        written in between, it is the same object, for the price of one look.
        """
        with self._open() as db:
            db.execute("BEGIN")  # so that the count and the rows are of one moment
            moment = fingerprint, int(db.execute("SELECT count FROM changes").fetchone()[0])
            if self._last is not None and self._last[0] == moment:
                return self._last[1]
            rows = db.execute(
                "SELECT path, vector FROM files JOIN vectors USING (digest) "
                "WHERE fingerprint = ? AND length(vector) = ? ORDER BY path",
                (fingerprint, 2 * dim),
            )
            paths, vectors = read_vectors(rows, dim)
        sound = are_unit(vectors)
        if not sound.all():
            paths, vectors = tuple(compress(paths, sound)), vectors[sound]
        index = EmbeddingIndex(fingerprint, "image", paths, vectors)
        self._last = moment, index
        return index

    def thumbnail(self, path: str) -> bytes | None:
        """A file's thumbnail, a WebP file; None when there is none (yet), see `vse.search.folders.thumbnails`."""
        with self._open() as db:
            query = "SELECT webp FROM files JOIN thumbnails USING (digest) WHERE path = ?"
            found = db.execute(query, (path,)).fetchone()
            return None if found is None else found[0]

    def keep_thumbnail(self, digest: str, webp: bytes) -> None:
        """Keep the thumbnail of a content, in place of the one before."""
        with self._open() as db:
            db.execute("INSERT OR REPLACE INTO thumbnails VALUES (?, ?)", (digest, webp))

    def hashes(self) -> dict[str, bytes]:
        """The perceptual hashes that are kept, by digest; empty for a picture that has none."""
        with self._open() as db:
            db.execute(_HASHES)
            return dict(db.execute("SELECT digest, hash FROM perceptual_hashes"))

    def hashed(self, paths: Iterable[str]) -> dict[str, tuple[FileRow, bytes | None]]:
        """Of some files what is known, and the perceptual hash of their content, None where none was made."""
        query = "SELECT size, mtime_ns, digest, reason, hash FROM files LEFT JOIN perceptual_hashes USING (digest)"
        with self._open() as db:
            db.execute(_HASHES)
            rows = {path: db.execute(f"{query} WHERE path = ?", (path,)).fetchone() for path in paths}
        return {path: (FileRow(*row[:4]), row[4]) for path, row in rows.items() if row is not None}

    def keep_hashes(self, hashes: Mapping[str, bytes]) -> None:
        """Keep perceptual hashes by digest, whole or not at all."""
        with self._open() as db:
            db.execute(_HASHES)
            db.executemany("INSERT OR REPLACE INTO perceptual_hashes VALUES (?, ?)", hashes.items())


def read_vectors(
    rows: Iterable[tuple[str, bytes]], dim: int, dtype: str = "float16"
) -> tuple[tuple[str, ...], np.ndarray]:
    """The names, and the vectors (N, dim) as `dtype`, of rows as they come from a file: both never lie in memory twice.

    Raises:
        ValueError: where the bytes are none of such rows.
    """
    names, numbers = [], bytearray()
    for name, blob in rows:
        names.append(name)
        numbers += blob
    vectors = np.frombuffer(numbers, dtype).reshape(len(names), dim)
    vectors.flags.writeable = False
    return tuple(names), vectors


def vectors_from(blobs: list[bytes], dim: int) -> np.ndarray:
    """(N, dim) float16 of what `write` keeps."""
    return np.frombuffer(b"".join(blobs), np.float16).reshape(len(blobs), dim)


def _has_facts(db: sqlite3.Connection) -> bool:
    return bool(db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'facts'").fetchone()[0])


def _is_ready(db: sqlite3.Connection) -> bool:
    """Whether a file is of this format; an empty one is made so."""
    if db.execute("PRAGMA user_version").fetchone()[0] == FORMAT:
        return True
    db.execute("BEGIN IMMEDIATE")  # of two processes that find it empty, one waits and then finds it made
    version = db.execute("PRAGMA user_version").fetchone()[0]
    empty = not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if version != FORMAT and empty:
        for statement in filter(str.strip, _TABLES.split(";")):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {FORMAT}")
    db.commit()
    return empty or version == FORMAT


def _is_damage(error: sqlite3.Error) -> bool:
    return (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF in _DAMAGED
