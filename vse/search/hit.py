"""One answer of a search."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hit:
    """One answer: `score` is the model's similarity (higher is better), `rank` counts from 1.

    Where the query has filters and no terms, nothing was compared, and the score is NaN.

    `row` is the answer's row in the index, which tells an item's captions apart. `fit` says how well the answer fits
    the query, from 0 to 1; None where the model was not calibrated for that, see `vse.search.fit`.
    """

    item_id: str
    score: float
    rank: int
    row: int
    fit: float | None = None
