"""Answers as rows that a visitor can save; the page makes the files, so none is left behind on the server."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any, TypedDict

from vse.search.query import UPLOAD, Picture, Query, Term

from ..arithmetic.compute import Problem, Sum
from .answering import CAPTIONS_SHOWN
from .answers import Answer, CaptionAnswer, ImageAnswer
from .answers import Query as Asked

FORMATS = ("csv", "json")


class Row(TypedDict):
    """One answer.

    rank: from 1, within one kind of answer of one model.
    score: the model's similarity; percentile: the share in percent of its scores for pairs at random that lie below,
        None where unknown.
    kind: "picture", or "caption" where the captions of a picture were asked for, of which `id` is the picture.
    query: as it was asked; a picture stands as [its id], one of the visitor's own as [upload].
    """

    rank: int
    id: str
    score: float
    percentile: float | None
    model: str
    kind: str
    captions: list[str]
    query: str


def rows(answers: Sequence[Answer]) -> list[Row]:
    """What is shown of the answers to one question: captions first, then pictures, model by model."""
    return [
        row
        for answer in answers
        for row in (
            *(_row(each, answer.model, written(answer.query)) for each in answer.captions[:CAPTIONS_SHOWN]),
            *(_row(each, answer.model, written(answer.query)) for each in answer.images),
        )
    ]


def rows_of_sums(found: Sequence[Sum | Problem]) -> list[Row]:
    """The same for sums, without the rows that they are compared with."""
    return [
        _row(image, each.model, str(each.query)) for each in found if isinstance(each, Sum) for image in each.images
    ]


def written(query: Asked) -> str:
    """What was asked; where the server keeps a visitor's picture is left out."""
    if query.kind == "words":
        return query.value
    return str(Query((Term(1, Picture(query.value if query.kind == "item" else UPLOAD)),)))


def _row(answer: ImageAnswer | CaptionAnswer, model: str, query: str) -> Row:
    said = [answer.text] if isinstance(answer, CaptionAnswer) else None
    return Row(
        rank=answer.rank,
        id=answer.item.id,
        score=round(answer.score, 4),
        percentile=None if answer.top is None else round(100 - answer.top, 2),
        model=model,
        kind="caption" if said else "picture",
        captions=said or list(answer.item.captions),
        query=query,
    )


def attribute(given: Sequence[Any]) -> str:
    """Rows as the attribute of an answer's section, from which the page makes the files; empty without rows."""
    return f' data-rows="{escape(json.dumps(given, ensure_ascii=False))}"' if given else ""


def buttons() -> str:
    """What saves the answers that are shown."""
    each = "".join(
        f'<button type="button" data-save="{name}" title="Save these answers as {name.upper()}">{name.upper()}</button>'
        for name in FORMATS
    )
    return f'<span class="save" role="group" aria-label="Save these answers">{each}</span>'
