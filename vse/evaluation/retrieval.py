"""Retrieval measured from score matrices; what is relevant is data, never "five captions a picture".

Everywhere `scores` are by direction (Q, N) float: queries by candidates, higher is better; `owners` by modality (N,)
int say which item each input belongs to: two inputs belong together when they are of one item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE, Direction, RetrievalMetrics

Scores = Mapping[Direction, np.ndarray]


def both_ways(direction: Direction, scores: np.ndarray) -> dict[Direction, np.ndarray]:
    """(Q, N) of a direction, and the same scores (N, Q) of its reverse: a pair has one score, whoever asks."""
    return {direction: scores, direction.reverse: scores.T}


def own(owners: Mapping[str, np.ndarray], direction: Direction) -> np.ndarray:
    """(Q, N) bool: which candidates belong to the item of the query."""
    return owners[direction.query][:, None] == owners[direction.candidate][None]


def ranks_of_relevant(scores: np.ndarray, relevant: np.ndarray) -> np.ndarray:
    """(Q,) int64: the rank, from 1, of each query's best relevant candidate, where `relevant` is (Q, N) bool.

    Ties with candidates that are not relevant count against the model, so that one that scores everything alike does
    not look perfect. 0 stands for a query that has no relevant candidate.
    """
    best = np.where(relevant, scores, -np.inf).max(axis=1, keepdims=True)
    ranks = ((scores >= best) & ~relevant).sum(axis=1) + 1
    return np.where(relevant.any(axis=1), ranks, 0)


def recall(direction: Direction, ranks: np.ndarray, candidates: int) -> RetrievalMetrics:
    """Recall at 1, 5 and 10 in percent, median and mean rank.

    Raises:
        ValueError: for no ranks at all.
    """
    if not len(ranks):
        raise ValueError(f"got no ranks: no query of {direction.name} has an answer of its own")
    r1, r5, r10 = (float(100 * np.mean(ranks <= k)) for k in (1, 5, 10))
    return RetrievalMetrics(
        direction, r1, r5, r10, float(np.median(ranks)), float(ranks.mean()), len(ranks), candidates
    )


@dataclass(frozen=True)
class TruthMetrics:
    """How often the answers are true of the query, as percentages of `queries`.

    `satisfied_at_1`: the first answer is true. `precision_at_10`: the share of the first ten answers that are
    true. `capped_precision_at_10`: the same, of as many as there are (a caption true of three pictures can have
    at most three right answers among ten).
    """

    satisfied_at_1: float
    precision_at_10: float
    capped_precision_at_10: float
    queries: int


def truth_metrics(scores: np.ndarray, truth: np.ndarray) -> TruthMetrics:
    """Over rows as queries and columns as candidates; queries that nothing satisfies are left out."""
    answerable = truth.any(axis=1)
    scores, truth = scores[answerable], truth[answerable]
    if not len(scores):
        return TruthMetrics(0.0, 0.0, 0.0, 0)
    k = min(10, scores.shape[1])
    top = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    right = np.take_along_axis(truth, top, axis=1)
    reachable = np.minimum(truth.sum(axis=1), k)
    return TruthMetrics(
        satisfied_at_1=float(100 * right[:, 0].mean()),
        precision_at_10=float(100 * right.sum(axis=1).mean() / k),
        capped_precision_at_10=float(100 * (right.sum(axis=1) / reachable).mean()),
        queries=len(scores),
    )


@dataclass(frozen=True)
class Evaluation:
    """Every direction, and how true the answers are: overall and on held-out queries, where that is known."""

    directions: dict[Direction, RetrievalMetrics]
    truth: dict[Direction, TruthMetrics] | None = None
    held_out: dict[Direction, TruthMetrics] | None = None

    @property
    def rsum(self) -> float:
        """The sum of the recalls between pictures and captions, 600 at most, by which models are compared; of all
        directions where there are none of these."""
        usual = [m for each, m in self.directions.items() if each in (IMAGE_TO_TEXT, TEXT_TO_IMAGE)]
        return sum(m.r1 + m.r5 + m.r10 for m in usual or self.directions.values())

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for direction, metrics in self.directions.items():
            data[direction.name] = {k: v for k, v in asdict(metrics).items() if k != "direction"}
        data["rsum"] = self.rsum
        if self.truth is not None:
            data["truth"] = {direction.name: asdict(metrics) for direction, metrics in self.truth.items()}
            if self.held_out is not None:
                data["truth"]["held_out"] = {direction.name: asdict(m) for direction, m in self.held_out.items()}
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Evaluation:
        """What `to_json` wrote.

        Raises:
            KeyError, TypeError, ValueError: for anything else.
        """
        names = [name for name in data if name not in ("rsum", "truth")]
        directions = {Direction.named(name): RetrievalMetrics(Direction.named(name), **data[name]) for name in names}
        known = data.get("truth")
        if known is None:
            return cls(directions)
        held_out = known.get("held_out")
        return cls(directions, _truths(known), None if held_out is None else _truths(held_out))


def _truths(data: Mapping[str, Any]) -> dict[Direction, TruthMetrics]:
    return {Direction.named(name): TruthMetrics(**value) for name, value in data.items() if name != "held_out"}


def evaluate_scores(
    scores: Scores,
    owners: Mapping[str, np.ndarray],
    relevance: Mapping[Direction, np.ndarray] | None = None,
    held_out: Mapping[str, np.ndarray] | None = None,
) -> Evaluation:
    """All the figures of some directions, in their order; queries that own no candidate are left out of recall.

    Args:
        scores: by direction (Q, N).
        owners: by modality (N,) int, the item of each input.
        relevance: by direction (Q, N) bool, which candidates are true of which queries, for the directions where that
            is known.
        held_out: by modality (N,) bool, the queries to report apart.

    Raises:
        ValueError: for a direction in which no query owns a candidate.
    """
    directions = {}
    for direction, matrix in scores.items():
        ranks = ranks_of_relevant(matrix, own(owners, direction))
        directions[direction] = recall(direction, ranks[ranks > 0], matrix.shape[1])
    known, apart = relevance or {}, held_out or {}
    truth = {each: truth_metrics(scores[each], known[each]) for each in scores if each in known}
    unseen = {
        each: truth_metrics(scores[each][apart[each.query]], known[each][apart[each.query]])
        for each in truth
        if each.query in apart
    }
    return Evaluation(directions, truth or None, unseen or None)
