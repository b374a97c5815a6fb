"""What the stores have in common whose rows stay in an engine: nothing but the rows that are asked for is in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np

from vse.encoders.similarity import COSINE, Similarity, normalise, top_k
from vse.errors import CollectionError, FingerprintError
from vse.io.progress import Progress
from vse.search.hit import Hit
from vse.search.stores.exact import EmbeddingIndex

FORMAT = 1
# Up to so many rows that may answer, each is compared: that takes milliseconds, and an engine's index gains nothing.
COMPARED = 10_000
FEW = 2_000  # the same of rows that a filter leaves, which lie scattered
CHUNK = 8192
_SAME = 2e-3  # that two numbers differ at most, each of which was once kept as float16
Found = tuple[int, str, float]  # a row, its item, its score


class MissingIndexError(CollectionError):
    """Where an index was looked for there is none, so that it can be filled."""


@dataclass(frozen=True, eq=False)
class Unsaved(EmbeddingIndex):
    """Rows in memory, until they are saved into the engine of `kind`."""

    kind: type[EngineIndex] | None = None

    def save(self, folder: str | Path, stamp: str = "", progress: Progress | None = None) -> None:
        """As `EngineIndex.save`."""
        assert self.kind is not None
        self.kind.write(folder, self, stamp, progress)


@dataclass(frozen=True, eq=False)
class EngineIndex(ABC):
    """Unit rows in an engine as they were at one moment; what is written later, here or elsewhere, changes nothing.

    Scores are exact; which rows are looked at is only nearly so above `COMPARED` rows. Other similarities than the
    cosine compare all rows, one chunk after the other.

    fingerprint, modality, dim: as of any store.
    count: N.
    stamp: of what it was filled from, as whoever filled it says; empty before it is whole.
    """

    fingerprint: str
    modality: str
    dim: int
    count: int
    stamp: str

    def __len__(self) -> int:
        return self.count

    @classmethod
    def build(cls, fingerprint: str, modality: str, item_ids: Sequence[str], vectors: np.ndarray) -> Unsaved:
        """As `EmbeddingIndex.build`, in memory until it is saved."""
        made = EmbeddingIndex.build(fingerprint, modality, item_ids, vectors)
        return Unsaved(made.fingerprint, made.modality, made.item_ids, made.vectors, cls)

    @classmethod
    @abstractmethod
    def within(cls, home: str, name: str) -> str | Path:
        """Where the index of a name lies in a place that holds several.

        Raises:
            CollectionError: when it is no such place.
            InstallationError: when the engine is not installed.
        """

    @classmethod
    @abstractmethod
    def load(cls, folder: str | Path, fingerprint: str | None = None) -> Self:
        """What lies in the engine at this moment.

        Raises:
            FingerprintError: when `fingerprint` is given and another model made the vectors.
            MissingIndexError: when there is none.
            CollectionError: when it is damaged, or the engine does not answer.
            InstallationError: when the engine is not installed.
        """

    @classmethod
    @abstractmethod
    def write(
        cls, place: str | Path, index: EmbeddingIndex | EngineIndex, stamp: str, progress: Progress | None
    ) -> None:
        """Put an index in the place of the one that lies there, whole or not at all; nothing where the stamp is known.

        Raises:
            WriteError: when anything else lies there.
            CollectionError, InstallationError: as `load`.
        """

    def save(self, folder: str | Path, stamp: str = "", progress: Progress | None = None) -> None:
        """As `write`."""
        self.write(folder, self, stamp, progress)

    @abstractmethod
    def insert(self, item_ids: Sequence[str], vectors: np.ndarray, stamp: str = "") -> Self:
        """As of any store; who looks at the engine anew sees all of the rows, or none."""

    @abstractmethod
    def delete(self, item_ids: Collection[str]) -> Self:
        """As of any store."""

    @property
    @abstractmethod
    def where(self) -> str:
        """Where it lies, as people are told it."""

    @property
    @abstractmethod
    def size(self) -> int:
        """Bytes on disk, with the index."""

    @abstractmethod
    def remove(self) -> None:
        """Take it out of the engine, also for whoever still reads it."""

    @abstractmethod
    def rows(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        """(n, D) float32: some rows, in the order in which they are asked for."""

    @abstractmethod
    def _ids(self) -> tuple[str, ...]:
        """The item of each row."""

    @abstractmethod
    def _nearest(self, unit: np.ndarray, k: int, rows: np.ndarray | None, exactly: bool) -> list[Found]:
        """The k rows nearest to a vector (D,) of length 1, in any order, among `rows` where these are given.

        exactly: every row that may answer is compared; else fewer than k may be found.
        """

    @cached_property
    def item_ids(self) -> tuple[str, ...]:
        """The item of each row, read when first needed."""
        return self._ids()

    @property
    def vectors(self) -> np.ndarray:
        """(N, D) float32: all rows, read now; a search needs none of it."""
        return np.concatenate([np.zeros((0, self.dim), np.float32), *(rows for _, rows in self.chunks())])

    def chunks(self) -> Iterator[tuple[int, np.ndarray]]:
        """All rows, some at a time: the number of the first, and (n, D) float32."""
        for begin in range(0, self.count, CHUNK):
            yield begin, self.rows(np.arange(begin, min(begin + CHUNK, self.count)))

    def search(
        self,
        query: np.ndarray,
        k: int = 10,
        exclude: Container[str] = (),
        similarity: Similarity = COSINE,
        query_is: str = "text",
        among: np.ndarray | None = None,
    ) -> list[Hit]:
        """As of any store. `among` is told to the engine, which looks for rows that fit; `exclude` costs a longer list.

        Raises:
            ValueError: as of any store.
            CollectionError: when the engine does not answer.
        """
        if np.shape(query) != (self.dim,):
            raise ValueError(f"A query came with shape {np.shape(query)}: this index needs ({self.dim},).")
        if among is not None and np.shape(among) != (self.count,):
            raise ValueError(f"The rows that may answer came as {np.shape(among)}: give ({self.count},) of bool.")
        if k < 0:
            raise ValueError(f"k came as {k}: give 0 or more.")
        unit = normalise(query)
        rows = None if among is None else np.flatnonzero(among)
        most = self.count if rows is None else len(rows)
        wanted = min(k, most)
        exactly = most <= (COMPARED if most == self.count else FEW) or similarity is not COSINE
        kept: list[Found] = []
        while wanted:
            if similarity is COSINE:
                found = self._nearest(unit, wanted, rows, exactly)
            else:
                found = self._by(similarity, unit, query_is, wanted, rows)
            kept = sorted((each for each in found if each[1] not in exclude), key=lambda each: (-each[2], each[0]))[:k]
            if len(kept) == k or len(found) >= most or (exactly and len(found) < wanted):
                break
            if len(found) < wanted:
                exactly = True  # the engine gave up before it had as many
            else:
                wanted = min(most, 2 * wanted + 16)  # some were excluded: look further down
        return [Hit(item, score, rank, row) for rank, (row, item, score) in enumerate(kept, start=1)]

    def _by(
        self, similarity: Similarity, unit: np.ndarray, query_is: str, k: int, rows: np.ndarray | None
    ) -> list[Found]:
        """The best k by any similarity."""
        scores = np.empty(self.count if rows is None else len(rows), dtype=np.float32)
        for begin in range(0, len(scores), CHUNK):
            chosen = np.arange(begin, min(begin + CHUNK, len(scores)))
            vectors = self.rows(chosen if rows is None else rows[chosen])
            part = similarity.scores(unit[None], vectors, a_is=query_is, b_is=self.modality)[0]
            scores[begin : begin + len(part)] = part
        best = top_k(scores, k)
        found = best if rows is None else rows[best]
        return [(int(row), self.item_ids[row], float(scores[at])) for row, at in zip(found, best, strict=True)]

    def _gone(self, item_ids: Collection[str]) -> set[str]:
        """
        Raises:
            ValueError: for an item that has no row.
        """
        gone = {item_ids} if isinstance(item_ids, str) else set(item_ids)
        if unknown := sorted(gone.difference(self.item_ids)):
            raise ValueError(f"There is no row of {unknown[0]!r} to delete: give items of this index.")
        return gone

    def _added(self, item_ids: Sequence[str], vectors: np.ndarray) -> EmbeddingIndex:
        """Further rows, checked.

        Raises:
            ValueError: as `build`, and for rows of another width.
        """
        added = EmbeddingIndex.build(self.fingerprint, self.modality, item_ids, vectors)
        if added.dim != self.dim:
            raise ValueError(f"Vectors came with {added.dim} numbers each: this index needs {self.dim}.")
        return added


def chunks_of(
    index: EmbeddingIndex | EngineIndex, progress: Progress | None = None
) -> Iterator[tuple[int, list[bytes], np.ndarray]]:
    """Some rows at a time, to be written: the number of the first, their items as bytes, and (n, D) float32 unit rows.

    Bytes, as file names may hold what is no UTF-8; `item_of` reads them.
    """
    for begin in range(0, len(index), CHUNK):
        some = range(begin, min(begin + CHUNK, len(index)))
        yield begin, [bytes_of(index.item_ids[row]) for row in some], normalise(index.rows(some))
        if progress:
            progress(some.stop, len(index))


def bytes_of(item_id: str) -> bytes:
    return item_id.encode("utf-8", "surrogateescape")


def item_of(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def continues(known: EngineIndex, index: EmbeddingIndex) -> bool:
    """Whether an index begins with all the rows that are known already."""
    return known.item_ids == index.item_ids[: len(known)] and all(
        np.allclose(rows, index.rows(range(begin, begin + len(rows))), atol=_SAME) for begin, rows in known.chunks()
    )


def check_model(made_by: str, fingerprint: str | None, where: str) -> None:
    """
    Raises:
        FingerprintError: when a fingerprint is given and another model made what lies there.
    """
    if fingerprint not in (None, made_by):
        raise FingerprintError(
            f"The index {where} was made by the model {made_by[:12]} and the model in use is {fingerprint[:12]}: use "
            "that model, or name another place for this one."
        )
