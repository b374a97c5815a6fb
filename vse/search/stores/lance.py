"""An index in a Lance dataset: a folder that many processes read while one writes, searched without being loaded.

Every write is a version of the dataset, committed whole; an index that is loaded stays at its version. Vectors are kept
as float32, which Lance searches several times as fast as float16, in the dataset and once more in its IVF_FLAT index.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from vse.encoders.similarity import COSINE
from vse.errors import CollectionError, WriteError
from vse.io.atomic import Kind, check_folder
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

SUFFIX = ".lance"
_PARTS = ("_deletions", "_indices", "_transactions", "_versions", "data")
KIND = Kind(
    "a Lance dataset",
    lambda folder: [
        path.relative_to(folder).as_posix() for part in _PARTS for path in (folder / part).rglob("*") if path.is_file()
    ],
)
_ABOUT = b"vse"  # in the metadata of the schema
_INDEX = "vectors"
# About 2 sqrt(N) partitions, of which so many are looked into; the centroids are those of so many rows of each.
_PROBES, _SAMPLE = 64, 48
_DELTAS = 8  # parts of the index, beside the first, that are searched one after the other before it is made anew
_CACHED = 256 * 1024 * 1024  # bytes of the index that stay in memory; the system's cache of files holds the rest
_KEPT = timedelta(days=7)  # how long an older version can still be read
_DEEPEST = 8  # of N rows, one in so many: looking deeper takes longer than comparing all that may answer


def _lance() -> Any:
    """
    Raises:
        InstallationError: when Lance is not installed.
    """
    os.environ.setdefault("LANCE_LOG", "error")  # it warns of every partition without rows
    with from_extra("lance", "pylance>=14,<15", "The store 'lance' needs the package pylance"):
        import lance
    return lance


@contextmanager
def _told(place: str | Path) -> Iterator[None]:
    """Whatever Lance raises, as one sentence.

    Raises:
        CollectionError: for a dataset that is damaged, or whose files are gone.
    """
    try:
        yield
    except (OSError, ValueError, TypeError, KeyError, RuntimeError) as error:
        if isinstance(error, WriteError):
            raise
        reason = " ".join(str(error).split())[:200]
        raise CollectionError(f"The Lance dataset '{place}' cannot be used ({reason}): remove it, and index the "
                              "collection again.") from error  # fmt: skip


@dataclass(frozen=True, eq=False)
class LanceIndex(EngineIndex):
    """A version of a Lance dataset: columns item_id (bytes) and vector, and what it is in the schema's metadata."""

    home: Path = field(default=Path(), repr=False)
    dataset: Any = field(default=None, repr=False)

    @classmethod
    def within(cls, home: str, name: str) -> Path:
        """`home/NAME.lance`, as LanceDB lays its tables out."""
        _lance()
        folder = Path(home).expanduser()
        if not home.strip():
            raise CollectionError("No folder was named for the store 'lance': give lance:FOLDER.")
        try:
            foreign = sorted(each.name for each in folder.iterdir() if not each.name.startswith("."))
        except FileNotFoundError:
            foreign = []
        except (OSError, ValueError) as error:
            raise CollectionError(f"'{folder}' cannot be looked into ({getattr(error, 'strerror', None) or error}): "
                                  "give lance:FOLDER with a folder.") from error  # fmt: skip
        if foreign := [each for each in foreign if not each.endswith(SUFFIX)]:
            raise CollectionError(
                f"'{folder}' holds what is no Lance dataset, such as '{foreign[0]}': give lance:FOLDER with a new or "
                "empty folder, or one that was filled before."
            )
        return folder / f"{name}{SUFFIX}"

    @classmethod
    def load(cls, folder: str | Path, fingerprint: str | None = None) -> Self:
        lance, folder = _lance(), Path(folder)
        if not (folder / "_versions").is_dir():
            said = "holds no Lance dataset" if folder.exists() else "is not there"
            raise MissingIndexError(f"The index '{folder}' {said}: index the collection again.")
        with _told(folder):
            dataset = lance.dataset(str(folder), index_cache_size_bytes=_CACHED)
            about = json.loads((dataset.schema.metadata or {}).get(_ABOUT, b"null"))
            if not isinstance(about, dict) or about.get("format") != FORMAT or about.get("modality") not in MODALITIES:
                raise ValueError("it was not written by this version of VSE Explorer")
            made_by, dim = str(about["fingerprint"]), int(dataset.schema.field("vector").type.list_size)
            count = dataset.count_rows()
        check_model(made_by, fingerprint, f"'{folder}'")
        return cls(made_by, about["modality"], dim, count, str(about.get("stamp", "")), folder, dataset)

    @classmethod
    def write(
        cls, place: str | Path, index: EmbeddingIndex | EngineIndex, stamp: str, progress: Progress | None
    ) -> None:
        import pyarrow as pa

        lance, folder = _lance(), check_folder(place, KIND)
        about = {"format": FORMAT, "fingerprint": index.fingerprint, "modality": index.modality, "stamp": ""}
        schema = pa.schema(
            [pa.field("item_id", pa.binary(), False), pa.field("vector", pa.list_(pa.float32(), index.dim), False)],
            {_ABOUT: json.dumps(about)},
        )
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder), _told(folder):
            if stamp and _stamp_of(folder, index.fingerprint) == stamp:
                return  # another process was quicker
            reader = pa.RecordBatchReader.from_batches(schema, _batches(index, schema, progress))
            dataset = lance.write_dataset(reader, str(folder), schema, mode="overwrite")
            cls._finish(dataset, about, stamp)
            dataset.cleanup_old_versions(_KEPT)

    @classmethod
    def _finish(cls, dataset: Any, about: dict[str, Any], stamp: str) -> None:
        """Index what is not indexed yet where it is much; the stamp comes last, so that a kill before it is seen."""
        left, deltas = dataset.count_rows(), 0
        if dataset.describe_indices():
            stats = dataset.stats.index_stats(_INDEX)
            left, deltas = stats["num_unindexed_rows"], stats["num_indices"]
        if left > COMPARED and 0 < deltas < _DELTAS:
            dataset.optimize.optimize_indices(num_indices_to_merge=0)  # merged ones can be wrong, lance#7731
        elif left > COMPARED:
            centroids = _centroids(dataset)
            dataset.create_index(
                "vector", "IVF_FLAT", _INDEX, metric="cosine", replace=True,
                num_partitions=len(centroids), ivf_centroids=centroids,
            )  # fmt: skip
        dataset.update_schema_metadata({_ABOUT.decode(): json.dumps(about | {"stamp": stamp})})

    def insert(self, item_ids: Sequence[str], vectors: np.ndarray, stamp: str = "") -> Self:
        import pyarrow as pa

        added, lance = self._added(item_ids, vectors), _lance()
        with _alone(self.home), _told(self.home):
            schema = self.dataset.schema
            reader = pa.RecordBatchReader.from_batches(schema, _batches(added, schema))
            dataset = lance.write_dataset(reader, str(self.home), mode="append")
            self._finish(dataset, json.loads(schema.metadata[_ABOUT]), stamp)
        return self.load(self.home, self.fingerprint)

    def delete(self, item_ids: Collection[str]) -> Self:
        gone = sorted(self._gone(item_ids))
        with _alone(self.home), _told(self.home):
            dataset = _lance().dataset(str(self.home))
            for begin in range(0, len(gone), 1000):
                named = ", ".join(f"X'{bytes_of(each).hex()}'" for each in gone[begin : begin + 1000])
                dataset.delete(f"item_id IN ({named})")
            self._finish(dataset, json.loads(dataset.schema.metadata[_ABOUT]), "")
        return self.load(self.home, self.fingerprint)

    @property
    def where(self) -> str:
        return f"'{self.home}'"

    @property
    def size(self) -> int:
        return sum(path.stat().st_size for path in self.home.rglob("*") if path.is_file())

    def remove(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        _lock_of(self.home).unlink(missing_ok=True)

    def rows(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        chosen = np.asarray(rows, dtype=np.int64)
        if not len(chosen):
            return np.zeros((0, self.dim), np.float32)
        places, back = np.unique(chosen, return_inverse=True)
        with _told(self.home):
            column = self.dataset.take(places, columns=["vector"])["vector"].combine_chunks()
        found: np.ndarray = column.flatten().to_numpy().reshape(len(places), self.dim)[back]
        return found

    def _ids(self) -> tuple[str, ...]:
        with _told(self.home):
            return tuple(map(item_of, self.dataset.to_table(columns=["item_id"])["item_id"].to_pylist()))

    @cached_property
    def _names(self) -> np.ndarray:
        """(N,) uint64, growing: what Lance calls each row."""
        with _told(self.home):
            found: np.ndarray = self.dataset.to_table(columns=[], with_row_id=True)["_rowid"].to_numpy()
        return found

    def _nearest(self, unit: np.ndarray, k: int, rows: np.ndarray | None, exactly: bool) -> list[Found]:
        if rows is None:
            return self._asked(unit, k, exactly, _PROBES)
        if exactly:
            return self._by(COSINE, unit, "", k, rows)
        # Lance takes rows that may answer as a text; for many, what does not fit is left out of a longer list instead.
        may = np.zeros(self.count, dtype=bool)
        may[rows] = True
        wanted = k
        while (wanted := 2 * wanted * self.count // len(rows) + 16) <= self.count // _DEEPEST:
            found = [each for each in self._asked(unit, wanted, False, 2 * _PROBES) if may[each[0]]]
            if len(found) >= k:
                return found
            wanted = max(k, wanted * len(rows) // self.count)
        return self._by(COSINE, unit, "", k, rows)

    def _asked(self, unit: np.ndarray, k: int, exactly: bool, probes: int) -> list[Found]:
        nearest = {"column": "vector", "q": unit, "k": k, "metric": "cosine", "use_index": not exactly,
                   "minimum_nprobes": probes}  # fmt: skip
        with _told(self.home):
            table = self.dataset.to_table(columns=["item_id", "_distance"], nearest=nearest, with_row_id=True)
        rows = np.searchsorted(self._names, table["_rowid"].to_numpy()).tolist()
        scores = (1 - table["_distance"].to_numpy().astype(np.float64)).tolist()
        return list(zip(rows, map(item_of, table["item_id"].to_pylist()), scores, strict=True))


def _batches(index: EmbeddingIndex | EngineIndex, schema: Any, progress: Progress | None = None) -> Iterator[Any]:
    import pyarrow as pa

    for _, ids, vectors in chunks_of(index, progress):
        column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), index.dim)
        yield pa.record_batch([pa.array(ids, pa.binary()), column], schema=schema)


def _centroids(dataset: Any) -> np.ndarray:
    """(K, D) float32, by k-means over a part of the rows: what Lance does itself takes several times as long."""
    from sklearn.cluster import MiniBatchKMeans

    count = dataset.count_rows()
    k = round(2 * count**0.5)
    chosen = np.sort(np.random.default_rng(0).choice(count, min(count, _SAMPLE * k), replace=False))
    column = dataset.take(chosen, columns=["vector"])["vector"].combine_chunks()
    rows = column.flatten().to_numpy().reshape(len(chosen), -1)
    fitted = MiniBatchKMeans(k, batch_size=4096, n_init=1, max_iter=5, random_state=0).fit(rows)
    return np.ascontiguousarray(fitted.cluster_centers_, dtype=np.float32)


def _stamp_of(folder: Path, fingerprint: str) -> str:
    """Of what lies there; empty where nothing does, or another model's."""
    with suppress(CollectionError):
        found = LanceIndex.load(folder)
        return found.stamp if found.fingerprint == fingerprint else ""
    return ""


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process writes at a time, where the system has locks that a kill takes away; others see whole versions."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _lock_of(folder).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.lock")
