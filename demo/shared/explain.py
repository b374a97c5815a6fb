"""Answers with what each word of the query adds to them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from vse.errors import VSEError
from vse.search.explain import WordShare, answer_shares

from .answers import Answer
from .jobs import Loading
from .scores import LEAST, signed

_OF_ONE = 4  # the words that are told of one answer
_log = logging.getLogger(__name__)


def explained(loadings: Sequence[Loading], answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """The answers of some models with the shares of the query's words."""
    return tuple(_explained(loading, answer) for loading, answer in zip(loadings, answers, strict=True))


def _explained(loading: Loading, answer: Answer) -> Answer:
    """None at all where they cannot be had: an answer is shown without them."""
    if answer.problem or answer.query is None:
        return answer
    ids, scores = [each.item.id for each in answer.pictures], [each.score for each in answer.pictures]
    way, resolved = answer.question.way, answer.resolved
    try:
        shares = answer_shares(loading.result().searcher, answer.query, ids, scores, way, resolved)
    except VSEError as error:
        _log.warning("No shares of the words of %r: %s", str(answer.query), error)
        return answer
    return replace(answer, why=shares)


def adding(why: Sequence[WordShare], number: int) -> str:
    """The words that add most to one answer, by its place from 0, with their shares; empty where none adds anything."""
    shares = [(each.word, float(each.shares[number])) for each in why]
    told = sorted((each for each in shares if abs(each[1]) >= LEAST), key=lambda each: -abs(each[1]))[:_OF_ONE]
    return " · ".join(f"{word} {signed(share)}" for word, share in told)
