"""The registry of vector stores, and what is asked of each."""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence
from pathlib import Path
from typing import Protocol, Self

import numpy as np

from vse.encoders.similarity import COSINE, Similarity
from vse.errors import CollectionError
from vse.io.importing import imported
from vse.search.hit import Hit

EXACT, SERVER = "exact", "postgresql"


class VectorStore(Protocol):
    """Unit rows of one modality under one model, in the order in which they came; an item may have several rows.

    A store is a value that does not change, so that many threads can search it: `insert` and `delete` give another.
    """

    @property
    def fingerprint(self) -> str:
        """Of the encoder that made the vectors."""

    @property
    def modality(self) -> str:
        """A name of `vse.modalities.base.MODALITIES`."""

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The item of each row."""

    @property
    def vectors(self) -> np.ndarray:
        """(N, D) floats, rows of length 1, read only: all of them, which may be more than memory holds; see `rows`."""

    @property
    def dim(self) -> int:
        """D, the length of a vector."""

    def __len__(self) -> int:
        """N, the number of rows."""

    def rows(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        """(n, D) float32: the vectors of some rows, in the order in which they are asked for."""

    @classmethod
    def build(cls, fingerprint: str, modality: str, item_ids: Sequence[str], vectors: np.ndarray) -> Self:
        """A store of (N, D) unit rows, in memory until it is saved.

        Raises:
            ValueError: for another shape, rows of another length, or a modality that there is not.
        """

    def search(
        self,
        query: np.ndarray,
        k: int = 10,
        exclude: Container[str] = (),
        similarity: Similarity = COSINE,
        query_is: str = "text",
        among: np.ndarray | None = None,
    ) -> list[Hit]:
        """The k rows most similar to a query (D,) of any length but zero, best first; ties by row.

        Args:
            exclude: item ids that are left out.
            similarity: the encoder's.
            query_is: the modality of the query, which some similarities ask for.
            among: (N,) bool, which rows may answer; None for all.

        Raises:
            ValueError: for another shape, a query that is zero or not finite, and a negative k.
        """

    def insert(self, item_ids: Sequence[str], vectors: np.ndarray) -> Self:
        """The store with (M, D) further unit rows after the others.

        Raises:
            ValueError: as `build`.
        """

    def delete(self, item_ids: Collection[str]) -> Self:
        """The store without any row of these items.

        Raises:
            ValueError: for an item that has no row.
        """

    def save(self, folder: str | Path) -> None:
        """Write a folder, or replace one of the same kind whole.

        Raises:
            WriteError: when `folder` holds anything else, which is left alone.
        """

    @classmethod
    def load(cls, folder: str | Path, fingerprint: str | None = None) -> Self:
        """Read what `save` wrote.

        Raises:
            FingerprintError: when `fingerprint` is given and another encoder made the vectors.
            CollectionError: when it is missing or damaged.
        """


# One line a store: where its class stands.
STORES: dict[str, str] = {
    EXACT: "vse.search.stores.exact:EmbeddingIndex",
    "sqlite": "vse.search.stores.sqlite_index:SqliteIndex",
    "lance": "vse.search.stores.lance:LanceIndex",
    SERVER: "vse.search.stores.postgres:PostgresIndex",
}


def some_rows(store: VectorStore, most: int = 100_000) -> np.ndarray:
    """(n, D): all vectors, or so many of them from first to last where there are more, for what is measured on many."""
    if len(store) <= most:
        return store.vectors
    return store.rows(np.linspace(0, len(store) - 1, most).astype(np.int64))


def load_store(name: str) -> type[VectorStore]:
    """
    Raises:
        CollectionError: for a name that is not in STORES.
    """
    if name not in STORES:
        raise CollectionError(f"No vector store {name[:40]!r}; expected one of {', '.join(STORES)}.")
    found: type[VectorStore] = imported(STORES[name])
    return found


def store_named(text: str) -> tuple[str, str]:
    """What `--store` says, NAME or NAME:PLACE, as a name of STORES and a place, empty for the cache.

    Raises:
        CollectionError: for a store that there is not, a place for one that has none, or none for one on a server.
    """
    name, colon, place = text.partition(":")
    name = {"postgres": SERVER}.get(name, name)
    kind = load_store(name)
    if colon and not hasattr(kind, "within"):
        raise CollectionError(f"The store {name!r} lies in the cache: leave its place out, or give lance:FOLDER.")
    if not place.strip("/") and (colon or name == SERVER):
        expected = "postgresql://USER@HOST:PORT/DATABASE" if name == SERVER else f"{name}:FOLDER"
        raise CollectionError(f"The store {name!r} came without a place: give {expected}.")
    return name, place
