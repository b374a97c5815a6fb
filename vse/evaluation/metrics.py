"""The figures of one direction of retrieval."""

from __future__ import annotations

from dataclasses import dataclass


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
