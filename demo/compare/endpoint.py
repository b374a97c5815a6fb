"""One query to both models, for programs: what each answers, and where the other puts it."""

from __future__ import annotations

from typing import TypedDict

from vse.data import Collection
from vse.errors import QueryError

from ..shared.address import Page
from ..shared.answers import CAPTIONS_SHOWN, Answer, CaptionHit, PictureHit
from ..shared.ask_models import ask_each
from ..shared.endpoints import Note, fit_json, note_json, score_json
from ..shared.models import Service
from ..shared.pictures import address
from ..shared.question import Question, check_k
from ..shared.scores import is_shared


class Placed(TypedDict, total=False):
    """One answer: "text" only where it is a caption, "captions" and "image" only where it is a picture."""

    id: str
    text: str
    captions: list[str]
    image: str
    score: float | None
    rank: int
    fit: float | None
    percentile: float | None
    rank_in_other: int | None
    shared: bool


class Side(TypedDict):
    """What one model answers; `problem` is a sentence where it cannot."""

    model: str
    images: list[Placed]
    captions: list[Placed]
    problem: str


class Comparison(Note):
    """Both models' answers to a query; `shared` counts the pictures that both show."""

    query: str
    models: list[Side]
    shared: int


def compare_query(service: Service, query: object, k: object) -> Comparison:
    """Both models' answers to a query of the language.

    Raises:
        QueryError: when there is no second model, or the query is no text.
        VSEError: when neither model can answer.
    """
    if service.clip is None:
        raise QueryError(f"There is no second model to compare with. {service.why_no_clip}")
    if not isinstance(query, str):
        raise QueryError(f"A text was expected and {type(query).__name__} came: give a string of words.")
    question = Question(query, check_k(k))
    answers = ask_each(service.loadings(Page("both")), question, parts=False)
    if all(each.problem for each in answers):
        raise QueryError(answers[0].problem)
    shared = {each.item.id for each in answers[0].pictures if is_shared(each.rank_in_other, question.k)}
    sides = [side(each, question.k, service.collection) for each in answers]
    note = note_json(next(each.negation for each in answers if not each.problem))
    return {"query": query, "models": sides, "shared": len(shared), **note}


def side(answer: Answer, k: int, collection: Collection) -> Side:
    images = [
        Placed(
            id=each.item.id,
            captions=list(each.item.captions),
            image=address(collection, each.item.id),
            **placed(each, k),
        )
        for each in answer.pictures
    ]
    captions = [Placed(id=each.item.id, text=each.text, **placed(each, CAPTIONS_SHOWN)) for each in answer.captions]
    return Side(model=answer.model, images=images, captions=captions, problem=answer.problem)


def placed(hit: PictureHit | CaptionHit, shown: int) -> Placed:
    """Its score, what that is worth, and where the other model puts it: None for none of its first 100."""
    return Placed(
        score=score_json(hit.score),
        fit=fit_json(hit.fit),
        rank=hit.rank,
        percentile=None if hit.percentile is None else round(hit.percentile, 2),
        rank_in_other=hit.rank_in_other or None,
        shared=is_shared(hit.rank_in_other, shown),
    )
