"""From a query of the language to its answers and to what they are compared with: plain functions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from vse.encoders.base import unknown_words
from vse.errors import QueryError, VSEError
from vse.io.paths import DEFAULT_WAY
from vse.modalities.text.unknown import UnknownWord
from vse.search.arithmetic import way_named
from vse.search.explain import WordShare
from vse.search.query import Picture, Query, QueryPictureError, QuerySyntaxError, Resolved, Term, Text, parse

from ..shared.answering import check_k, images, reading
from ..shared.answers import ImageAnswer

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

MOST_WEIGHT = 2.0
WEIGHT_STEP = 0.1
COMPARED = 6  # answers in each row that the main one is compared with


@dataclass(frozen=True)
class Fields:
    """A query of the simple shape: a picture's id, words to take away and words to add; each may be empty."""

    picture: str = ""
    minus: str = ""
    minus_weight: float = 1.0
    plus: str = ""
    plus_weight: float = 1.0


@dataclass(frozen=True)
class Ask:
    """What one visitor asks: a query as it was typed, and how to answer it.

    `way` is a name of `vse.search.arithmetic.WAYS`; `upload` the path of the picture that [upload] stands for, or
    empty.
    """

    text: str
    k: int
    way: str = DEFAULT_WAY
    keep_operands: bool = False
    upload: str = ""


@dataclass(frozen=True)
class Comparison:
    """What a part of the query answers by itself."""

    title: str
    query: Query
    images: tuple[ImageAnswer, ...]


@dataclass(frozen=True)
class Sum:
    """All that one query gives.

    `unknown` are its words that the model has never seen, `model` is who answers, `resolved` the query as vectors;
    `why` is what each word adds to the scores, where that was asked for.
    """

    ask: Ask
    query: Query
    images: tuple[ImageAnswer, ...]
    comparisons: tuple[Comparison, ...] = ()
    unknown: tuple[UnknownWord, ...] = ()
    milliseconds: float = 0.0
    model: str = ""
    resolved: Resolved | None = field(default=None, compare=False, repr=False)
    why: tuple[WordShare, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class Problem:
    """Why there is no answer: a sentence, and where it can be told, two lines that point into the query.

    `query` is there when it could be read, with its unknown words.
    """

    sentence: str
    pointer: str = ""
    query: Query | None = None
    unknown: tuple[UnknownWord, ...] = ()
    model: str = ""


def query_of(fields: Fields) -> Query | None:
    """The query that the fields spell, or None where they are empty; a weight of 0 leaves its words out.

    Raises:
        QueryError, TextError: for what cannot be part of a query.
    """
    terms = []
    if picture := _typed(fields.picture):
        terms.append(Term(1, Picture(_without_brackets(picture))))
    for sign, words, weight in ((-1, fields.minus, fields.minus_weight), (1, fields.plus, fields.plus_weight)):
        if _typed(words) and (size := _size(weight)):
            terms.append(Term(sign * size, Text(words)))
    return Query(tuple(terms)) if terms else None


def fields_of(query: Query) -> Fields | None:
    """The fields that spell a query, or None for one that says more than they can."""
    fields = Fields()
    values: dict[str, Any]
    for term in query.terms:
        size = abs(term.weight)
        if size > MOST_WEIGHT or (isinstance(term.operand, Picture) and term.weight != 1):
            return None
        if isinstance(term.operand, Picture):
            name, values = "picture", {"picture": term.operand.id}
        elif term.weight < 0:
            name, values = "minus", {"minus": term.operand.text, "minus_weight": size}
        else:
            name, values = "plus", {"plus": term.operand.text, "plus_weight": size}
        if getattr(fields, name):
            return None
        fields = replace(fields, **values)
    return fields


def parts_to_compare(query: Query) -> list[tuple[str, Query]]:
    """Titles and queries that show what a sum did.

    Where something is taken away, that is the query without it, and what is added by itself; else its first two parts.
    """
    added = [term for term in query.terms if term.weight > 0]
    if len(added) == len(query.terms):
        parts = [by_itself(term) for term in added[:2]]
        return [(f"{part} alone", part) for part in parts] if len(added) > 1 else []
    base = next((term for term in added if isinstance(term.operand, Picture)), added[0] if added else None)
    new = [term for term in added if term is not base]
    found = [("Without the subtraction", Query(tuple(added)))] if added else []
    if new:
        words = " ".join(term.operand.text for term in new if isinstance(term.operand, Text))
        title = "The new words alone" if " " in words else "The new word alone" if words else "The new picture alone"
        found.append((title, by_itself(new[0]) if len(new) == 1 else Query(tuple(new))))
    return found


def by_itself(term: Term) -> Query:
    """An operand that stands alone needs no weight."""
    return Query((Term(1, term.operand),))


def compute(searcher: Searcher, ask: Ask, compared: bool = True, at_least: int = 0) -> Sum:
    """The answers, `at_least` so many, and with `compared` those of its parts.

    Raises:
        VSEError: when the query cannot be answered.
    """
    began = time.perf_counter()
    query = parse(ask.text)
    way_named(ask.way)
    found, resolved = _answers(searcher, query, ask, max(check_k(ask.k), at_least))
    milliseconds = 1000 * (time.perf_counter() - began)
    parts = parts_to_compare(query) if compared else []
    rows = tuple(row for title, part in parts for row in _comparison(searcher, title, part, ask))
    return Sum(ask, query, found, rows, _unknown(searcher, query), milliseconds, resolved=resolved)


def compute_or_problem(searcher: Searcher, ask: Ask, compared: bool = True, at_least: int = 0) -> Sum | Problem:
    """As `compute`, with what is wrong with the query told instead of raised."""
    try:
        return compute(searcher, ask, compared, at_least)
    except VSEError as error:
        problem = problem_of(error, ask.text)
    try:
        query = parse(ask.text)
    except VSEError:
        return problem
    return replace(problem, query=query, unknown=_unknown(searcher, query))


def compute_in_one_sentence(searcher: Searcher, ask: Ask) -> Sum:
    """As `compute`, with errors that do not point into the query, which programs have no use for.

    Raises:
        VSEError: when the query cannot be answered.
    """
    try:
        return compute(searcher, ask, compared=False)
    except QuerySyntaxError as error:
        raise QueryError(error.reason) from error


def problem_of(error: VSEError, text: str) -> Problem:
    """An error as a sentence and a pointer to the place in the text, where it has one."""
    if isinstance(error, QueryPictureError) and error.position is not None:
        error = QuerySyntaxError(str(error), text, error.position)
    if isinstance(error, QuerySyntaxError):
        return Problem(error.reason, str(error).removeprefix(error.reason).lstrip("\n"))
    return Problem(str(error))


def _answers(searcher: Searcher, query: Query, ask: Ask, k: int) -> tuple[tuple[ImageAnswer, ...], Resolved]:
    upload = ask.upload if query.needs_upload and ask.upload else None
    with reading(upload) if upload else nullcontext():
        found = searcher.ask(query, k, upload, ask.way, ask.keep_operands)
    return images(searcher, found.hits), found.resolved


def _comparison(searcher: Searcher, title: str, part: Query, ask: Ask) -> Iterator[Comparison]:
    """One, or none where the part has no answer of its own."""
    with suppress(QueryError):
        yield Comparison(title, part, _answers(searcher, part, ask, COMPARED)[0])


def _unknown(searcher: Searcher, query: Query) -> tuple[UnknownWord, ...]:
    found = {word.word: word for text in query.texts for word in unknown_words(searcher.encoder, text)}
    return tuple(found.values())


def _typed(value: Any) -> str:
    if not isinstance(value, str):
        raise QueryError(f"A field came as {type(value).__name__}: reload the page and try again.")
    return value.strip()


def _without_brackets(picture: str) -> str:
    """A picture's id, also where it was typed as the query writes it."""
    try:
        terms = parse(picture).terms
    except VSEError:
        return picture
    operand = terms[0].operand
    return operand.id if len(terms) == 1 and isinstance(operand, Picture) else picture


def _size(weight: Any) -> float:
    """
    Raises:
        QueryError: unless it is a number from 0 to MOST_WEIGHT.
    """
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= MOST_WEIGHT:
        raise QueryError(f"A weight came as {weight!r}: give a number from 0 to {MOST_WEIGHT:g}.")
    return round(float(weight), 2)
