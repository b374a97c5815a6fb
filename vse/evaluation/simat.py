"""SIMAT: picture - word + word on crops of Visual Genome, for those who have the crops.

Couairon et al. 2022, "Embedding Arithmetic of Multimodal Queries for Image Retrieval". The folder is `simat_db/` of
facebookresearch/SIMAT (the lists are MIT): transfos.csv, triplets.csv, the crops that its prepare_dataset.py makes,
and where there is one the oracle's scores. Nothing of it ships here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from vse.encoders.base import Encoder, unknown_words
from vse.encoders.similarity import normalise
from vse.errors import TextError
from vse.evaluation.simat_files import FIELDS, SimatTask, Transformation, find_simat, load_simat
from vse.evaluation.tables import figure, table
from vse.io.progress import Progress
from vse.search.arithmetic import PICTURE, PLAIN, Means, Way, way_named
from vse.search.query import Parts, Picture, Term, Text
from vse.search.query.evaluate import TEXT
from vse.search.vectors import IMAGE, vectors_of

__all__ = [
    "LAMBDAS",
    "SimatPoint",
    "SimatReport",
    "SimatTask",
    "Transformation",
    "find_simat",
    "load_simat",
    "simat_score",
    "simat_table",
]

LAMBDAS = tuple(0.25 * step for step in range(9))
_TERMS = (Term(1, Picture("source")), Term(-1, Text("value")), Term(1, Text("target")))
_KINDS = (PICTURE, TEXT, TEXT)
_WEIGHTS = np.array([term.weight for term in _TERMS])
_CHUNK = 1024  # queries compared with every picture at a time
_NAMED = 5  # unknown words that the table names


@dataclass(frozen=True)
class SimatPoint:
    """The figures at one weight of the words, in percent.

    score: the share of right answers, a transformation counting 1 / sqrt(norm2), as published.
    unweighted: the share with every transformation counting the same.
    by_field: the score over the transformations of each field alone; only the fields that there are.
    """

    weight: float
    score: float
    unweighted: float
    by_field: dict[str, float]


@dataclass(frozen=True)
class SimatReport:
    """SIMAT under one model: how it was done, on how much, and the figures at each weight of the words.

    oracle: whether the oracle judged the answers; else only a picture of the wanted triplet itself counts.
    left_out: how many transformations were not asked, because a word of theirs is unknown to the model.
    unknown: the unknown words, in alphabetical order.
    """

    way: str
    split: str
    oracle: bool
    pictures: int
    transformations: int
    left_out: int
    unknown: tuple[str, ...]
    curve: tuple[SimatPoint, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def simat_score(
    encoder: Encoder,
    task: SimatTask,
    lambdas: Sequence[float] = LAMBDAS,
    way: str = PLAIN,
    progress: Progress | None = None,
) -> SimatReport:
    """Answer each transformation with the picture nearest to image + lambda * (target - value), but for its own.

    The crops are encoded once and cached. Words are embedded as the way does it, see `vse.search.arithmetic.WAYS`.
    A transformation with a word that the model does not know is left out and counted, and the weights of the others
    are normalised among themselves.

    Raises:
        QueryError: for a way that there is not, and where the parts of a query cancel out.
        TextError: when the model does not know the words of a single transformation.
        ImageError: for a crop that cannot be read.
    """
    chosen = way_named(way)
    words = sorted({word for each in task.transformations for word in (each.value, each.target)})
    unknown = {word: [u.word for u in unknown_words(encoder, word)] for word in words}
    asked = [each for each in task.transformations if not (unknown[each.value] or unknown[each.target])]
    strangers = tuple(sorted({word for found in unknown.values() for word in found}))
    if not asked:
        raise TextError(
            f"The model knows the words of none of the {len(task.transformations):,} transformations "
            f"({', '.join(strangers[:_NAMED])}, ...): take a model that was trained on photos."
        )
    images = np.asarray(vectors_of(encoder, task.collection, IMAGE, progress).vectors, dtype=np.float32)
    known = [word for word in words if not unknown[word]]
    vectors = dict(zip(known, normalise(chosen.embed(encoder.encode_texts)(known)), strict=True))
    parts = np.stack([np.stack([images[t.source], vectors[t.value], vectors[t.target]]) for t in asked])
    curve = []
    for weight in lambdas:
        right = task.is_right(asked, _answers(images, parts, asked, replace(chosen, scale=weight)))
        curve.append(_point(weight, asked, right))
    return SimatReport(
        way=way,
        split=task.split,
        oracle=task.oracle is not None,
        pictures=len(task.collection),
        transformations=len(asked),
        left_out=len(task.transformations) - len(asked),
        unknown=strangers,
        curve=tuple(curve),
    )


def _answers(images: np.ndarray, parts: np.ndarray, asked: Sequence[Transformation], way: Way) -> np.ndarray:
    """(Q,) rows of the nearest of (N, D) pictures to (Q, 3, D) parts, each query's own picture left out."""
    # No mean of the texts is needed: target - value has the same one twice, with opposite signs.
    method = way.method(Means(images.mean(axis=0), np.zeros_like(images[0])))
    answers = []
    for begin in range(0, len(asked), _CHUNK):
        chunk = parts[begin : begin + _CHUNK]
        queries = np.stack([method(Parts(_TERMS, _WEIGHTS, vectors, _KINDS)) for vectors in chunk])
        scores = queries @ images.T
        scores[np.arange(len(chunk)), [each.source for each in asked[begin : begin + _CHUNK]]] = -np.inf
        answers.append(scores.argmax(axis=1))
    return np.concatenate(answers)


def _point(weight: float, asked: Sequence[Transformation], right: np.ndarray) -> SimatPoint:
    shares = np.array([each.norm2 for each in asked]) ** -0.5
    fields = np.array([each.field for each in asked])

    def percent(chosen: np.ndarray) -> float:
        return 100 * float(np.average(right[chosen], weights=shares[chosen]))

    by_field = {field: percent(fields == field) for field in FIELDS if (fields == field).any()}
    return SimatPoint(weight, percent(np.full(len(asked), True)), 100 * float(right.mean()), by_field)


def simat_table(report: SimatReport) -> str:
    """What was measured and how, then the figures by weight of the words; Markdown."""
    judged = (
        "an answer counts when the oracle finds the target text in it"
        if report.oracle
        else "no oracle file, so an answer counts only when its own triplet is the one wanted: stricter than published"
    )
    lines = [
        f"SIMAT, {report.split} split: {report.transformations:,} transformations among {report.pictures:,} pictures",
        f"way: {way_named(report.way).title}; {judged}",
    ]
    if report.left_out:
        shown = ", ".join(report.unknown[:_NAMED]) + (", ..." if len(report.unknown) > _NAMED else "")
        lines.append(f"left out: {report.left_out:,} more, with words the model does not know ({shown})")
    fields = list(report.curve[0].by_field) if report.curve else []
    heads = ["weight of the words", "score", "unweighted", *(f"score, {field}" for field in fields)]
    rows = (
        [f"{point.weight:g}", *(figure(each, 2) for each in (point.score, point.unweighted, *point.by_field.values()))]
        for point in report.curve
    )
    return "\n".join([*lines, "", *table(heads, rows)])
