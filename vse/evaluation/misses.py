"""Queries whose first answer is not their own, and whether it was true all the same; from scores, never from models.

Everywhere `scores` are (I, T) float: pictures by captions, as in `vse.evaluation.retrieval`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vse.data import Collection
from vse.evaluation.agreement import ranks_of_relevant
from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE, Direction
from vse.modalities import IMAGE, TEXT


@dataclass(frozen=True)
class Miss:
    """A query that recall at 1 counts as missed.

    A query, answer or own one is a picture's id or a caption; beside each stands its picture, for a caption the one it
    was written for. `own` is the best placed of the query's own ones and `rank`, from 2, its place. `is_true` says
    whether the first answer is true of the query, None where that is not known; `held_out` whether the query is of a
    combination that training never showed.
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


def misses_of(scores: np.ndarray, collection: Collection) -> list[Miss]:
    """The misses of both directions, those furthest off first; ties count against the model, as in recall.

    Pictures without captions are no queries.
    """
    own = collection.caption_owners[None] == np.arange(len(collection))[:, None]
    found = [*_misses(IMAGE_TO_TEXT, scores, own, collection), *_misses(TEXT_TO_IMAGE, scores.T, own.T, collection)]
    return sorted(found, key=lambda miss: -miss.rank)


def _misses(direction: Direction, scores: np.ndarray, own: np.ndarray, collection: Collection) -> Iterator[Miss]:
    """`scores` are (Q, N) of queries by candidates, `own` (Q, N) bool."""
    pictures = [item.id for item in collection.items]
    captions, owners = collection.captions, [pictures[row] for row in collection.caption_owners]
    known = collection.annotations
    of_pictures, of_captions = (pictures, pictures), (captions, owners)
    if direction == IMAGE_TO_TEXT:
        queries, answers = of_pictures, of_captions
        true, held_out = (known.relevance(IMAGE, TEXT), known.held_out(IMAGE)) if known else (None, None)
    else:
        queries, answers = of_captions, of_pictures  # type: ignore[assignment]
        true, held_out = (known.relevance(TEXT, IMAGE), known.held_out(TEXT)) if known else (None, None)
    ranks = ranks_of_relevant(scores, own)
    for row in np.flatnonzero(ranks > 1):
        first = int(np.argmax(np.where(own[row], -np.inf, scores[row])))
        best = int(np.argmax(np.where(own[row], scores[row], -np.inf)))
        yield Miss(
            direction=direction,
            query=queries[0][row],
            query_picture=queries[1][row],
            answer=answers[0][first],
            answer_picture=answers[1][first],
            own=answers[0][best],
            own_picture=answers[1][best],
            rank=int(ranks[row]),
            is_true=None if true is None else bool(true[row, first]),
            held_out=False if held_out is None else bool(held_out[row]),
        )
