"""What other processes made of photographs, as Parquet files beside the cache until it is merged into it.

`parts/JOB/NUMBER.parquet` beside the cache has a row a file. A part is there whole or not at all, and is removed when
the cache has all of it: whatever is killed, and when, what the parts have is not lost. They are read and written with
pyarrow.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import numpy as np

from vse.io.atomic import write_bytes
from vse.modalities.image.facts import Facts
from vse.search.folders.encoding import Batch
from vse.search.stores.exact import are_unit
from vse.search.stores.sqlite import FileRow, Store

_FINGERPRINT = b"vse.fingerprint"
_STALE_SECONDS = 24 * 3600
_log = logging.getLogger(__name__)


def parts_folder(store: Store) -> Path:
    """Where the parts for a cache lie, if there are any."""
    return store.path.parent / "parts"


def write_part(path: Path, fingerprint: str, dim: int, batch: Batch) -> None:
    """Write a part whole or not at all.

    Columns: path, size, mtime_ns, digest, reason; vector, `dim` numbers of float16 as bytes, at the first file of a new
    content; facts at the first file of a content where they were not known.

    Raises:
        OSError: when the disk refuses.
    """
    import pyarrow as pa
    from pyarrow import parquet

    vectors, facts = dict(batch.vectors), dict(batch.facts)
    rows = []
    for name, row in batch.files.items():
        vector, known = vectors.pop(row.digest or "", None), facts.pop(row.digest or "", None)
        blob = None if vector is None else vector.astype(np.float16).tobytes()
        rows.append({"path": name, **asdict(row), "vector": blob, "facts": known and asdict(known)})
    of_facts = {"taken": pa.string(), "camera": pa.string(), "width": pa.int64(), "height": pa.int64()}
    columns = {
        "path": pa.string(),
        "size": pa.int64(),
        "mtime_ns": pa.int64(),
        "digest": pa.string(),
        "reason": pa.string(),
        "vector": pa.binary(2 * dim),
        "facts": pa.struct(of_facts),
    }
    table = pa.Table.from_pylist(rows, pa.schema(columns, {_FINGERPRINT: fingerprint.encode()}))
    out = pa.BufferOutputStream()
    parquet.write_table(table, out)
    write_bytes(path, out.getvalue().to_pybytes())


def read_part(path: Path) -> tuple[str, Batch]:
    """The fingerprint of the model, and what it made of some files.

    Raises:
        FileNotFoundError: when it is not there.
        ValueError: when it is damaged, or no part.
    """
    from pyarrow import parquet

    table = parquet.read_table(path)
    try:
        fingerprint = table.schema.metadata[_FINGERPRINT].decode()
        rows = table.to_pylist()
        files = {row["path"]: FileRow(row["size"], row["mtime_ns"], row["digest"], row["reason"]) for row in rows}
        vectors = {row["digest"]: np.frombuffer(row["vector"], np.float16) for row in rows if row["vector"] is not None}
        facts = {row["digest"]: Facts(**row["facts"]) for row in rows if row["facts"] is not None}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"it lacks {error}") from error
    if vectors and not are_unit(np.stack(list(vectors.values()))).all():
        raise ValueError("it has rows of another length than 1")
    return fingerprint, Batch(files, vectors, facts)


def merge_parts(store: Store) -> None:
    """Bring into the cache what was left beside it, by a job that was killed or by one that is still at work.

    A part that is damaged is removed, and its photographs are read again. Without pyarrow the parts stay.

    Raises:
        StoreError: when the cache cannot be written; the parts that are not yet in it stay.
    """
    for path in sorted(parts_folder(store).glob("*/*.parquet")):
        try:
            with suppress(FileNotFoundError):  # another process was quicker
                store_part(store, path)
        except ImportError:
            _log.warning("%s has parts of the index, which takes pyarrow to read: pip install pyarrow.", path.parent)
            return
    _tidy(parts_folder(store))


def store_part(store: Store, path: Path) -> None:
    """Bring a part into the cache and remove it."""
    try:
        fingerprint, batch = read_part(path)
    except ValueError as error:
        _log.warning("The part %s is damaged (%s) and is left out.", path, error)
    else:
        store.write(fingerprint, batch.files, batch.vectors, batch.facts)
    path.unlink(missing_ok=True)


def _tidy(folder: Path) -> None:
    """Remove the folders of jobs that have ended, as far as can be told."""
    for job in _folders(folder):
        with suppress(OSError):
            if time.time() - job.stat().st_mtime > _STALE_SECONDS and not any(job.glob("*.parquet")):
                shutil.rmtree(job)
    with suppress(OSError):  # there is none, or a job is at work
        folder.rmdir()


def _folders(folder: Path) -> Iterator[Path]:
    return (each for each in folder.glob("*") if each.is_dir())
