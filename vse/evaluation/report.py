"""Measuring an encoder on a collection, and the tables people read."""

from __future__ import annotations

import numpy as np

from vse.data import Collection
from vse.encoders.base import Encoder
from vse.errors import CollectionError
from vse.evaluation.metrics import TITLES
from vse.evaluation.retrieval import Evaluation, evaluate_scores
from vse.evaluation.tables import figure, table
from vse.io.progress import Progress
from vse.search.vectors import IMAGE, TEXT, vectors_of


def score_matrix(encoder: Encoder, collection: Collection, progress: Progress | None = None) -> np.ndarray:
    """(I, T) float32: every picture against every caption.

    Raises:
        CollectionError: when the collection has no captions to measure with.
    """
    if not collection.captions:
        raise CollectionError(f"{collection.name} has no captions, so there is nothing to measure recall with.")
    images = np.asarray(vectors_of(encoder, collection, IMAGE, progress).vectors, dtype=np.float32)
    texts = np.asarray(vectors_of(encoder, collection, TEXT, progress).vectors, dtype=np.float32)
    return encoder.similarity.scores(images, texts, a_is=IMAGE, b_is=TEXT)


def evaluate_encoder(encoder: Encoder, collection: Collection) -> Evaluation:
    """All the figures of an encoder on a collection."""
    return evaluate_matrix(score_matrix(encoder, collection), collection)


def evaluate_matrix(scores: np.ndarray, collection: Collection) -> Evaluation:
    """All the figures of a `score_matrix` of a collection."""
    known = collection.annotations
    if known is None:
        return evaluate_scores(scores, collection.caption_owners)
    return evaluate_scores(
        scores, collection.caption_owners, known.relevance(IMAGE, TEXT), known.held_out(IMAGE), known.held_out(TEXT)
    )


def evaluation_table(evaluation: Evaluation) -> str:
    """The figures as text for a terminal; also Markdown."""
    head = ["direction", "R@1", "R@5", "R@10", "median rank", "mean rank", "queries", "candidates"]
    rows = [
        [TITLES[m.direction], figure(m.r1), figure(m.r5), figure(m.r10), f"{m.median_rank:g}", figure(m.mean_rank),
         str(m.queries), str(m.candidates)]
        for m in evaluation.directions.values()
    ]  # fmt: skip
    lines = [*table(head, rows), "", f"rsum {figure(evaluation.rsum)}"]
    if evaluation.truth is None:
        return "\n".join(lines)
    head = ["is the answer true of the query?", "satisfied@1", "precision@10", "of as many as there are", "queries"]
    rows = [
        [TITLES[direction] + title, figure(t.satisfied_at_1), figure(t.precision_at_10),
         figure(t.capped_precision_at_10), str(t.queries)]
        for title, group in (("", evaluation.truth), (", held-out combinations", evaluation.held_out or {}))
        for direction, t in group.items()
    ]  # fmt: skip
    return "\n".join([*lines, "", *table(head, rows)])
