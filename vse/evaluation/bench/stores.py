"""How vector stores do with many photographs: what they find, how soon, and what they take; printed, never asserted.

The photographs are drawn: each is a mixture of two pictures of a collection, with noise. They are asked for with the
collection's own captions, which lie apart from all pictures, as words do. Each store is searched in a process of its
own that has nothing else in memory.
"""

from __future__ import annotations

import multiprocessing
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from vse.encoders.similarity import normalise, top_k
from vse.errors import CollectionError
from vse.evaluation.tables import figure, table
from vse.io.progress import Shows
from vse.modalities import IMAGE, TEXT
from vse.search.searcher import Searcher
from vse.search.stores.base import load_store, store_named
from vse.search.stores.engine import EngineIndex

QUERIES, WARM_UP, K = 200, 10, 10
_LONGEST = 60  # seconds after which no further query is asked
FILTERED = 10  # a filter that one in so many photographs fits
_NOISE, _ROWS = 0.5, 8192


@dataclass(frozen=True)
class StoreRow:
    """What one store did.

    build: seconds until all was written and indexed. disk, memory: bytes; memory is the most that the process which
    searches held, without a server's. recall: the share of the exact ten that were found. p50, p95, filtered: ms.
    """

    store: str
    photos: int
    build: float
    disk: int
    memory: int
    recall: float
    p50: float
    p95: float
    filtered: float
    filtered_recall: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class _Searched:
    """What a process found: rows by query, with and without a filter, and the milliseconds that each took."""

    rows: list[list[int]]
    ms: list[float]
    filtered: list[list[int]]
    filtered_ms: list[float]
    memory: int


def measure(
    model: str, collection: str, stores: Sequence[str], photos: int, shows: Shows, folder: Path | None = None
) -> list[StoreRow]:
    """Every store in turn, filled with the same photographs; what is written is removed again.

    Args:
        stores: as `--store` names them, such as "lance", "lance:FOLDER" or "postgresql://HOST/DATABASE".
        folder: where stores without a place of their own are written; a temporary one where it is not given.

    Raises:
        CollectionError: for a store that there is not, or a collection without captions to ask with.
        InstallationError: for a store whose package is missing.
    """
    named = [store_named(each) for each in stores]
    searcher = Searcher.open(model, collection)
    if searcher.captions is None:
        raise CollectionError(f"{searcher.collection.name} has no captions to ask with: choose another collection.")
    rng = np.random.default_rng(0)
    captions = rng.choice(len(searcher.captions), min(QUERIES, len(searcher.captions)), replace=False)
    queries = searcher.captions.rows(captions)
    vectors = drawn(searcher.images.rows(range(len(searcher.images))), photos, rng)
    among = np.arange(photos) % FILTERED == 0
    ids = tuple(f"photo-{row:07d}" for row in range(photos))
    truth, filtered = _best(vectors, queries, np.ones(photos, bool)), _best(vectors, queries, among)
    found = []
    for name, home in named:
        with TemporaryDirectory(dir=folder) as temporary, shows(f"filling {name}") as progress:
            kind, place = load_store(name), _place(name, home, Path(temporary))
            begun = time.perf_counter()
            index: Any = kind.build(searcher.encoder.fingerprint, IMAGE, ids, vectors)
            index.save(place, "", progress) if issubclass(kind, EngineIndex) else index.save(place)
            build = time.perf_counter() - begun
            del index
            try:
                with multiprocessing.get_context("spawn").Pool(1) as pool:
                    done = pool.apply(_search, (name, place, queries, among))
                disk = kind.load(place).size if issubclass(kind, EngineIndex) else _size(Path(place))
            finally:
                if issubclass(kind, EngineIndex):
                    kind.load(place).remove()
        p50, p95 = (round(float(np.quantile(done.ms, share)), 2) for share in (0.5, 0.95))
        took, share = round(float(np.median(done.filtered_ms)), 2), _recall(done.filtered, filtered)
        recall = _recall(done.rows, truth)
        found.append(StoreRow(name, photos, round(build, 1), disk, done.memory, recall, p50, p95, took, share))
    return found


def drawn(pictures: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """(count, D) float16 unit rows, each between two of some pictures (N, D), with noise."""
    vectors = np.empty((count, pictures.shape[1]), dtype=np.float16)
    for begin in range(0, count, _ROWS):
        size = min(_ROWS, count - begin)
        one, other = pictures[rng.integers(len(pictures), size=(2, size))]
        noise = rng.standard_normal(one.shape, dtype=np.float32) / np.sqrt(one.shape[1])
        mixed = one + rng.random((size, 1), dtype=np.float32) * other
        vectors[begin : begin + size] = normalise(mixed + _NOISE * noise)
    return vectors


def _best(vectors: np.ndarray, queries: np.ndarray, among: np.ndarray) -> list[set[int]]:
    """The rows that exact search gives."""
    scores = np.empty((len(queries), len(vectors)), dtype=np.float32)
    for begin in range(0, len(vectors), _ROWS):
        part = vectors[begin : begin + _ROWS].astype(np.float32)
        scores[:, begin : begin + len(part)] = queries @ part.T
    scores[:, ~among] = -2
    return [set(top_k(row, K).tolist()) for row in scores]


def _recall(found: list[list[int]], truth: list[set[int]]) -> float:
    shares = [len(best & set(rows)) / len(best) for rows, best in zip(found, truth[: len(found)], strict=True)]
    return round(float(np.mean(shares)), 4)


def _place(name: str, home: str, temporary: Path) -> str | Path:
    kind = load_store(name)
    if issubclass(kind, EngineIndex):
        return kind.within(home or str(temporary), f"bench-{uuid.uuid4().hex[:8]}")
    return temporary / "index"


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _search(name: str, place: str | Path, queries: np.ndarray, among: np.ndarray) -> _Searched:
    """In a process of its own, from the first look at the index on."""
    index = load_store(name).load(place)
    found: dict[bool, list[list[int]]] = {True: [], False: []}
    times: dict[bool, list[float]] = {True: [], False: []}
    for has_filter in (False, True):
        since = time.perf_counter()
        for asked, query in enumerate((*queries[:WARM_UP], *queries)):
            begun = time.perf_counter()
            if begun - since > _LONGEST and asked > 2 * WARM_UP:
                break
            hits = index.search(query, K, query_is=TEXT, among=among if has_filter else None)
            times[has_filter].append(1000 * (time.perf_counter() - begun))
            found[has_filter].append([hit.row for hit in hits])
    skip = min(WARM_UP, len(queries))
    return _Searched(found[False][skip:], times[False][skip:], found[True][skip:], times[True][skip:], _memory())


def _memory() -> int:
    """Bytes, the most that this process held; 0 where the system does not say."""
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return 1024 * int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
    return 0


def stores_table(rows: Sequence[StoreRow]) -> str:
    """Markdown."""
    head = [
        "photographs",
        "store",
        "recall@10",
        "p50",
        "p95",
        "one in ten fits: recall@10",
        "p50",
        "built in",
        "on disk",
    ]
    cells = [
        [f"{row.photos:,}", row.store, f"{row.recall:.3f}", f"{figure(row.p50, 1)} ms", f"{figure(row.p95, 1)} ms",
         f"{row.filtered_recall:.3f}", f"{figure(row.filtered, 1)} ms", f"{figure(row.build, 0)} s",
         f"{row.disk / 1e6:,.0f} MB", f"{row.memory / 1e6:,.0f} MB"]
        for row in sorted(rows, key=lambda row: row.photos)
    ]  # fmt: skip
    head.append("memory")
    return "\n".join(table(head, cells))
