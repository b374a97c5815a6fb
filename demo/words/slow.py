"""What the Words tab computes behind the page, with how far it is, and keeps on the disk for the next time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vse.data import Collection
from vse.encoders.base import Encoder
from vse.encoders.registry import load_model
from vse.io.artifacts import get_or_make
from vse.io.hashing import fingerprint_of
from vse.io.paths import MODELS, ORDER_MODEL, cache_folder
from vse.io.row_cache import cached_rows
from vse.maps.fit import fit
from vse.maps.projection import WORD, Cloud, Projection
from vse.modalities import IMAGE
from vse.modalities.text.tokenizer import tokenize
from vse.search.vectors import vectors_of
from vse.words.doc2vec import infer_many
from vse.words.table import WordVectors

from ..shared.jobs import Report
from .compute import plane_words
from .sets import WordSet

MOST_CAPTIONS = 600
_CHUNK = 50  # captions between two reports


def laid_out(found: WordSet, report: Report) -> np.ndarray:
    """(N, 2) float32 within -1 to 1: the words of the plane as UMAP lays them out."""
    words, title = plane_words(found), f"Laying out {found.title} with UMAP"
    units = found.content.units[: len(words)]
    fingerprint = fingerprint_of([*(word.encode() for word in words), units.tobytes()])
    report(title, 0, 0)
    made = get_or_make(
        "The plane",
        _folder() / f"{fingerprint}.npz",
        load=lambda path: Projection.load(path, fingerprint),
        make=lambda: fit([Cloud(WORD, words, units)], fingerprint, progress=lambda share, what: report(title, 0, 0)),
        save=Projection.save,
    )
    return made.points


def captions_of(found: WordVectors, captions: Sequence[str]) -> list[str]:
    """Captions that doc2vec knows a word of, each once: at most MOST_CAPTIONS, spread over all."""
    some = [text for text in dict.fromkeys(captions) if any(word in found for word in tokenize(text))]
    rows = np.linspace(0, len(some) - 1, min(len(some), MOST_CAPTIONS)).astype(int)
    return [some[row] for row in rows]


def inferred(found: WordVectors, texts: Sequence[str], report: Report) -> np.ndarray:
    """(T, D) float32: the vectors that doc2vec infers for texts."""
    title = "Inferring vectors for captions"
    weights = (np.ascontiguousarray(found.more[name]).tobytes() for name in sorted(found.more))
    fingerprint = fingerprint_of([*(text.encode() for text in texts), found.vectors.tobytes(), *weights])
    width = infer_many(found, texts[:1]).shape[1]
    return cached_rows(
        _folder() / fingerprint,
        (len(texts), width),
        "float32",
        lambda start, stop: infer_many(found, texts[start:stop]),
        lambda done, total: report(title, done, total),
        chunk=_CHUNK,
        about={"what": "vectors that doc2vec inferred for captions"},
    )


@dataclass(frozen=True, eq=False)
class Ordered:
    """A model of the order similarity, and its vectors of the pictures of a collection, (N, D)."""

    encoder: Encoder
    pictures: np.ndarray


def ordered(collection: Collection, report: Report) -> Ordered:
    """The model that knows the general from the special.

    Raises:
        CheckpointError: where it does not come with this copy.
    """
    title = f"Reading pictures with {ORDER_MODEL}"
    encoder = load_model(MODELS / ORDER_MODEL)
    found = vectors_of(encoder, collection, IMAGE, lambda done, total: report(title, done, total))
    return Ordered(encoder, found.vectors)


def _folder() -> Path:
    return cache_folder() / "words"
