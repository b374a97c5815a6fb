"""An index in one SQLite file, to which rows are added without writing all others again."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from vse.errors import CollectionError
from vse.io.atomic import Kind, replace_folder, restore_folder
from vse.search.stores.exact import EmbeddingIndex, check_made_by, check_rows
from vse.search.stores.sqlite import read_vectors

FORMAT = 1
NAME = "vectors.sqlite"
KIND = Kind("an SQLite index", lambda _: (NAME, f"{NAME}-journal"))
_WAIT_SECONDS = 60.0  # for another process to end its transaction
_TABLES = """
CREATE TABLE about (format INTEGER, fingerprint TEXT, modality TEXT, dim INTEGER, dtype TEXT);
CREATE TABLE rows (row INTEGER PRIMARY KEY AUTOINCREMENT, item_id TEXT NOT NULL, vector BLOB NOT NULL);
CREATE INDEX rows_by_item ON rows (item_id);
"""
_INSERT = "INSERT INTO rows (item_id, vector) VALUES (?, ?)"


@dataclass(frozen=True, eq=False)
class SqliteIndex(EmbeddingIndex):
    """What an SQLite file held at one moment, searched in memory as any index.

    home: the folder it was loaded from, whose file `insert` and `delete` change too, in one transaction each; what
        they give also has what other processes wrote in the meantime. None for one that was only built.
    """

    home: Path | None = None

    def insert(self, item_ids: Sequence[str], vectors: np.ndarray) -> Self:
        grown = super().insert(item_ids, vectors)
        if self.home is None:
            return grown
        with _opened(self.home) as db:
            db.executemany(_INSERT, _rows(grown, len(self)))
        return self.load(self.home, self.fingerprint)

    def delete(self, item_ids: Collection[str]) -> Self:
        fewer = super().delete(item_ids)
        if self.home is None:
            return fewer
        gone = set(self.item_ids).difference(fewer.item_ids)
        with _opened(self.home) as db:
            db.executemany("DELETE FROM rows WHERE item_id = ?", ((item_id,) for item_id in gone))
        return self.load(self.home, self.fingerprint)

    def save(self, folder: str | Path) -> None:
        """Write `vectors.sqlite`; an index that is already there is replaced whole or not at all.

        Raises WriteError when `folder` is a file or holds anything but such an index, which is left alone.
        """
        about = FORMAT, self.fingerprint, self.modality, self.dim, str(self.vectors.dtype)
        with replace_folder(folder, KIND) as new, _opened(new, "rwc") as db:
            db.executescript(_TABLES)
            db.execute("INSERT INTO about VALUES (?, ?, ?, ?, ?)", about)
            db.executemany(_INSERT, _rows(self))

    @classmethod
    def load(cls, folder: str | Path, fingerprint: str | None = None, mmap: bool = True) -> Self:
        """Read what `save` wrote, all of it into memory.

        Raises FingerprintError when `fingerprint` is given and another encoder made the index, and CollectionError,
        naming the folder, when the file is missing or damaged.
        """
        folder = Path(folder)
        restore_folder(folder)
        with _opened(folder) as db:
            db.execute("BEGIN")  # so that both tables are of one moment
            (version, made_by, modality, dim, dtype), *_ = db.execute("SELECT * FROM about").fetchall()
            if version != FORMAT:
                raise ValueError(f"format {version!r} came and {FORMAT} was expected")
            ids, vectors = read_vectors(db.execute("SELECT item_id, vector FROM rows ORDER BY row"), dim, dtype)
            check_rows(modality, ids, vectors, dtype)
        check_made_by(made_by, fingerprint, folder)
        return cls(made_by, modality, ids, vectors, home=folder)


def _rows(index: EmbeddingIndex, begin: int = 0) -> Iterator[tuple[str, bytes]]:
    return ((index.item_ids[row], index.vectors[row].tobytes()) for row in range(begin, len(index)))


@contextmanager
def _opened(folder: Path, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    """The file of a folder, whose changes are kept when the block ends well, and taken back when it does not.

    mode: "rw" for a file that is there, "rwc" to make it.

    Raises:
        CollectionError: when the file is missing, locked, or not what is expected of it.
    """
    path = folder / NAME
    try:
        uri = f"{path.absolute().as_uri()}?mode={mode}"
        with closing(sqlite3.connect(uri, timeout=_WAIT_SECONDS, uri=True)) as db, db:
            yield db
    except (sqlite3.Error, ValueError, TypeError) as error:
        raise CollectionError(f"The index '{path}' cannot be used ({error}): index the collection again.") from error
