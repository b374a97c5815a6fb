"""Retrieval measured from score matrices; what is relevant is data, never "five captions a picture".

Everywhere `scores` is (I, T) float: pictures by captions, higher is better; `owners` (T,) int says which
picture each caption was written for; `truth` (I, T) bool which captions are true of which pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE, Direction, RetrievalMetrics


def ranks_of_captions(scores: np.ndarray, owners: np.ndarray) -> np.ndarray:
    """(I',) the rank, from 1, of the best of each picture's own captions; pictures without captions are left out.

    Ties count against the model, so that one that scores everything alike does not look perfect.
    """
    own = owners[None] == np.arange(len(scores))[:, None]
    has_captions = own.any(axis=1)
    scores, own = scores[has_captions], own[has_captions]
    best = np.where(own, scores, -np.inf).max(axis=1, keepdims=True)
    return ((scores >= best) & ~own).sum(axis=1) + 1


def ranks_of_images(scores: np.ndarray, owners: np.ndarray) -> np.ndarray:
    """(T,) the rank, from 1, of the picture each caption was written for; ties count against the model."""
    own = scores[owners, np.arange(len(owners))]
    return (scores >= own[None]).sum(axis=0)


def recall(direction: Direction, ranks: np.ndarray, candidates: int) -> RetrievalMetrics:
    """Recall at 1, 5 and 10 in percent, median and mean rank.

    Raises:
        ValueError: for no ranks at all.
    """
    if not len(ranks):
        raise ValueError("got no ranks: the collection has no captioned pictures")
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
    """Every direction, and where the truth is known how true the answers are, overall and on held-out queries."""

    directions: dict[Direction, RetrievalMetrics]
    truth: dict[Direction, TruthMetrics] | None = None
    held_out: dict[Direction, TruthMetrics] | None = None

    @property
    def rsum(self) -> float:
        """The sum of the recalls of all directions: of six, 600 at most, where there are two."""
        return sum(m.r1 + m.r5 + m.r10 for m in self.directions.values())

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
        truth = {each: TruthMetrics(**known[each.name]) for each in directions}
        held_out = known.get("held_out")
        if held_out is None:
            return cls(directions, truth)
        return cls(directions, truth, {each: TruthMetrics(**held_out[each.name]) for each in directions})


def evaluate_scores(
    scores: np.ndarray,
    owners: np.ndarray,
    truth: np.ndarray | None = None,
    held_out_images: np.ndarray | None = None,
    held_out_texts: np.ndarray | None = None,
) -> Evaluation:
    """All the figures of one score matrix; `held_out_*` are bool masks of the queries to report apart."""
    directions = {
        IMAGE_TO_TEXT: recall(IMAGE_TO_TEXT, ranks_of_captions(scores, owners), scores.shape[1]),
        TEXT_TO_IMAGE: recall(TEXT_TO_IMAGE, ranks_of_images(scores, owners), scores.shape[0]),
    }
    if truth is None:
        return Evaluation(directions)
    overall = {IMAGE_TO_TEXT: truth_metrics(scores, truth), TEXT_TO_IMAGE: truth_metrics(scores.T, truth.T)}
    held_out = None
    if held_out_images is not None and held_out_texts is not None:
        held_out = {
            IMAGE_TO_TEXT: truth_metrics(scores[held_out_images], truth[held_out_images]),
            TEXT_TO_IMAGE: truth_metrics(scores.T[held_out_texts], truth.T[held_out_texts]),
        }
    return Evaluation(directions, overall, held_out)
