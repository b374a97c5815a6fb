"""Measuring an encoder on a collection, and the tables people read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from vse.data import Collection
from vse.data.labels import Labels
from vse.encoders.base import Encoder
from vse.evaluation.labels import LabelEvaluation, evaluate_labels, labels_table
from vse.evaluation.metrics import Direction
from vse.evaluation.queries import known_relevance, measured_modalities, owners_of
from vse.evaluation.retrieval import Evaluation, Scores, both_ways, evaluate_scores
from vse.evaluation.tables import figure, table
from vse.io.progress import Progress
from vse.search.vectors import vectors_of


def score_matrices(
    encoder: Encoder,
    collection: Collection,
    modalities: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> dict[Direction, np.ndarray]:
    """By direction (Q, N) float32: every input of a modality against every one of another; reverses share memory.

    Args:
        modalities: at least two that both have; all such if not given.

    Raises:
        CollectionError: when there are no two such modalities.
    """
    modalities = modalities or measured_modalities(collection, encoder)
    vectors = {
        modality: np.asarray(vectors_of(encoder, collection, modality, progress).vectors, dtype=np.float32)
        for modality in modalities
    }
    found: dict[Direction, np.ndarray] = {}
    for a, b in combinations(modalities, 2):
        found |= both_ways(Direction(a, b), encoder.similarity.scores(vectors[a], vectors[b], a_is=a, b_is=b))
    return found


def evaluate_encoder(encoder: Encoder, collection: Collection) -> Evaluation:
    """All the figures of an encoder on a collection.

    Raises:
        CollectionError: as `score_matrices`.
    """
    return evaluate_matrices(score_matrices(encoder, collection), collection)


def evaluate_matrices(scores: Scores, collection: Collection) -> Evaluation:
    """All the figures of the `score_matrices` of a collection."""
    modalities = dict.fromkeys(direction.query for direction in scores)
    known = {each: known_relevance(collection, each) for each in scores}
    masks = {each: collection.annotations.held_out(each) for each in modalities} if collection.annotations else {}
    return evaluate_scores(
        scores,
        owners_of(collection, modalities),
        {each: matrix for each, matrix in known.items() if matrix is not None},
        {each: mask for each, mask in masks.items() if mask is not None},
    )


def measure(encoder: Encoder, collection: Collection) -> Evaluation | LabelEvaluation:
    """The figures of an encoder on a collection, of captions or of labels.

    Raises:
        CollectionError: when there is nothing to measure with.
    """
    if isinstance(collection.annotations, Labels):
        return evaluate_labels(encoder, collection)
    return evaluate_encoder(encoder, collection)


def measured_table(found: Evaluation | LabelEvaluation) -> str:
    """The figures as text for a terminal; also Markdown."""
    return labels_table(found) if isinstance(found, LabelEvaluation) else evaluation_table(found)


def evaluation_table(evaluation: Evaluation) -> str:
    """The figures as text for a terminal; also Markdown."""
    head = ["direction", "R@1", "R@5", "R@10", "median rank", "mean rank", "queries", "candidates"]
    rows = [
        [m.direction.title, figure(m.r1), figure(m.r5), figure(m.r10), f"{m.median_rank:g}", figure(m.mean_rank),
         str(m.queries), str(m.candidates)]
        for m in evaluation.directions.values()
    ]  # fmt: skip
    lines = [*table(head, rows), "", f"rsum {figure(evaluation.rsum)}"]
    if evaluation.truth is None:
        return "\n".join(lines)
    head = ["is the answer true of the query?", "satisfied@1", "precision@10", "of as many as there are", "queries"]
    rows = [
        [direction.title + title, figure(t.satisfied_at_1), figure(t.precision_at_10),
         figure(t.capped_precision_at_10), str(t.queries)]
        for title, group in (("", evaluation.truth), (", held-out combinations", evaluation.held_out or {}))
        for direction, t in group.items()
    ]  # fmt: skip
    return "\n".join([*lines, "", *table(head, rows)])
