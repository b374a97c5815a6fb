"""The values that travel between modules; numpy and the standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Item:
    """One picture of a collection with its captions (none for an uncaptioned folder)."""

    id: str
    image_path: Path
    captions: tuple[str, ...] = ()
    split: str = "test"
    credit: str = ""


@dataclass(frozen=True)
class Hit:
    """One answer: `score` is the model's similarity (higher is better), `rank` counts from 1.

    `row` is the answer's row in the index, which tells an item's captions apart.
    """

    item_id: str
    score: float
    rank: int
    row: int


@dataclass(frozen=True)
class UnknownWord:
    """A word of a query that a model has never seen, and the known words spelt most like it."""

    word: str
    suggestions: tuple[str, ...]


@dataclass(frozen=True)
class RetrievalMetrics:
    """Recall in percent, ranks counted from 1, of one direction of retrieval."""

    direction: str
    r1: float
    r5: float
    r10: float
    median_rank: float
    mean_rank: float
    queries: int
    candidates: int
