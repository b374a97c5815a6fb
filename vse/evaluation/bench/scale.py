"""How long a search takes as an index grows, and its memory, beside other libraries; printed, never asserted.

The vectors are drawn like those that a trained model makes, which lie in few directions: each has 5% less variance than
the one before, and 90% of it is in 45. Under the bundled models it is in 20 to 36.
"""

from __future__ import annotations

import gc
import importlib.util
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vse.encoders.similarity import normalise
from vse.evaluation.bench.latency import REPEATS, WARM_UP, median_ms
from vse.evaluation.tables import UNKNOWN, figure, table
from vse.io.progress import Progress
from vse.search.stores.exact import EmbeddingIndex

EXACT, K = "exact", 10
_ROWS, _FALL = 8192, 0.95  # drawn at a time, and the variance of a direction as a share of that before
_MIB = 1024 * 1024
Search = Callable[[np.ndarray], Sequence[int]]  # (D,) -> the K best rows
Build = Callable[["Drawn"], Search]


@dataclass(frozen=True)
class Drawn:
    """So many unit vectors (count, dim), which are drawn again each time, so that only an index takes memory."""

    count: int
    dim: int

    def parts(self) -> Iterator[np.ndarray]:
        """(R, dim) float16."""
        rng = np.random.default_rng(0)
        for begin in range(0, self.count, _ROWS):
            yield self._rows(rng, min(_ROWS, self.count - begin)).astype(np.float16)

    def queries(self) -> np.ndarray:
        """(WARM_UP + REPEATS, dim) float32, drawn like the vectors."""
        return self._rows(np.random.default_rng(1), WARM_UP + REPEATS)

    def _rows(self, rng: np.random.Generator, count: int) -> np.ndarray:
        rows = rng.standard_normal((count, self.dim), dtype=np.float32)
        return normalise(rows * np.float32(_FALL**0.5) ** np.arange(self.dim, dtype=np.float32))


@dataclass(frozen=True)
class Row:
    """An index of one size.

    ms: a query, the median; None where the library cannot be used, and `problem` says why.
    cpu_ms: of it, what the processor worked on it, all threads together: the same on a machine that is busy.
    mib: what memory building it and searching it took, and did not give back; None where this system does not say.
    recall: the share of the K nearest that it finds; 1 of what is exact.
    """

    engine: str
    count: int
    dim: int
    ms: float | None = None
    build_seconds: float | None = None
    mib: float | None = None
    recall: float | None = None
    problem: str = ""
    cpu_ms: float | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def _exact(drawn: Drawn) -> Search:
    vectors = np.empty((drawn.count, drawn.dim), np.float16)
    for number, part in enumerate(drawn.parts()):
        vectors[number * _ROWS : number * _ROWS + len(part)] = part
    index = EmbeddingIndex("bench", "image", tuple(map(str, range(drawn.count))), vectors)
    return lambda query: [hit.row for hit in index.search(query, K)]


def _faiss(drawn: Drawn) -> Search:
    """Its exact index of float32."""
    import faiss
    import torch

    faiss.omp_set_num_threads(torch.get_num_threads())
    index = faiss.IndexFlatIP(drawn.dim)
    for part in drawn.parts():
        index.add(part.astype(np.float32))
    return lambda query: index.search(query[None], K)[1][0].tolist()


def _usearch(drawn: Drawn) -> Search:
    """Its graph (HNSW) of float16, with the settings it comes with."""
    import torch
    from usearch.index import Index

    index = Index(ndim=drawn.dim, metric="ip", dtype="f16")
    for number, part in enumerate(drawn.parts()):
        keys = np.arange(number * _ROWS, number * _ROWS + len(part))
        index.add(keys, part, threads=torch.get_num_threads())
    return lambda query: index.search(query.astype(np.float16), K).keys.tolist()


# Each with the package it needs beside those of requirements.txt.
ENGINES: dict[str, tuple[Build, str, str]] = {
    EXACT: (_exact, "", ""),
    "faiss": (_faiss, "faiss", "faiss-cpu"),
    "usearch": (_usearch, "usearch", "usearch"),
}


def measure(
    counts: Sequence[int], dim: int, engines: Sequence[str] = (), progress: Progress | None = None
) -> list[Row]:
    """Build and search an index of each size: this project's, and those of other engines, names of ENGINES.

    Args:
        progress: called with (indexes measured, in all).
    """
    names = [EXACT, *(name for name in engines if name != EXACT)]
    rows = []
    for count in counts:
        truth: list[list[int]] = []
        for name in names:
            row, found = _measured(name, Drawn(count, dim))
            truth = truth or found
            recalls = [len(set(a) & set(b)) / len(a) for a, b in zip(truth, found, strict=False) if a]
            rows.append(Row(**asdict(row) | {"recall": sum(recalls) / len(recalls) if recalls else None}))
            if progress:
                progress(len(rows), len(counts) * len(names))
    return rows


def _measured(name: str, drawn: Drawn) -> tuple[Row, list[list[int]]]:
    """A row without its recall, and what each query found."""
    build, module, package = ENGINES[name]
    if module and importlib.util.find_spec(module) is None:
        return Row(name, drawn.count, drawn.dim, problem=f"not installed: pip install {package}"), []
    queries = drawn.queries()
    gc.collect()
    before, begun = _resident(), time.perf_counter()
    try:
        search = build(drawn)
    except MemoryError:
        return Row(name, drawn.count, drawn.dim, problem="does not fit into memory"), []
    seconds = time.perf_counter() - begun
    worked: list[float] = []

    def timed(number: int) -> None:
        start = time.process_time()
        search(queries[number % len(queries)])
        worked.append(1000 * (time.process_time() - start))

    milliseconds = median_ms(timed)
    after = _resident()
    mib = None if before is None or after is None else (after - before) / _MIB
    found = [list(map(int, search(query))) for query in queries]
    cpu_ms = statistics.median(worked)
    return Row(name, drawn.count, drawn.dim, milliseconds, seconds, mib, cpu_ms=cpu_ms), found


def _resident() -> int | None:
    """Bytes of memory that this process has; None where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def scale_table(rows: Sequence[Row]) -> str:
    """Markdown."""
    head = ["vectors", "index", "ms a query", "of the processor", f"recall@{K}", "MiB of memory", "seconds to build"]
    cells = (
        [f"{row.count:,}", row.engine, row.problem, *[UNKNOWN] * 4]
        if row.problem
        else [f"{row.count:,}", row.engine, figure(row.ms, 2), figure(row.cpu_ms, 2), figure(row.recall, 3),
              figure(row.mib, 0), figure(row.build_seconds)]
        for row in rows
    )  # fmt: skip
    return "\n".join(table(head, cells))
