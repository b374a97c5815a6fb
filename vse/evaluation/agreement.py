"""How far two rankings of the same candidates agree; arrays and hits only, never a model.

Everywhere `first` and `second` are (Q, N) scores of two models for the same Q queries and N candidates, higher is
better.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from vse.encoders.similarity import top_k
from vse.search.hit import Hit


def overlap(first: np.ndarray, second: np.ndarray, k: int = 10) -> np.ndarray:
    """(Q,) float64 in [0, 1]: the share of a query's k best answers that both give; among equals the lower row first.

    With fewer than k candidates all are compared, which gives 1.

    Raises:
        ValueError: for two shapes, no candidates, or k below 1.
    """
    _check(first, second)
    if k < 1:
        raise ValueError(f"k came as {k}: give 1 or more.")
    pairs = zip(first, second, strict=True)
    return np.array([np.isin(top_k(a, k), top_k(b, k)).mean() for a, b in pairs], dtype=np.float64)


def rank_correlation(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(Q,) float64 in [-1, 1]: Spearman's correlation of the two whole rankings of each query.

    It is Pearson's correlation of the mean ranks (Spearman 1904), so equal scores are allowed. Where either model
    scores all candidates alike there is no ranking, and the correlation counts as 0.

    Raises:
        ValueError: for two shapes or no candidates.
    """
    from scipy.stats import rankdata

    _check(first, second)
    found = np.zeros(len(first))
    for query, (a, b) in enumerate(zip(first, second, strict=True)):
        x, y = (ranks - ranks.mean() for ranks in (rankdata(a), rankdata(b)))
        size = np.sqrt((x @ x) * (y @ y))
        if size > 0:
            found[query] = np.clip(x @ y / size, -1, 1)
    return found


@dataclass(frozen=True)
class Move:
    """Where an answer stands in the other model's ranking.

    `there` is its rank in that ranking, None when it does not reach so far; `shared` whether that is among the
    other's first answers too.
    """

    rank: int
    there: int | None
    shared: bool


def moves(
    answers: Sequence[Hit],
    other: Sequence[Hit],
    k: int | None = None,
    key: Callable[[Hit], Hashable] = lambda hit: hit.row,
) -> list[Move]:
    """For each answer of one model, where the other model puts it.

    Args:
        answers: of one model, best first.
        other: the other's ranking for the same query, best first, as far down as is wanted.
        k: how many of the other's answers are shown beside these; as many as `answers` if not given.
        key: what makes two hits the same answer: the row, or for captions the text where several are worded alike.
    """
    shown = len(answers) if k is None else k
    there: dict[Hashable, int] = {}
    for hit in other:
        there.setdefault(key(hit), hit.rank)
    ranks = [there.get(key(hit)) for hit in answers]
    return [Move(hit.rank, rank, rank is not None and rank <= shown) for hit, rank in zip(answers, ranks, strict=True)]


def _check(first: np.ndarray, second: np.ndarray) -> None:
    shapes = np.shape(first), np.shape(second)
    if shapes[0] != shapes[1] or len(shapes[0]) != 2 or not shapes[0][1]:
        raise ValueError(f"Scores came as {shapes[0]} and {shapes[1]}: give two (Q, N) of the same shape, N >= 1.")
