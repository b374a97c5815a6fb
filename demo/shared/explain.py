"""Answers with what each word of the query adds to them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from vse.errors import QueryError, VSEError
from vse.io.paths import DEFAULT_WAY
from vse.search.explain import WordShare, answer_shares
from vse.search.query import Query, Resolved, Term, Text

from ..arithmetic.compute import Problem, Sum
from .answers import Answer, ImageAnswer
from .jobs import Loading

_log = logging.getLogger(__name__)


def explained(loadings: Sequence[Loading], answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """The answers of some models, those to words with the words' shares."""
    return tuple(_answer(loading, answer) for loading, answer in zip(loadings, answers, strict=True))


def sums_explained(loadings: Sequence[Loading], found: Sequence[Sum | Problem]) -> tuple[Sum | Problem, ...]:
    """As `explained` for sums."""
    return tuple(_sum(loading, each) for loading, each in zip(loadings, found, strict=True))


def _answer(loading: Loading, answer: Answer) -> Answer:
    if answer.problem or answer.query.kind != "words":
        return answer
    try:
        query = Query((Term(1, Text(answer.query.value)),))
    except QueryError:  # with its quotes it is too long to be written
        return answer
    return replace(answer, why=_shares(loading, query, answer.images))


def _sum(loading: Loading, found: Sum | Problem) -> Sum | Problem:
    if isinstance(found, Problem):
        return found
    return replace(found, why=_shares(loading, found.query, found.images, found.ask.way, found.resolved))


def _shares(
    loading: Loading,
    query: Query,
    images: Sequence[ImageAnswer],
    way: str = DEFAULT_WAY,
    resolved: Resolved | None = None,
) -> tuple[WordShare, ...]:
    """None at all where they cannot be had: an answer is shown without them."""
    ids, scores = [each.item.id for each in images], [each.score for each in images]
    try:
        return answer_shares(loading.result().searcher, query, ids, scores, way, resolved)
    except VSEError as error:
        _log.warning("No shares of the words of %r: %s", str(query), error)
        return ()
