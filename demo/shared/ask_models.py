"""One question to one model or to two: what each answers, and where the other puts it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from vse.errors import VSEError
from vse.evaluation.agreement import moves
from vse.search.hit import Hit

from .answering import answer, rated
from .answers import CAPTIONS_SHOWN, Answer, CaptionHit, PictureHit
from .jobs import Loading
from .question import Question

DEEP = 100  # how far down another model's ranking is looked
Shown = TypeVar("Shown", PictureHit, CaptionHit)


def ask_each(loadings: Sequence[Loading], question: Question, parts: bool = True) -> tuple[Answer, ...]:
    """The answer of one model, or of two with every answer's place in the other's ranking; problems are told in it.

    Of a sum, only the first model answers its parts, where `parts` are wanted.
    """
    deep = DEEP if len(loadings) > 1 else 0
    found = [_ask(each, question, deep, parts and number == 0) for number, each in enumerate(loadings)]
    return (found[0],) if len(found) == 1 else beside(found[0], found[1])


def _ask(loading: Loading, question: Question, deep: int, parts: bool) -> Answer:
    try:
        opened = loading.result()
    except VSEError as error:
        return Answer(question, problem=str(error), model=loading.name)
    return replace(rated(answer(opened.searcher, question, deep, parts), opened.scale), model=opened.name)


def beside(first: Answer, second: Answer) -> tuple[Answer, Answer]:
    """Two answers to one question, of each as many pictures as were asked for and as many captions as are shown."""
    k = first.question.k

    def placed(one: Answer, other: Answer) -> Answer:
        if one.problem or other.problem:
            return replace(one, pictures=one.pictures[:k], captions=one.captions[:CAPTIONS_SHOWN])
        pictures = with_places(one.pictures, other.pictures, k, key_of_picture)
        captions = with_places(one.captions, other.captions, CAPTIONS_SHOWN, key_of_caption)
        return replace(one, pictures=pictures, captions=captions)

    return placed(first, second), placed(second, first)


def with_places(
    mine: Sequence[Shown], others: Sequence[Shown], k: int, key: Callable[[Shown], str]
) -> tuple[Shown, ...]:
    """The first k answers, each with its place among the other model's."""

    def hits(answers: Sequence[Shown]) -> list[Hit]:
        return [Hit(key(each), each.score, each.rank, row) for row, each in enumerate(answers)]

    places = moves(hits(mine[:k]), hits(others), k, key=lambda hit: hit.item_id)
    return tuple(replace(each, rank_in_other=move.there or 0) for each, move in zip(mine, places, strict=False))


def key_of_picture(hit: PictureHit) -> str:
    return hit.item.id


def key_of_caption(hit: CaptionHit) -> str:
    """A caption's words: the same ones may stand under several pictures."""
    return hit.text.lower().rstrip(".")
