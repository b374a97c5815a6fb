"""Queries whose first answer is not their own, and whether it was true all the same; from scores, never from models.

Everywhere `scores` are by direction (Q, N) float, as in `vse.evaluation.retrieval`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vse.data import Collection
from vse.evaluation.metrics import Direction
from vse.evaluation.queries import Side, known_relevance, owners_of
from vse.evaluation.retrieval import Scores, own, ranks_of_relevant


@dataclass(frozen=True)
class Miss:
    """A query that recall at 1 counts as missed.

    A query, answer or own one is a text or, for what has no words, the id of its item; beside each stands the id of its
    item, which has the picture. `own` is the best placed of the query's own ones and `rank`, from 2, its place.
    `is_true` says whether the first answer is true of the query, None where that is not known; `held_out` whether the
    query is of a combination that training never showed.
    """

    direction: Direction
    query: str
    query_picture: str
    answer: str
    answer_picture: str
    own: str
    own_picture: str
    rank: int
    is_true: bool | None
    held_out: bool


def misses_of(scores: Scores, collection: Collection) -> list[Miss]:
    """The misses of all directions, those furthest off first; ties count against the model, as in recall.

    Inputs that own no candidate, such as pictures without captions, are no queries.
    """
    found = [miss for direction in scores for miss in _misses(direction, scores[direction], collection)]
    return sorted(found, key=lambda miss: -miss.rank)


def _misses(direction: Direction, scores: np.ndarray, collection: Collection) -> Iterator[Miss]:
    """`scores` are (Q, N) of queries by candidates."""
    queries, answers = Side.of(collection, direction.query), Side.of(collection, direction.candidate)
    belong = own(owners_of(collection, (direction.query, direction.candidate)), direction)
    true = known_relevance(collection, direction)
    held_out = collection.annotations.held_out(direction.query) if collection.annotations else None
    ranks = ranks_of_relevant(scores, belong)
    for row in np.flatnonzero(ranks > 1):
        first = int(np.argmax(np.where(belong[row], -np.inf, scores[row])))
        best = int(np.argmax(np.where(belong[row], scores[row], -np.inf)))
        yield Miss(
            direction=direction,
            query=queries.names[row],
            query_picture=queries.items[row],
            answer=answers.names[first],
            answer_picture=answers.items[first],
            own=answers.names[best],
            own_picture=answers.items[best],
            rank=int(ranks[row]),
            is_true=None if true is None else bool(true[row, first]),
            held_out=False if held_out is None else bool(held_out[row]),
        )
