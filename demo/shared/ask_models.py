"""One question to one model or to two: what each answers, and where the other puts it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from vse.errors import VSEError
from vse.evaluation.agreement import moves
from vse.search.hit import Hit
from vse.search.query import Query

from ..arithmetic.compute import Ask, Problem, Sum, compute_or_problem
from .answering import CAPTIONS_SHOWN, answer_or_problem
from .answers import Answer, CaptionAnswer, ImageAnswer, Visit
from .jobs import Loading
from .percentiles import images_rated, rated

DEEP = 100  # how far down another model's ranking is looked
Shown = TypeVar("Shown", ImageAnswer, CaptionAnswer)


def ask_each(loadings: Sequence[Loading], visit: Visit) -> tuple[Answer, ...]:
    """The answer of one model, or of two with every answer's place in the other's ranking; problems are told in it."""
    deep = DEEP if len(loadings) > 1 else 0
    found = [_ask(each, visit, deep) for each in loadings]
    return (found[0],) if len(found) == 1 else beside(found[0], found[1], visit.k)


def _ask(loading: Loading, visit: Visit, deep: int) -> Answer:
    try:
        opened = loading.result()
    except VSEError as error:
        return Answer(visit.query, problem=str(error), model=loading.name)
    answer = rated(answer_or_problem(opened.searcher, visit, deep), opened.scale)
    return replace(answer, model=opened.name)


def beside(first: Answer, second: Answer, k: int) -> tuple[Answer, Answer]:
    """Two answers to one question, of each k pictures and as many captions as are shown."""

    def placed(one: Answer, other: Answer) -> Answer:
        if other.problem:
            return replace(one, images=one.images[:k], captions=one.captions[:CAPTIONS_SHOWN])
        images = with_places(one.images, other.images, k, key_of_image)
        captions = with_places(one.captions, other.captions, CAPTIONS_SHOWN, key_of_caption)
        return replace(one, images=images, captions=captions)

    return placed(first, second), placed(second, first)


def compute_each(loadings: Sequence[Loading], ask: Ask) -> tuple[Sum | Problem, ...]:
    """As `ask_each` for a sum; only the first model answers its parts too."""
    deep = DEEP if len(loadings) > 1 else 0
    found = [_compute(each, ask, deep, compared=number == 0) for number, each in enumerate(loadings)]
    if len(found) == 1:
        return (found[0],)
    first, second = found
    return _placed(first, second), _placed(second, first)


def _compute(loading: Loading, ask: Ask, deep: int, compared: bool) -> Sum | Problem:
    try:
        opened = loading.result()
    except VSEError as error:
        return Problem(str(error), model=loading.name)
    found = compute_or_problem(opened.searcher, ask, compared, deep)
    if isinstance(found, Problem):
        return replace(found, model=opened.name)

    def worth(query: Query, images: tuple[ImageAnswer, ...]) -> tuple[ImageAnswer, ...]:
        return images_rated(images, opened.scale.pictures if query.pictures else opened.scale.words)

    parts = tuple(replace(part, images=worth(part.query, part.images)) for part in found.comparisons)
    return replace(found, images=worth(found.query, found.images), comparisons=parts, model=opened.name)


def _placed(one: Sum | Problem, other: Sum | Problem) -> Sum | Problem:
    if isinstance(one, Problem):
        return one
    if isinstance(other, Problem):
        return replace(one, images=one.images[: one.ask.k])
    return replace(one, images=with_places(one.images, other.images, one.ask.k, key_of_image))


def with_places(
    mine: Sequence[Shown], others: Sequence[Shown], k: int, key: Callable[[Shown], str]
) -> tuple[Shown, ...]:
    """The first k answers, each with its place among the other model's."""

    def hits(answers: Sequence[Shown]) -> list[Hit]:
        return [Hit(key(each), each.score, each.rank, row) for row, each in enumerate(answers)]

    places = moves(hits(mine[:k]), hits(others), k, key=lambda hit: hit.item_id)
    return tuple(replace(each, there=move.there or 0) for each, move in zip(mine, places, strict=False))


def key_of_image(answer: ImageAnswer) -> str:
    return answer.item.id


def key_of_caption(answer: CaptionAnswer) -> str:
    """A caption's words: the same ones may stand under several pictures."""
    return answer.text.lower().rstrip(".")
