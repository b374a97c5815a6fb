"""How long a large map takes and how true it is: fitted as a whole, and fitted on a sample with the rest placed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vse.io.progress import Progress
from vse.maps.fit import fit
from vse.maps.projection import ALL, Cloud
from vse.modalities import IMAGE

SAMPLE = 10_000  # rows that the second way lays out
_WARM_UP = 60  # rows of the map before the first, while most of UMAP is compiled


@dataclass(frozen=True)
class MapRow:
    """What one map took, and how true it is.

    fitted: how many of the photographs UMAP laid out; the others were placed. trustworthiness, neighbours: as
    `vse.maps.projection.Quality` has them, among the k nearest.
    """

    photos: int
    fitted: int
    seconds: float
    trustworthiness: float
    neighbours: float
    k: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def measure(
    vectors: np.ndarray, counts: Sequence[int], sample: int = SAMPLE, progress: Progress | None = None
) -> list[MapRow]:
    """The first so many of vectors (N, D), each laid out as a whole and, where there are more, by a sample of them.

    Both use the same seed; what is measured is time by the clock, with what UMAP compiles for large maps alone.

    Raises:
        ValueError: for a count above N.
    """
    if max(counts) > len(vectors):
        raise ValueError(f"{max(counts)} of {len(vectors)} vectors were asked for: give as many as there are at most.")
    tries = [(count, fitted) for count in counts for fitted in dict.fromkeys((count, min(sample, count)))]
    _timed(vectors[:_WARM_UP], _WARM_UP // 2)
    found = []
    for done, (count, fitted) in enumerate(tries):
        if progress:
            progress(done, len(tries))
        found.append(_timed(np.asarray(vectors[:count], np.float32), fitted))
    return found


def _timed(vectors: np.ndarray, fitted: int) -> MapRow:
    ends: list[float] = []
    ids = tuple(map(str, range(len(vectors))))
    begin = time.perf_counter()
    made = fit(
        [Cloud(IMAGE, ids, vectors)], "bench", sample=fitted,
        progress=lambda share, what: ends.append(time.perf_counter()) if what == "measuring the map" else None,
    )  # fmt: skip
    quality = made.quality[ALL]
    seconds = round(ends[0] - begin, 1)
    return MapRow(
        len(vectors), fitted, seconds, round(quality.trustworthiness, 4), round(quality.neighbours, 4), quality.k
    )
