"""Queries on which two models are not right together, and a typical one; from score matrices, never from models.

Everywhere `scores` are by direction (Q, N) float, as in `vse.evaluation.retrieval`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vse.data import Collection
from vse.evaluation.metrics import Direction
from vse.evaluation.queries import Side, relevance
from vse.evaluation.retrieval import Scores, ranks_of_relevant
from vse.modalities.base import load_modality

LONGEST, FEWEST = 60, 3  # characters and words of a text that is quickly read and says something


@dataclass(frozen=True)
class Disagreement:
    """A query on which only one model's first answer is right.

    A query or answer is a text or, for what has no words, the id of its item; beside each stands the id of its item,
    which has the picture. `right` is "a" or "b"; `rank_a` and `rank_b` count how far down each model has its first
    right answer.
    """

    direction: Direction
    query: str
    query_picture: str
    answer_a: str
    answer_b: str
    picture_a: str
    picture_b: str
    right: str
    rank_a: int
    rank_b: int

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "direction": self.direction.name}


@dataclass(frozen=True)
class Counts:
    """How many first answers are right: of both models, of one alone, of neither."""

    both: int
    only_a: int
    only_b: int
    neither: int

    @property
    def queries(self) -> int:
        """All of them."""
        return self.both + self.only_a + self.only_b + self.neither

    def to_json(self) -> dict[str, int]:
        return {**asdict(self), "queries": self.queries}


@dataclass(frozen=True)
class Typical:
    """A query on which two models agree as much as they mostly do, and are both right.

    Query and answers are as in `Disagreement`; `shared` is the share of the first ten answers that both give.
    """

    direction: Direction
    query: str
    answer_a: str
    answer_b: str
    shared: float

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "direction": self.direction.name}


def typical(
    direction: Direction,
    pair: tuple[np.ndarray, np.ndarray],
    shared: np.ndarray,
    correlation: np.ndarray,
    collection: Collection,
) -> Typical | None:
    """The query nearest to the median of `shared`, of those the one nearest to the median of `correlation`, the first
    of equals.

    Only queries count on which both models are right and that are quickly read; None where there is no such.

    Args:
        pair: (Q, N) scores of both models.
        shared: (Q,) the share of the first ten answers that both give.
        correlation: (Q,) how alike both whole rankings are.
    """
    queries, answers = Side.of(collection, direction.query), Side.of(collection, direction.candidate)
    relevant, has_words = relevance(collection, direction), load_modality(direction.query).words is not None
    is_right = np.all([ranks_of_relevant(scores, relevant) == 1 for scores in pair], axis=0)
    is_quick = [not has_words or (len(name) <= LONGEST and len(name.split()) >= FEWEST) for name in queries.names]
    rows = np.flatnonzero(is_right & is_quick)
    if not len(rows):
        return None
    off, further_off = (np.abs(each - np.median(each)).round(9)[rows] for each in (shared, correlation))
    row = rows[np.lexsort((further_off, off))[0]]
    a, b = (answers.names[int(np.argmax(scores[row]))] for scores in pair)
    return Typical(direction, queries.names[row], a, b, float(shared[row]))


def compare_answers(
    scores_a: Scores, scores_b: Scores, collection: Collection
) -> tuple[dict[Direction, Counts], list[Disagreement]]:
    """How often each model's first answer is right, by direction, and the queries on which only one is, in order.

    A model is right when a relevant candidate stands alone at the top; ties count against it. Queries without any
    relevant candidate are left out. Both models come with the same directions.
    """
    counts: dict[Direction, Counts] = {}
    found: list[Disagreement] = []
    for direction in scores_a:
        pair, relevant = (scores_a[direction], scores_b[direction]), relevance(collection, direction)
        ranks = np.stack([ranks_of_relevant(scores, relevant) for scores in pair])
        right = ranks[:, ranks[0] > 0] == 1
        together, alone = int(right.all(axis=0).sum()), right.sum(axis=1)
        neither = int((~right).all(axis=0).sum())
        counts[direction] = Counts(together, int(alone[0]) - together, int(alone[1]) - together, neither)
        found += _disagreements(direction, pair, ranks, relevant, collection)
    return counts, found


def _disagreements(
    direction: Direction,
    pair: tuple[np.ndarray, np.ndarray],
    ranks: np.ndarray,
    relevant: np.ndarray,
    collection: Collection,
) -> Iterator[Disagreement]:
    """`pair` are (Q, N) scores of both models, `ranks` (2, Q) of their first right answers, `relevant` (Q, N) bool."""
    queries, answers = Side.of(collection, direction.query), Side.of(collection, direction.candidate)
    for row in np.flatnonzero((ranks[0] == 1) != (ranks[1] == 1)):
        a, b = (_first(scores[row], relevant[row], rank[row] == 1) for scores, rank in zip(pair, ranks, strict=True))
        rank_a, rank_b = (int(rank) for rank in ranks[:, row])
        yield Disagreement(
            direction=direction,
            query=queries.names[row],
            query_picture=queries.items[row],
            answer_a=answers.names[a],
            answer_b=answers.names[b],
            picture_a=answers.items[a],
            picture_b=answers.items[b],
            right="a" if rank_a == 1 else "b",
            rank_a=rank_a,
            rank_b=rank_b,
        )


def _first(scores: np.ndarray, relevant: np.ndarray, right: bool) -> int:
    """The first answer's row; where a right and a wrong one are equal, the wrong one, as in the ranks."""
    return int(np.argmax(scores if right else np.where(relevant, -np.inf, scores)))
