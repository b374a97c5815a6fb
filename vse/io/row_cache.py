"""Rows that are costly to compute, kept in a memory-mapped file that an interrupted computation goes on with.

While rows are missing they are in `rows.part`, an .npy file that is still too short: its length tells how many are
there. When it is whole it is renamed to `rows.npy`. Two processes at once write the same bytes at the same places.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from vse.io.atomic import write_text
from vse.io.progress import Progress

ROWS, PART, ABOUT = "rows.npy", "rows.part", "about.json"


def cached_rows(
    folder: Path,
    shape: tuple[int, int],
    dtype: str,
    make: Callable[[int, int], np.ndarray],
    progress: Progress | None = None,
    chunk: int = 64,
    about: dict[str, Any] | None = None,
) -> np.ndarray:
    """(N, F) of `dtype`, read-only and memory-mapped: from the folder, or made now where it lacks them.

    A file that is damaged, or of another shape or dtype, is made again.

    Args:
        folder: named after all that the rows depend on.
        dtype: as in numpy, such as "float16".
        make: (start, stop) -> the rows from start up to stop.
        progress: called with (rows done, N) after each chunk is on disk; what it raises ends the work, and the next
            call goes on from there.
        about: what is in the folder, for people, written beside the rows.
    """
    found = complete_rows(folder, shape, dtype)
    if found is not None:
        return found
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / ABOUT, json.dumps(about or {}, ensure_ascii=False, indent=1) + "\n")
    header = _header(shape, dtype)
    part = folder / PART
    with part.open("r+b" if _begins_with(part, header) else "w+b") as file:
        done = _rows_in(file, header, shape, dtype)
        for start in range(done, shape[0], chunk):
            stop = min(start + chunk, shape[0])
            _write(file, len(header) + start * _row_bytes(shape, dtype), _checked(make(start, stop), shape, dtype))
            if progress:
                progress(stop, shape[0])
    with suppress(FileNotFoundError):  # another process has just done so
        os.replace(part, folder / ROWS)
    found = complete_rows(folder, shape, dtype)
    if found is None:
        raise OSError(f"{folder / ROWS} cannot be read back")
    return found


def complete_rows(folder: Path, shape: tuple[int, int], dtype: str) -> np.ndarray | None:
    """The rows of a folder that has them all, read-only and memory-mapped; None where it does not."""
    try:
        # Nothing can be mapped of an empty array.
        rows = np.load(folder / ROWS, mmap_mode="r" if min(shape) else None, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return rows if isinstance(rows, np.ndarray) and (rows.shape, rows.dtype) == (shape, np.dtype(dtype)) else None


def _header(shape: tuple[int, int], dtype: str) -> bytes:
    """What an .npy file of all rows begins with."""
    import io

    file = io.BytesIO()
    descr = np.lib.format.dtype_to_descr(np.dtype(dtype))
    np.lib.format.write_array_header_1_0(file, {"descr": descr, "fortran_order": False, "shape": shape})
    return file.getvalue()


def _begins_with(path: Path, header: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(header)) == header
    except OSError:
        return False


def _row_bytes(shape: tuple[int, int], dtype: str) -> int:
    return shape[1] * np.dtype(dtype).itemsize


def _rows_in(file: BinaryIO, header: bytes, shape: tuple[int, int], dtype: str) -> int:
    """How many whole rows are there; a new file gets its header."""
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        _write(file, 0, header)
        return 0
    return min(shape[0], (size - len(header)) // _row_bytes(shape, dtype))


def _checked(rows: np.ndarray, shape: tuple[int, int], dtype: str) -> bytes:
    if rows.dtype != np.dtype(dtype) or rows.shape[1:] != shape[1:]:
        raise ValueError(f"Rows came as {rows.dtype} {rows.shape}: expected {dtype} (N, {shape[1]}).")
    return np.ascontiguousarray(rows).tobytes()


def _write(file: BinaryIO, at: int, data: bytes) -> None:
    file.seek(at)
    file.write(data)
    file.flush()
    os.fsync(file.fileno())
