"""How many photographs a second `vse index` takes, of two models on the same files in one run; printed, never asserted.

Everything is in it: reading and decoding, the network, writing the index; reading and encoding overlap as they always
do. Reading and decoding are the same for both models, so that the ratio is not that of the networks.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from vse.encoders.base import Encoder
from vse.errors import CollectionError
from vse.io.atomic import write_bytes
from vse.io.progress import Progress
from vse.modalities.image.drawn import drawn_photograph
from vse.search.folders import Store, index_photos
from vse.search.folders.encoding import BATCH
from vse.search.folders.reading import find_photos

ROUNDS = 3


@dataclass(frozen=True)
class Speed:
    """Photographs a second in each round, under one model."""

    name: str
    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)

    def to_json(self) -> dict[str, Any]:
        return {"model": self.name, "photographs_per_second": self.median, "rounds": list(self.rounds)}


def draw_photographs(folder: Path, count: int, seed: int = 0) -> None:
    """JPEG files of 640 x 480 pixels and about 100 kB, as photographs have, see `drawn_photograph`."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        out = io.BytesIO()
        drawn_photograph(rng).save(out, "JPEG", quality=90)
        write_bytes(folder / f"{number:05}.jpg", out.getvalue())


def indexing_speeds(
    encoders: Sequence[Encoder],
    folder: Path,
    rounds: int = ROUNDS,
    progress: Progress | None = None,
    names: Sequence[str] = (),
) -> list[Speed]:
    """Index a folder under each model in turn, so many rounds, each time from nothing; the user's cache is not used.

    Before, each model indexes a batch, which warms up both it and the disk's cache.

    Args:
        progress: called with (rounds done, rounds in all) over all models.
        names: what to call them, instead of their own names.

    Raises:
        CollectionError: for a folder without a photograph that can be read.
    """
    for encoder in encoders:
        _photographs_per_second(encoder, folder, list(find_photos(folder))[:BATCH])
    found: list[list[float]] = [[] for _ in encoders]
    for number in range(rounds):
        for position, encoder in enumerate(encoders):
            found[position].append(_photographs_per_second(encoder, folder))
            if progress:
                progress(number * len(encoders) + position + 1, rounds * len(encoders))
    names = names or [encoder.name for encoder in encoders]
    return [Speed(name, tuple(rates)) for name, rates in zip(names, found, strict=True)]


def _photographs_per_second(encoder: Encoder, folder: Path, ids: list[str] | None = None) -> float:
    with TemporaryDirectory() as home:
        begun = time.perf_counter()
        report = index_photos(encoder, folder, ids=ids, store=Store(Path(home)))
        seconds = time.perf_counter() - begun
    if not report.encoded:
        raise CollectionError(f"{folder} holds no photograph that can be read; give a folder of photographs.")
    return report.encoded / seconds
