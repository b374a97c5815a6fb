"""Pictures drawn once, by all cores, into a memory-mapped cache."""

from __future__ import annotations

import math
import multiprocessing
import os
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from vse.io.paths import cache_folder
from vse.io.progress import progress_bar
from vse.io.row_cache import cached_rows, complete_rows
from vse.modalities.image.preprocess import Preprocess

_CHUNK = 200
T = TypeVar("T")


def rendered_rows(
    draw: Callable[[tuple[T, Preprocess]], np.ndarray],
    things: Sequence[T],
    preprocess: Preprocess,
    name: str,
    units: str,
) -> np.ndarray:
    """(N, size, size, 3) uint8, memory-mapped read-only; rendered where the cache lacks it.

    An interrupted rendering goes on where it stopped.

    Args:
        draw: a thing and the preprocessing -> its pixels in a row; of a module's top level, as processes take it.
        name: what the cache is filed under.
        units: what the things are called.

    Raises:
        FontMissingError: when there is something to render and no font to draw with.
    """
    folder = cache_folder() / "rendered" / f"{name}-{preprocess.size}{preprocess.fit}"
    pixels = (preprocess.size, preprocess.size, 3)
    shape = len(things), math.prod(pixels)
    rows = complete_rows(folder, shape, "uint8")
    if rows is None:
        context = multiprocessing.get_context("spawn")
        with (
            context.Pool(max(1, min(os.cpu_count() or 1, len(things)))) as pool,
            progress_bar(f"rendering {units}", "picture") as bar,
        ):

            def make(start: int, stop: int) -> np.ndarray:
                return np.stack(pool.map(draw, [(thing, preprocess) for thing in things[start:stop]]))

            rows = cached_rows(folder, shape, "uint8", make, bar, _CHUNK)
    return rows.reshape(-1, *pixels)
