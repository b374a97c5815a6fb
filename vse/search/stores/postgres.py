"""An index in a PostgreSQL server with pgvector: for many users, replicas of the page, and SQL beside it.

All lies in the schema `vse`: the table `indexes` names each index, and `rows_N` holds its rows, with vectors as halfvec
and an HNSW index. A row is of all versions from `since` on and before `until`, so that an index that is loaded stays as
it is. Every write is one transaction. Of an address only the server, the port and the database are ever told.
"""

from __future__ import annotations

import json
import queue
import struct
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import parse_qs, urlsplit

import numpy as np

from vse.errors import CollectionError
from vse.io.installed import from_extra
from vse.io.progress import Progress
from vse.modalities.base import MODALITIES
from vse.search.stores.engine import (
    COMPARED,
    FORMAT,
    EngineIndex,
    Found,
    MissingIndexError,
    bytes_of,
    check_model,
    chunks_of,
    item_of,
)
from vse.search.stores.exact import EmbeddingIndex

T = TypeVar("T")
ADDRESS = "postgresql://USER@HOST:PORT/DATABASE"
_CONNECT_SECONDS = 5
_LINKS, _BUILT_WITH = 16, 100  # of HNSW: m, ef_construction
_LOOKED_AT = (160, 1000)  # ef_search: at least, and at most, which is pgvector's limit
_EACH = 1000  # rows for which one more is looked at, so that recall stays
_MOST_MEMORY = 4_000_000  # kB that the server may take while it builds an index
_WIDEST = 4000  # what pgvector can index of halfvec
_KEPT = "7 days"  # how long an index that was replaced can still be read
_WRITERS = 0x765E  # the lock of those that make tables
_TABLES = """
CREATE EXTENSION IF NOT EXISTS vector;
CREATE SCHEMA IF NOT EXISTS vse;
CREATE TABLE IF NOT EXISTS vse.indexes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, format int NOT NULL,
    fingerprint text NOT NULL, modality text NOT NULL, dim int NOT NULL, stamp text NOT NULL, version bigint NOT NULL,
    retired timestamptz
);
CREATE UNIQUE INDEX IF NOT EXISTS one_of_a_name ON vse.indexes (name) WHERE retired IS NULL;
"""
_ROWS = """
CREATE TABLE {0} (key bigint PRIMARY KEY, item_id bytea NOT NULL, vector halfvec({1}) NOT NULL,
    since bigint NOT NULL DEFAULT 1, until bigint);
ALTER TABLE {0} ALTER COLUMN vector SET STORAGE PLAIN
"""
_SEEN = "since <= %(version)s AND (until IS NULL OR until > %(version)s)"
_NOT_MADE = ("42P01", "3F000")  # SQL's undefined table, undefined schema


def _psycopg() -> Any:
    """
    Raises:
        InstallationError: when psycopg is not installed.
    """
    with from_extra("postgres", "psycopg[binary]>=3.2", "The store 'postgresql' needs the package psycopg"):
        import psycopg  # which is not there either without libpq
    return psycopg


def place_named(address: str) -> str:
    """What may be told of an address: no user and no password, even where it is written so that they run over."""
    try:
        parts = urlsplit(address)
        rest = address.partition("://")[2][len(parts.netloc) :]
        host, port = parts.hostname or parse_qs(parts.query).get("host", [""])[0], parts.port
    except ValueError:
        return "the PostgreSQL server"
    if "@" in rest or not host:
        return "the PostgreSQL server" if host else "the PostgreSQL server of this machine"
    return f"the PostgreSQL server at {host}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


class Server:
    """Connections to a server, as many as are in use at once; safe to share between threads."""

    def __init__(self, address: str) -> None:
        self._address, self.name = address, place_named(address)
        self._idle: queue.SimpleQueue[Any] = queue.SimpleQueue()

    @classmethod
    @cache
    def of(cls, address: str) -> Server:
        return cls(address)

    def run(self, work: Callable[[Any], T]) -> T:
        """`work` with a connection, in a transaction of its own; once more where the connection had been lost before.

        Raises:
            CollectionError: when the server does not answer or refuses, in one sentence without the address.
        """
        psycopg = _psycopg()
        while True:
            used = self._used()
            connection = used or self._connected()
            try:
                with connection.transaction():
                    found = work(connection)
            except psycopg.Error as error:
                lost = connection.closed or isinstance(error, psycopg.InterfaceError)
                with suppress(psycopg.Error):
                    connection.close()
                if lost and used is not None:
                    continue
                raise self._away() if lost else self._refused(error) from None
            except BaseException:
                connection.close()
                raise
            self._idle.put(connection)
            return found

    def _used(self) -> Any:
        with suppress(queue.Empty):
            return self._idle.get_nowait()
        return None

    def _connected(self) -> Any:
        psycopg = _psycopg()
        try:
            parameters = psycopg.conninfo.conninfo_to_dict(self._address)
        except psycopg.Error:  # its text may hold a part of the password
            raise CollectionError(f"The address of the store cannot be read: give {ADDRESS}.") from None
        parameters = {"connect_timeout": _CONNECT_SECONDS, "application_name": "vse"} | parameters
        try:
            connection = psycopg.connect(**parameters, autocommit=True, prepare_threshold=None)
        except (psycopg.Error, ValueError, OSError) as error:
            text = str(error)
            if any(said in text for said in ("authentication", "no password", "does not exist", "pg_hba")):
                raise CollectionError(
                    f"{_begin(self.name)} refuses the user, the password or the database: check the address, and set "
                    "PGPASSWORD or ~/.pgpass for the password."
                ) from None
            raise self._away() from None
        try:
            connection.execute("SET hnsw.iterative_scan = strict_order")
        except psycopg.Error:
            connection.close()
            raise self._away() from None
        return connection

    def _away(self) -> CollectionError:
        return CollectionError(f"{_begin(self.name)} does not answer: start it or check the address, then try again.")

    def _refused(self, error: Any) -> CollectionError:
        if error.sqlstate in _NOT_MADE:
            return MissingIndexError(f"There is no such index in {self.name}: index the collection again.")
        said = " ".join((error.diag.message_primary or type(error).__name__).split())
        return CollectionError(f"The index in {self.name} cannot be used ({said}).")


def _begin(name: str) -> str:
    return name[0].upper() + name[1:]


@dataclass(frozen=True, eq=False)
class PostgresIndex(EngineIndex):
    """A version of the rows of a table."""

    server: Server = field(default=None, repr=False)  # type: ignore[assignment]
    place: str = field(default="", repr=False)
    number: int = 0
    version: int = 0

    @classmethod
    def within(cls, home: str, name: str) -> str:
        """The address, after its # the name."""
        _psycopg()
        address = f"postgresql:{home}"
        if not home.startswith("//") or any(ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 for letter in home):
            raise CollectionError(f"The address of the store cannot be read: give {ADDRESS}.")
        return f"{address}#{name}"

    @classmethod
    def load(cls, folder: str | Path, fingerprint: str | None = None) -> Self:
        server, name = _server_and_name(folder)

        def look(connection: Any) -> tuple[Any, int]:
            row = connection.execute(
                "SELECT id, format, fingerprint, modality, dim, stamp, version FROM vse.indexes "
                "WHERE name = %s AND retired IS NULL", (name,),
            ).fetchone()  # fmt: skip
            if row is None:
                return None, 0
            query = f"SELECT count(*) FROM {_table(row[0])} WHERE {_SEEN}"
            return row, connection.execute(query, {"version": row[-1]}).fetchone()[0]

        row, count = server.run(look)
        if row is None:
            raise MissingIndexError(f"There is no index {name!r} in {server.name}: index the collection again.")
        number, version_of_format, made_by, modality, dim, stamp, version = row
        if version_of_format != FORMAT or modality not in MODALITIES:
            raise CollectionError(
                f"The index {name!r} in {server.name} was not written by this version of VSE Explorer: drop the schema "
                "vse, and index the collection again."
            )
        check_model(made_by, fingerprint, f"{name!r} in {server.name}")
        return cls(made_by, modality, dim, count, stamp, server, str(folder), number, version)

    @classmethod
    def write(
        cls, place: str | Path, index: EmbeddingIndex | EngineIndex, stamp: str, progress: Progress | None
    ) -> None:
        server, name = _server_and_name(place)
        if index.dim > _WIDEST:
            raise CollectionError(f"Vectors of {index.dim} numbers came, and pgvector takes {_WIDEST}: use lance.")

        def fill(connection: Any) -> None:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_WRITERS,))
            connection.execute(_TABLES)
            known = connection.execute(
                "SELECT stamp, fingerprint FROM vse.indexes WHERE name = %s AND retired IS NULL", (name,)
            ).fetchone()
            if stamp and known == (stamp, index.fingerprint):
                return  # another process was quicker
            connection.execute("UPDATE vse.indexes SET retired = now() WHERE name = %s AND retired IS NULL", (name,))
            number = connection.execute(
                "INSERT INTO vse.indexes (name, format, fingerprint, modality, dim, stamp, version) "
                "VALUES (%s, %s, %s, %s, %s, %s, 1) RETURNING id",
                (name, FORMAT, index.fingerprint, index.modality, index.dim, stamp),
            ).fetchone()[0]
            connection.execute(_ROWS.format(_table(number), index.dim))
            _copy(connection, number, chunks_of(index, progress))
            _index(connection, number, len(index), index.dim)
            _forget(connection)

        server.run(fill)

    def insert(self, item_ids: Sequence[str], vectors: np.ndarray, stamp: str = "") -> Self:
        added = self._added(item_ids, vectors)

        def append(connection: Any) -> None:
            version = self._next(connection, stamp)
            last = connection.execute(f"SELECT coalesce(max(key), -1) FROM {_table(self.number)}").fetchone()[0]
            _copy(connection, self.number, chunks_of(added), last + 1, version)
            count = connection.execute(f"SELECT count(*) FROM {_table(self.number)}").fetchone()[0]
            _index(connection, self.number, count, self.dim)

        self.server.run(append)
        return self.load(self.place, self.fingerprint)

    def delete(self, item_ids: Collection[str]) -> Self:
        gone = [bytes_of(each) for each in self._gone(item_ids)]

        def end(connection: Any) -> None:
            version = self._next(connection, "")
            query = f"UPDATE {_table(self.number)} SET until = %s WHERE until IS NULL AND item_id = ANY(%s)"
            connection.execute(query, (version, gone))

        self.server.run(end)
        return self.load(self.place, self.fingerprint)

    def _next(self, connection: Any, stamp: str) -> int:
        """Another version, and one writer at a time."""
        query = "UPDATE vse.indexes SET version = version + 1, stamp = %s WHERE id = %s RETURNING version"
        version: int = connection.execute(query, (stamp, self.number)).fetchone()[0]
        return version

    @property
    def where(self) -> str:
        return self.server.name

    @property
    def size(self) -> int:
        query = f"SELECT pg_total_relation_size('{_table(self.number)}')"
        found: int = self.server.run(lambda one: one.execute(query).fetchone())[0]
        return found

    def remove(self) -> None:
        self.server.run(lambda one: _drop(one, self.number))

    def rows(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        chosen = np.asarray(rows, dtype=np.int64)
        if not len(chosen):
            return np.zeros((0, self.dim), np.float32)
        keys = self._keys[chosen] if self._keys is not None else chosen
        query = f"SELECT key, vector FROM {_table(self.number)} WHERE key = ANY(%s)"
        found = self.server.run(lambda one: one.cursor(binary=True).execute(query, (keys.tolist(),)).fetchall())
        by_key = dict(found)
        data = b"".join(by_key[key][4:] for key in keys.tolist())  # after the width and two bytes without meaning
        return np.frombuffer(data, ">f2").reshape(len(chosen), self.dim).astype(np.float32)

    def _ids(self) -> tuple[str, ...]:
        query = f"SELECT item_id FROM {_table(self.number)} WHERE {_SEEN} ORDER BY key"
        rows = self.server.run(lambda one: one.cursor(binary=True).execute(query, self._at).fetchall())
        return tuple(item_of(item) for (item,) in rows)

    @property
    def _at(self) -> dict[str, Any]:
        return {"version": self.version}

    @cached_property
    def _keys(self) -> np.ndarray | None:
        """(N,) int64, growing: the key of each row; None where they are the same."""
        query = f"SELECT coalesce(max(key), -1) FROM {_table(self.number)} WHERE {_SEEN}"
        if self.server.run(lambda one: one.execute(query, self._at).fetchone())[0] + 1 == self.count:
            return None
        query = f"SELECT key FROM {_table(self.number)} WHERE {_SEEN} ORDER BY key"
        rows = self.server.run(lambda one: one.cursor(binary=True).execute(query, self._at).fetchall())
        return np.array([key for (key,) in rows], dtype=np.int64)

    def _nearest(self, unit: np.ndarray, k: int, rows: np.ndarray | None, exactly: bool) -> list[Found]:
        numbers = json.dumps(unit.tolist())  # twice: a parameter has one type, and halves would be what both become
        values = {**self._at, "unit": numbers, "half": numbers, "k": k, "more": k + 16}
        where = _SEEN
        if rows is not None:
            values["keys"] = (rows if self._keys is None else self._keys[rows]).tolist()
            where += " AND key = ANY(%(keys)s)"
        source = f"SELECT key, item_id, vector FROM {_table(self.number)} WHERE {where}"
        if not exactly:  # by halves of numbers first, as the index does, and then by whole ones
            source += f" ORDER BY vector <#> %(half)s::halfvec({self.dim}) LIMIT %(more)s"
        score = f"-(vector::vector({self.dim}) <#> %(unit)s::vector({self.dim}))"
        query = f"SELECT key, item_id, {score} AS score FROM ({source}) AS near ORDER BY score DESC, key LIMIT %(k)s"

        def ask(connection: Any) -> Any:
            connection.execute(
                f"SET LOCAL hnsw.ef_search = {min(max(_LOOKED_AT[0], self.count // _EACH), _LOOKED_AT[1])}"
            )
            return connection.cursor(binary=True).execute(query, values).fetchall()

        found = self.server.run(ask)
        keys = np.array([key for key, _, _ in found], dtype=np.int64)
        places = (keys if self._keys is None else np.searchsorted(self._keys, keys)).tolist()
        return [(row, item_of(item), score) for row, (_, item, score) in zip(places, found, strict=True)]


def _server_and_name(place: str | Path) -> tuple[Server, str]:
    address, _, name = str(place).rpartition("#")
    return Server.of(address), name


def _table(number: int) -> str:
    return f"vse.rows_{number:d}"


def _copy(
    connection: Any, number: int, chunks: Iterator[tuple[int, list[bytes], np.ndarray]], first: int = 0, since: int = 1
) -> None:
    """Rows in PostgreSQL's binary format; keys count from `first`."""
    query = f"COPY {_table(number)} (key, item_id, vector, since) FROM STDIN (FORMAT BINARY)"
    with connection.cursor().copy(query) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for begin, ids, vectors in chunks:
            dim, halves = vectors.shape[1], vectors.astype(">f2")
            copy.write(b"".join(
                struct.pack("!hiqi", 4, 8, first + begin + row, len(item)) + item
                + struct.pack("!ihh", 4 + 2 * dim, dim, 0) + halves[row].tobytes() + struct.pack("!iq", 8, since)
                for row, item in enumerate(ids)
            ))  # fmt: skip
        copy.write(b"\xff\xff")


def _index(connection: Any, number: int, count: int, dim: int) -> None:
    """The HNSW index, once there are so many rows that it is of use; PostgreSQL keeps it up to date from then on."""
    table, name = _table(number), f"vectors_of_{number:d}"
    exists = connection.execute("SELECT to_regclass(%s)", (f"vse.{name}",)).fetchone()[0]
    if count <= COMPARED or exists:
        return
    memory = min(_MOST_MEMORY, 65_536 + count * (2 * dim + 16 * _LINKS + 256) // 1000)
    connection.execute(f"SET LOCAL maintenance_work_mem = '{memory}kB'")
    connection.execute("SET LOCAL max_parallel_maintenance_workers = 0")  # in a container they lack shared memory
    connection.execute(
        f"CREATE INDEX {name} ON {table} USING hnsw (vector halfvec_ip_ops) "
        f"WITH (m = {_LINKS}, ef_construction = {_BUILT_WITH})"
    )


def _forget(connection: Any) -> None:
    """Drop what was replaced so long ago that nobody reads it any more."""
    query = f"SELECT id FROM vse.indexes WHERE retired < now() - interval '{_KEPT}'"
    for (number,) in connection.execute(query).fetchall():
        _drop(connection, number)


def _drop(connection: Any, number: int) -> None:
    connection.execute(f"DROP TABLE IF EXISTS {_table(number)}")
    connection.execute("DELETE FROM vse.indexes WHERE id = %s", (number,))
