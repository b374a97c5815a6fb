"""The fields of the Arithmetic tab, which spell a query of a simple shape: plain functions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from vse.errors import QueryError, VSEError
from vse.search.arithmetic import WEIGHTS
from vse.search.query import Picture, Query, Term, Text, Written, parse

MOST_WEIGHT = WEIGHTS[-1]


@dataclass(frozen=True)
class Fields:
    """A query of the simple shape: a picture's id, words to take away and words to add; each may be empty."""

    picture: str = ""
    minus: str = ""
    minus_weight: float = 1.0
    plus: str = ""
    plus_weight: float = 1.0


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
    if query.filters:
        return None
    fields = Fields()
    values: dict[str, Any]
    for term in query.terms:
        size = abs(term.weight)
        if size > MOST_WEIGHT or (isinstance(term.operand, Picture) and term.weight != 1):
            return None
        if isinstance(term.operand, Written):
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


def _typed(value: Any) -> str:
    if not isinstance(value, str):
        raise QueryError(f"A field came as {type(value).__name__}: reload the page and try again.")
    return value.strip()


def _without_brackets(picture: str) -> str:
    """A picture's id, also where it was typed as the query writes it."""
    try:
        query = parse(picture)
    except VSEError:
        return picture
    operands = [term.operand for term in query.terms]
    alone = len(operands) == 1 and not query.filters
    return operands[0].id if alone and isinstance(operands[0], Picture) else picture


def _size(weight: Any) -> float:
    """
    Raises:
        QueryError: unless it is a number from 0 to MOST_WEIGHT.
    """
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= MOST_WEIGHT:
        raise QueryError(f"A weight came as {weight!r}: give a number from 0 to {MOST_WEIGHT:g}.")
    return round(float(weight), 2)


def starting_from(query: Query, picture: str) -> Query:
    """A query with a picture's id in the place of what it adds first, and before the rest."""
    first = next((at for at, term in enumerate(query.terms) if term.weight > 0), None)
    rest = (term for at, term in enumerate(query.terms) if at != first)
    return replace(query, terms=(Term(1, Picture(picture)), *rest))


def with_word(text: str, word: Query) -> str:
    """A query with another added to it; the other alone where there is no query yet, or none that can be read."""
    try:
        query = parse(text)
        return str(replace(query, terms=(*query.terms, *word.terms)))
    except VSEError:
        return str(word)
