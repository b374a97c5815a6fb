"""One answer of a search."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hit:
    """One answer: `score` is the model's similarity (higher is better), `rank` counts from 1.

    `row` is the answer's row in the index, which tells an item's captions apart.
    """

    item_id: str
    score: float
    rank: int
    row: int
