"""Answers as rows that a visitor can save; the page makes the files, so none is left behind on the server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from .answers import CAPTIONS_SHOWN, Answer, CaptionHit, PictureHit
from .endpoints import fit_json, score_json


class Row(TypedDict):
    """One answer.

    rank: from 1, within one kind of answer of one model.
    score: the model's similarity, None where filters alone were asked; percentile: the share in percent of its scores
        for pairs at random that lie below, None where unknown.
    fit: how well it fits, from 0 to 1; None where unknown.
    kind: "picture", or "caption" where the captions of a picture were asked for, of which `id` is the picture.
    query: as it was asked; a picture stands as [its id], one of the visitor's own as [upload].
    """

    rank: int
    id: str
    score: float | None
    percentile: float | None
    fit: float | None
    model: str
    kind: str
    captions: list[str]
    query: str


def rows(answers: Sequence[Answer]) -> list[Row]:
    """What is shown of the answers to one question: captions first, then pictures, model by model."""
    found: list[Row] = []
    for answer in answers:
        found += [_row(each, answer) for each in answer.captions[:CAPTIONS_SHOWN]]
        found += [_row(each, answer) for each in answer.pictures]
    return found


def _row(hit: PictureHit | CaptionHit, answer: Answer) -> Row:
    said = [hit.text] if isinstance(hit, CaptionHit) else None
    return Row(
        rank=hit.rank,
        id=hit.item.id,
        score=score_json(hit.score),
        percentile=None if hit.percentile is None else round(hit.percentile, 2),
        fit=fit_json(hit.fit),
        model=answer.model,
        kind="caption" if said else "picture",
        captions=said or list(hit.item.captions),
        query=answer.question.text,
    )
