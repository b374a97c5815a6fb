"""The registry of formats that `python -m vse export` writes for other tools."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vse.io.importing import imported


@dataclass(frozen=True)
class Format:
    """One format; its name is the option that asks for it.

    target: what is written, "FILE" or "DIR".
    help: what it is and what reads it, in half a sentence.
    write: import path of (model, to, **options) -> a sentence about what was written; `model` as `load_model` takes
        it. With `of_collection` it also gets `collection`, the pictures that are written. It raises VSEError.
    options: the further options of `export` that it takes, which come by name where they were given.
    """

    target: str
    help: str
    write: str
    of_collection: bool = False
    options: tuple[str, ...] = ()

    @property
    def writer(self) -> Callable[..., str]:
        found: Callable[..., str] = imported(self.write)
        return found


# One line a format.
FORMATS: dict[str, Format] = {
    "parquet": Format(
        "FILE", "a table of pictures with their vectors, places on the map and neighbours: embedding-atlas, DuckDB, "
        "datasets", "vse.interop.parquet:export", of_collection=True, options=("thumbnails",),
    ),
    "projector": Format(
        "DIR", "vectors, metadata and pictures for TensorBoard's projector", "vse.interop.projector:export",
        of_collection=True, options=("thumbnails",),
    ),
    "onnx": Format("DIR", "both towers with their words, for browsers, phones and other languages",
                   "vse.interop.onnx:export"),
    "sentence-transformers": Format(
        "DIR", "a folder that SentenceTransformer opens", "vse.interop.sentence_transformers:export"
    ),
}  # fmt: skip
