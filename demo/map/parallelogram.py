"""A sum a - b + c as the parallelogram that it would be, had the plane kept straight lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vse.modalities import IMAGE
from vse.search.query import Resolved

from .compute import OnMap, Parallelogram, label_of, modality_of
from .store import Map


def with_parallelogram(drawn: Map, found: OnMap) -> OnMap:
    """The answer with the parallelogram of its sum, where it is one of that form."""
    return replace(found, shape=parallelogram_of(drawn, found))


def parallelogram_of(drawn: Map, found: OnMap) -> Parallelogram | None:
    """Of an answer to one thing minus another plus a third, each once and whole; None for other queries."""
    resolved = found.answer.resolved
    order = _order(resolved) if resolved and found.steps else None
    if resolved is None or order is None:
        return None
    terms, vectors = [resolved.parts.terms[at] for at in order], resolved.parts.vectors[order]
    corners = np.concatenate(
        [drawn.place(vector[None], modality_of(drawn, [term])) for term, vector in zip(terms, vectors, strict=True)]
    )
    closes, lands = corners[0] - corners[1] + corners[2], found.steps[-1].point
    extent = np.ptp(drawn.projection.points, axis=0).max()
    a, b, c = (label_of(term, True).removeprefix("− ") for term in terms)
    rows = {name: row for row, name in enumerate(drawn.projection.ids[IMAGE])}
    answers = [rows[each.item.id] for each in found.answer.pictures if each.item.id in rows]
    used = [rows[each] for each in resolved.pictures if each in rows]  # which are no answers either
    around = [np.isin(answers, _nearest(drawn, point, len(answers), used)).sum() for point in (closes, lands)]
    apart = float(np.linalg.norm(closes - lands) / (extent or 1))
    return Parallelogram((a, b, c), corners, closes, apart, int(around[0]), int(around[1]), len(answers))


def _order(resolved: Resolved) -> list[int] | None:
    """The places of a, b and c among the terms."""
    weights = list(resolved.parts.weights)
    if sorted(weights) != [-1, 1, 1]:
        return None
    b = weights.index(-1)
    a, c = (at for at in range(3) if at != b)
    return [a, b, c]


def _nearest(drawn: Map, point: np.ndarray, count: int, without: list[int]) -> np.ndarray:
    apart = ((drawn.projection.of(IMAGE) - point) ** 2).sum(axis=1)
    apart[without] = np.inf
    return np.argsort(apart, kind="stable")[:count]
