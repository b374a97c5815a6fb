"""Measuring an encoder on a collection, and the tables people read."""

from __future__ import annotations

import numpy as np

from vse.data import Collection
from vse.encoders.base import Encoder
from vse.encoders.similarity import cosine, order
from vse.encoders.vse.encoder import Progress
from vse.errors import CollectionError
from vse.evaluation.metrics import TITLES
from vse.evaluation.retrieval import Evaluation, evaluate_scores
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
    return order(images, texts) if encoder.similarity == "order" else cosine(images, texts)


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
    lines = [
        "| direction | R@1 | R@5 | R@10 | median rank | mean rank | queries | candidates |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {TITLES[m.direction]} | {m.r1:.1f} | {m.r5:.1f} | {m.r10:.1f} | {m.median_rank:g} | {m.mean_rank:.1f} "
        f"| {m.queries} | {m.candidates} |"
        for m in evaluation.directions.values()
    ]
    lines += ["", f"rsum {evaluation.rsum:.1f}"]
    if evaluation.truth is None:
        return "\n".join(lines)
    lines += [
        "",
        "| is the answer true of the query? | satisfied@1 | precision@10 | of as many as there are | queries |",
        "|---|---|---|---|---|",
    ]
    for title, group in (("", evaluation.truth), (", held-out combinations", evaluation.held_out or {})):
        lines += [
            f"| {TITLES[direction]}{title} | {t.satisfied_at_1:.1f} | {t.precision_at_10:.1f} "
            f"| {t.capped_precision_at_10:.1f} | {t.queries} |"
            for direction, t in group.items()
        ]
    return "\n".join(lines)
