"""Vectors of a collection that can be searched, saved and loaded; exact search.

An answer is that of comparing the query with every row, whatever the size: a scan whose error is bounded finds the rows
that can be in it, and these are scored exactly. A small index is scanned in float32, a large one in float16 as it lies.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Container, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from vse.encoders.similarity import COSINE, Similarity, normalise, top_k
from vse.errors import CollectionError, FingerprintError
from vse.io.arrays import read_array
from vse.io.atomic import Kind, replace_folder, restore_folder
from vse.io.configs import from_json, one_of, read_json
from vse.modalities.base import MODALITIES
from vse.search.hit import Hit
from vse.search.stores.scan import as_float32, as_tensor, contenders, error_of_float32, exact_scores, scan_float16

if TYPE_CHECKING:
    from torch import Tensor

FORMAT = 1
DTYPES = ("float16", "float32")
_META, _VECTORS = "index.json", "vectors.npy"
INDEX = Kind("an index", lambda _: (_META, _VECTORS))  # by their names alone, so that a damaged one is made again
# A float32 copy as large as this stays in a processor's cache and is the fastest to scan; of a larger one float16 is.
_CACHE_BYTES = 16 * 1024 * 1024
_CHUNK_ROWS = 4096
_ADVICE = "index the collection again"


@dataclass(frozen=True, eq=False)
class EmbeddingIndex:
    """Unit rows of one modality, made by one encoder; use `build` or `load`, which check what they are given.

    fingerprint: of the encoder that made the vectors.
    modality: a name of `vse.modalities.base.MODALITIES`.
    item_ids: the item of each row; an item's captions repeat its id.
    vectors: (N, D) float16 or float32, rows of length 1; possibly memory-mapped and read-only.
    """

    fingerprint: str
    modality: str
    item_ids: tuple[str, ...]
    vectors: np.ndarray

    @classmethod
    def build(
        cls, fingerprint: str, modality: str, item_ids: Sequence[str], vectors: np.ndarray, dtype: str = "float16"
    ) -> Self:
        """Check (N, D) vectors whose rows have length 1 to within 0.01, make that exact, and store them as `dtype`.

        Raises ValueError for another shape, length, modality or dtype, and for numbers that are not finite.
        """
        check_rows(modality, item_ids, vectors, dtype)
        stored = np.empty(vectors.shape, dtype=dtype)
        for begin, rows in _chunks(vectors):
            stored[begin : begin + len(rows)] = normalise(rows)
        return cls(fingerprint, modality, tuple(item_ids), stored)

    def __len__(self) -> int:
        return len(self.item_ids)

    @property
    def dim(self) -> int:
        """D, the length of a vector."""
        return int(self.vectors.shape[1])

    def rows(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        """(n, D) float32: the vectors of some rows, in the order in which they are asked for."""
        return np.asarray(self.vectors[np.asarray(rows, dtype=np.int64)], dtype=np.float32)

    @cached_property
    def _cache(self) -> np.ndarray | None:
        """The vectors as float32 in memory or their file; None of float16 when that would be large."""
        if self.vectors.dtype == np.float16 and self.vectors.size * 4 > _CACHE_BYTES:
            return None
        return np.asarray(self.vectors, dtype=np.float32)

    @cached_property
    def _half(self) -> Tensor | None:
        """Float16 vectors where they lie; None where torch sums them up less exactly than it should."""
        rows = as_tensor(self.vectors)
        first = normalise(self.vectors[0])
        scores, error = scan_float16(rows[:_CHUNK_ROWS], first)
        is_sound = np.abs(scores - exact_scores(self.vectors[:_CHUNK_ROWS], first)).max() <= error
        return rows if is_sound else None

    def scores(self, query: np.ndarray) -> np.ndarray:
        """Cosine similarity of a query (D,), of any length but zero, with every row: (N,) float32 in [-1, 1].

        Raises ValueError for another shape, naming both, and for a query that is zero or not finite.
        """
        return self.scores_many(self._checked(query)[None])[0]

    def scores_many(self, queries: np.ndarray) -> np.ndarray:
        """As `scores` for queries (Q, D): (Q, N) float32."""
        if np.ndim(queries) != 2 or np.shape(queries)[1] != self.dim:
            raise ValueError(f"Queries came with shape {np.shape(queries)}: this index needs (Q, {self.dim}).")
        units = normalise(queries)
        out = np.empty((len(units), len(self)), dtype=np.float32)
        for begin, rows in self._float32():
            np.matmul(units, rows.T, out=out[:, begin : begin + len(rows)])
        return np.clip(out, -1.0, 1.0, out=out)

    def search(
        self,
        query: np.ndarray,
        k: int = 10,
        exclude: Container[str] = (),
        similarity: Similarity = COSINE,
        query_is: str = "text",
        among: np.ndarray | None = None,
    ) -> list[Hit]:
        """The k rows most similar to a query (D,), best first, or all that may answer when k is larger; ties by row.

        exclude: item ids that are left out.
        similarity, query_is: the encoder's, and the modality of the query, which some similarities ask for.
        among: (N,) bool, which rows may answer; None for all.

        Raises ValueError as `scores`, for a negative k, and for `among` of another shape.
        """
        if among is not None and np.shape(among) != (len(self),):
            raise ValueError(f"The rows that may answer came as {np.shape(among)}: give ({len(self)},) of bool.")
        unit = normalise(self._checked(query)[None])[0]
        by_cosine = similarity is COSINE
        scores, error = self._scan(unit) if by_cosine else (self._scores_by(similarity, unit, query_is), 0.0)
        allowed = None if among is None else np.flatnonzero(among)
        scores = scores if allowed is None else scores[allowed]
        wanted = k
        while True:
            found = contenders(scores, error, wanted)
            rows = found if allowed is None else allowed[found]
            exact = self._exact(rows, unit) if by_cosine else scores[found]
            best = top_k(exact, wanted)
            ranked = zip(rows[best].tolist(), exact[best].tolist(), strict=True)
            kept = [(row, score) for row, score in ranked if self.item_ids[row] not in exclude][:k]
            if len(kept) == k or wanted >= len(scores):
                break
            wanted = 2 * wanted + 16  # some were excluded: look further down
        return [Hit(self.item_ids[row], score, rank, row) for rank, (row, score) in enumerate(kept, start=1)]

    def _scan(self, unit: np.ndarray) -> tuple[np.ndarray, float]:
        """(N,) float32 cosines with a unit vector (D,), and the most that one may be off."""
        if self._cache is not None:
            return self._cache @ unit, error_of_float32(self.dim)
        if self._half is not None:
            return scan_float16(self._half, unit)
        return self.scores(unit), error_of_float32(self.dim)

    def _exact(self, rows: np.ndarray, unit: np.ndarray) -> np.ndarray:
        """(R,) float32 cosines of some rows (R,)."""
        source = self.vectors if self._cache is None else self._cache
        parts = [exact_scores(source[part], unit) for part in _parts(rows)]
        return parts[0] if len(parts) == 1 else np.concatenate([*parts, np.zeros(0, np.float32)])

    def _scores_by(self, similarity: Similarity, unit: np.ndarray, query_is: str) -> np.ndarray:
        out = np.empty(len(self), dtype=np.float32)
        for begin, rows in self._float32():
            out[begin : begin + len(rows)] = similarity.scores(unit[None], rows, a_is=query_is, b_is=self.modality)[0]
        return out

    def _checked(self, query: np.ndarray) -> np.ndarray:
        if np.shape(query) != (self.dim,):
            raise ValueError(f"A query came with shape {np.shape(query)}: this index needs ({self.dim},).")
        return np.asarray(query)

    def _float32(self) -> Iterator[tuple[int, np.ndarray]]:
        """The rows as float32: at once from the cache, else in chunks."""
        if self._cache is not None:
            return iter([(0, self._cache)])
        return _chunks(self.vectors)

    def insert(self, item_ids: Sequence[str], vectors: np.ndarray) -> Self:
        """A new index with (M, D) further rows after these, checked and stored as `build` does.

        Raises ValueError as `build`, and for rows of another width.
        """
        added = EmbeddingIndex.build(self.fingerprint, self.modality, item_ids, vectors, str(self.vectors.dtype))
        if added.dim != self.dim:
            raise ValueError(f"Vectors came with {added.dim} numbers each: this index needs {self.dim}.")
        return replace(
            self, item_ids=self.item_ids + added.item_ids, vectors=np.concatenate([self.vectors, added.vectors])
        )

    def delete(self, item_ids: Collection[str]) -> Self:
        """A new index without any row of these items. Raises ValueError for an item that has no row."""
        gone = {item_ids} if isinstance(item_ids, str) else set(item_ids)
        if unknown := sorted(gone.difference(self.item_ids)):
            raise ValueError(f"There is no row of {unknown[0]!r} to delete: give items of this index.")
        kept = [row for row, item_id in enumerate(self.item_ids) if item_id not in gone]
        return replace(self, item_ids=tuple(self.item_ids[row] for row in kept), vectors=self.vectors[kept])

    def save(self, folder: str | Path) -> None:
        """Write `index.json` and `vectors.npy`; an index that is already there is replaced whole or not at all.

        Raises WriteError when `folder` is a file or holds anything but an index, which is left alone.
        """
        meta = {
            "format": FORMAT,
            "fingerprint": self.fingerprint,
            "modality": self.modality,
            "dim": self.dim,
            "count": len(self),
            "dtype": str(self.vectors.dtype),
            "item_ids": self.item_ids,
        }
        with replace_folder(folder, INDEX) as new:
            np.save(new / _VECTORS, np.ascontiguousarray(self.vectors), allow_pickle=False)
            (new / _META).write_text(json.dumps(meta), encoding="utf-8")

    @classmethod
    def load(cls, folder: str | Path, fingerprint: str | None = None, mmap: bool = True) -> Self:
        """Read what `save` wrote; with `mmap` the vectors stay in their file, read-only, until they are used.

        Raises FingerprintError when `fingerprint` is given and another encoder made the index, and CollectionError,
        naming the file, when one is missing, damaged, or does not fit the other.
        """
        folder = Path(folder)
        restore_folder(folder)
        meta = _read_meta(folder / _META)
        check_made_by(meta.fingerprint, fingerprint, folder)
        path = folder / _VECTORS
        # Nothing can be mapped of an empty file part, so an index of no rows is read instead.
        vectors = read_array(path, mmap and bool(meta.count), advice=_ADVICE)
        expected = (meta.count, meta.dim), meta.dtype
        if (vectors.shape, str(vectors.dtype)) != expected:
            raise CollectionError(
                f"The vectors '{path}' do not fit '{_META}', which announces {expected[1]} {expected[0]}: index the "
                "collection again."
            )
        for begin, rows in _chunks(vectors):
            if (row := _not_unit(rows)) is not None:
                raise CollectionError(
                    f"The vectors '{path}' are damaged: row {begin + row} has not length 1; {_ADVICE}."
                )
        return cls(meta.fingerprint, meta.modality, meta.item_ids, vectors)


def check_made_by(made_by: str, fingerprint: str | None, folder: Path) -> None:
    """
    Raises:
        FingerprintError: when a fingerprint is given and another model made the index of a folder.
    """
    if fingerprint not in (None, made_by):
        raise FingerprintError(
            f"The index '{folder}' was made by the model {made_by[:12]} and the model in use is "
            f"{fingerprint[:12]}: index the collection again with this model."
        )


def _parts(rows: np.ndarray) -> Iterator[np.ndarray]:
    return (rows[begin : begin + _CHUNK_ROWS] for begin in range(0, len(rows), _CHUNK_ROWS))


def _chunks(vectors: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """The rows as float32, so many at a time, each time with the number of the first."""
    convert = as_float32 if vectors.size * 4 > _CACHE_BYTES else partial(np.asarray, dtype=np.float32)
    for begin, rows in zip(range(0, len(vectors), _CHUNK_ROWS), _parts(vectors), strict=True):
        yield begin, convert(rows)


def are_unit(rows: np.ndarray) -> np.ndarray:
    """(N,) bool: which of the rows (N, D) have length 1 to within 0.01, as all that are kept have; none with a NaN."""
    parts = [np.abs(np.linalg.norm(part, axis=1) - 1) <= 1e-2 for _, part in _chunks(rows)]
    return np.concatenate([*parts, np.zeros(0, bool)])


def check_rows(modality: str, item_ids: Sequence[str], vectors: np.ndarray, dtype: str) -> None:
    """
    Raises:
        ValueError: for what is no index: see `EmbeddingIndex.build`.
    """
    if modality not in MODALITIES or dtype not in DTYPES:
        raise ValueError(
            f"modality {modality!r} and dtype {dtype!r} came: give one of {tuple(MODALITIES)} and {DTYPES}."
        )
    if isinstance(item_ids, str) or not all(isinstance(item_id, str) for item_id in item_ids):
        raise ValueError("The item ids must be strings: give a sequence with one string for each row.")
    if vectors.ndim != 2 or vectors.shape[1] < 1 or vectors.dtype.kind != "f":
        raise ValueError(f"Vectors came as {vectors.dtype} {vectors.shape}: give floats of shape (N, D), D >= 1.")
    if len(item_ids) != len(vectors):
        raise ValueError(f"{len(item_ids)} item ids came with {len(vectors)} vectors: give one id for each row.")
    if (row := _not_unit(vectors)) is not None:
        length = np.linalg.norm(vectors[row].astype(np.float32))
        raise ValueError(f"Row {row} has length {length:.3g} and unit rows were expected: normalise first.")


def _not_unit(rows: np.ndarray) -> int | None:
    """The first row whose length is not 1 to within 0.01."""
    bad = np.flatnonzero(~are_unit(rows))
    return int(bad[0]) if len(bad) else None


@dataclass(frozen=True)
class _Meta:
    """What `index.json` says."""

    format: int
    fingerprint: str
    modality: str
    dim: int
    count: int
    dtype: str
    item_ids: tuple[str, ...]

    def __post_init__(self) -> None:
        one_of("modality", self.modality, tuple(MODALITIES))
        one_of("dtype", self.dtype, DTYPES)
        if self.count != len(self.item_ids):
            raise ValueError(f"count is {self.count} and there are {len(self.item_ids)} item_ids")


def _read_meta(path: Path) -> _Meta:
    data = read_json(path, CollectionError, _ADVICE)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise CollectionError(f"The index '{path}' is not of format {FORMAT}: {_ADVICE}.")
    return from_json(_Meta, data, path, CollectionError, _ADVICE)
