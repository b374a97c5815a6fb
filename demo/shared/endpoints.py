"""What endpoints for programs give: answers as plain records, and the shapes of these."""

from __future__ import annotations

import math
from typing import Any, TypedDict

from vse.data import Collection
from vse.search.negation import Negation

from .answers import Answer
from .pictures import address

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
WHOLE: Schema = {"type": "integer"}


def one(**fields: Schema) -> Schema:
    """An object of these fields."""
    return {"type": "object", "properties": fields}


def many(of: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": of}


PICTURE = one(id=TEXT, score=NUMBER, fit=NUMBER, rank=WHOLE, captions=many(TEXT), image=TEXT)
CAPTION = one(text=TEXT, score=NUMBER, fit=NUMBER, rank=WHOLE, id=TEXT)
RECIPE = one(title=TEXT, ingredients=many(TEXT), instructions=many(TEXT), score=NUMBER, rank=WHOLE, id=TEXT)
PICTURES = many(PICTURE)
NOTE = {"note": TEXT, "instead": TEXT}  # of a Note


class Note(TypedDict):
    """What is told of a query whose words negate, and the sum to ask instead; both may be empty."""

    note: str
    instead: str


def note_json(negation: Negation | None) -> Note:
    return Note(note=negation.sentence if negation else "", instead=str((negation and negation.offered) or ""))


def score_json(score: float) -> float | None:
    """None for a picture that was compared with nothing, as filters alone find it."""
    return None if math.isnan(score) else round(score, 4)


def fit_json(fit: float | None) -> float | None:
    return None if fit is None else round(fit, 4)


def pictures_json(answer: Answer, collection: Collection) -> list[dict[str, Any]]:
    return [
        {
            "id": hit.item.id,
            "score": score_json(hit.score),
            "fit": fit_json(hit.fit),
            "rank": hit.rank,
            "captions": list(hit.item.captions),
            "image": address(collection, hit.item.id),
        }
        for hit in answer.pictures
    ]


def recipes_json(answer: Answer) -> list[dict[str, Any]]:
    return [
        {**hit.recipe.to_json(), "score": score_json(hit.score), "rank": hit.rank, "id": hit.item.id}
        for hit in answer.recipes
    ]


def captions_json(answer: Answer) -> list[dict[str, Any]]:
    return [
        {
            "text": hit.text,
            "score": score_json(hit.score),
            "fit": fit_json(hit.fit),
            "rank": hit.rank,
            "id": hit.item.id,
        }
        for hit in answer.captions
    ]
