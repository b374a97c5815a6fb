"""Parquet with one row a picture, as embedding-atlas, Hugging Face's datasets and DuckDB open it.

The column `neighbors` is embedding-atlas's (https://apple.github.io/embedding-atlas/tool.html): rows of the table from
0 on, with their distances. `image` is that of datasets (https://huggingface.co/docs/datasets/image_dataset).
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from vse.data import Collection
from vse.errors import WriteError
from vse.interop.points import points_of
from vse.io.atomic import check_file, write_bytes
from vse.io.installed import from_extra

PARQUET = (b"PAR1",)  # what such a file begins with


def export(model: str, to: Path, *, collection: Collection, thumbnails: int = 0) -> str:
    """Columns id, path, caption, vector, x, y, neighbors; with `thumbnails`, pixels of the longer side, also image.

    Raises:
        WriteError: when pyarrow is not installed, or another file stands there.
        CollectionError, CheckpointError, ImageError: as `points_of`.
    """
    pyarrow = _pyarrow()
    check_file(to, PARQUET)
    points = points_of(model, collection)
    places = points.places()
    rows, distances = zip(*points.neighbours(), strict=True)
    columns = {
        "id": pyarrow.array(points.ids),
        "path": pyarrow.array([str(path) for path in points.paths]),
        "caption": pyarrow.array(points.captions),
        "vector": pyarrow.FixedSizeListArray.from_arrays(
            pyarrow.array(points.vectors.reshape(-1)), points.vectors.shape[1]
        ),
        "x": pyarrow.array(places[:, 0]),
        "y": pyarrow.array(places[:, 1]),
        "neighbors": pyarrow.StructArray.from_arrays(
            [pyarrow.array(rows, pyarrow.list_(pyarrow.int64())),
             pyarrow.array(distances, pyarrow.list_(pyarrow.float32()))],
            ["ids", "distances"],
        ),
    }  # fmt: skip
    features: dict[str, Any] = {}
    if thumbnails:
        pictures = [
            {"bytes": points.thumbnail(row, thumbnails), "path": path.name} for row, path in enumerate(points.paths)
        ]
        kind = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
        columns["image"] = pyarrow.array(pictures, kind)
        features = {"image": {"_type": "Image"}}
    table = pyarrow.table(columns)
    about = {"model": points.encoder.name, "fingerprint": points.encoder.fingerprint, "collection": collection.name}
    metadata = {"vse": json.dumps(about)}
    if features:
        metadata["huggingface"] = json.dumps({"info": {"features": _features(features, points.vectors.shape[1])}})
    data = io.BytesIO()
    pyarrow.parquet.write_table(table.replace_schema_metadata(metadata), data)
    write_bytes(to, data.getvalue(), PARQUET)
    return f"{len(table):,} pictures written to {to}"


def _features(more: dict[str, Any], dim: int) -> dict[str, Any]:
    """What datasets calls the types of the columns; it asks for all of them where it is told of one."""

    def value(dtype: str) -> dict[str, Any]:
        return {"dtype": dtype, "_type": "Value"}

    return {
        **{name: value("string") for name in ("id", "path", "caption")},
        "vector": {"feature": value("float32"), "length": dim, "_type": "Sequence"},
        **{name: value("float32") for name in ("x", "y")},
        "neighbors": {
            "ids": {"feature": value("int64"), "_type": "Sequence"},
            "distances": {"feature": value("float32"), "_type": "Sequence"},
        },
        **more,
    }


def _pyarrow() -> Any:
    with from_extra("export", "pyarrow", "Parquet takes pyarrow to write", WriteError):
        import pyarrow
        import pyarrow.parquet
    return pyarrow
