"""What a visitor asks: one value for every box, click, address and endpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vse.encoders.calibration import MIN_FIT
from vse.errors import QueryError, VSEError
from vse.io.paths import DEFAULT_WAY
from vse.modalities import RECIPE, SPEECH
from vse.modalities.recipe.parsing import LINE_BREAK
from vse.search.folders import FOLDS
from vse.search.query import GIVEN, UPLOAD, Picture, Query, QuerySyntaxError, Term, Text, Written, read
from vse.search.query.grammar import bracket, holds_filter

CHOICES = (6, 12, 24, 48)
FITS = {0.0: "all", MIN_FIT: "fitting", 0.8: "surely"}  # from which fit on an answer is no weaker match, in a word
DEFAULT_K = 12
TICKS = {"more": 0.5, "less": -0.25}  # the weights of answers that a visitor wants more of, and less of
WITH_UPLOAD = bracket(UPLOAD)  # the query that a visitor's own picture is
WITH_SPEECH = bracket(SPEECH)


@dataclass(frozen=True)
class Question:
    """A query of the language as it was typed, and how to answer it.

    k: how many pictures are wanted.
    way: how arithmetic is done, a name of `vse.search.arithmetic.WAYS`.
    keep_operands: whether pictures of the query may be among the answers.
    upload, speech: the paths of the picture and of the recording that [upload] and [speech] stand for, or empty.
    min_fit: from which fit on, 0 to 1, an answer is no weaker match, where the model is calibrated.
    fold: one of FOLDS, or nothing: which duplicates of an earlier answer stand under it, in a folder of photographs.
    """

    text: str
    k: int = DEFAULT_K
    way: str = DEFAULT_WAY
    keep_operands: bool = False
    upload: str = ""
    min_fit: float = MIN_FIT
    fold: str = ""
    speech: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.text, str) and "\n" in self.text.strip():  # a recipe, which boxes of one line hold too
            object.__setattr__(
                self, "text", f" {LINE_BREAK} ".join(filter(None, map(str.strip, self.text.splitlines())))
            )

    @property
    def files(self) -> dict[str, str]:
        """What is given, by its name: [upload] may be a recording, too."""
        return {UPLOAD: self.upload or self.speech, SPEECH: self.speech or self.upload}


def words_query(text: str) -> str:
    """A plain text as a query that reads back as that text, in quotes where it would be read as arithmetic."""
    try:
        return str(Query((Term(1, Text(text)),)))
    except VSEError:  # whoever asks it is told what is wrong
        return text


def picture_query(item_id: str) -> str:
    """A picture of the collection as a query."""
    return bracket(item_id)


def query_or_none(text: str) -> Query | None:
    """The query that a text says; None where it says none."""
    try:
        return read(text)
    except VSEError:
        return None


def asked_about(query: Query | None) -> Picture | None:
    """What the bracket that is the only term of a query names, be there filters or not; it may be one of GIVEN."""
    if query is None or len(query.terms) != 1:
        return None
    (term,) = query.terms
    return term.operand if isinstance(term.operand, Picture) and term.weight > 0 else None


def picture_of(query: Query | None) -> Picture | None:
    """What the bracket that is the whole query names, where it is one alone; it may be one of GIVEN."""
    return None if query is None or query.filters else asked_about(query)


def is_sum(text: str) -> bool:
    """Whether a text is arithmetic, or was meant as such and has a mistake: neither words nor one picture alone."""
    try:
        query = read(text)
    except QuerySyntaxError:
        return not holds_filter(text)  # whose mistake is as likely beside plain words
    except VSEError:  # no query at all
        return False
    return bool(query.terms) and not query.is_plain and query.recipe is None and asked_about(query) is None


def check_k(k: Any) -> int:
    """How many answers were asked for.

    Raises:
        QueryError: unless it is a whole number from 1 to 48.
    """
    if isinstance(k, bool) or not isinstance(k, int | float) or k not in range(1, CHOICES[-1] + 1):
        raise QueryError(f"The number of answers came as {k!r}: give a whole number from 1 to {CHOICES[-1]}.")
    return int(k)


def check_fit(fit: Any) -> float:
    """From which fit on an answer is no weaker match.

    Raises:
        QueryError: unless it is a number from 0 to 1.
    """
    if isinstance(fit, bool) or not isinstance(fit, int | float) or not 0 <= fit <= 1:
        raise QueryError(f"The least fit came as {str(fit)[:60]!r}: give a number from 0 to 1.")
    return float(fit)


def check_flag(name: str, value: Any) -> bool:
    """A choice of yes or no.

    Raises:
        QueryError: unless it is true or false.
    """
    if not isinstance(value, bool):
        raise QueryError(f"{name} came as {str(value)[:60]!r}: give true or false.")
    return value


def check_choice(name: str, value: Any, choices: Sequence[str]) -> str:
    """
    Raises:
        QueryError: unless it is one of the choices, or an empty text.
    """
    if value not in ("", *choices):
        either = " or ".join(map(repr, choices))
        raise QueryError(f"{name} came as {str(value)[:60]!r}: give {either}, or an empty text.")
    return str(value)


def after_click(data: Any, question: Question) -> Question:
    """What is asked after a click on words, a picture, a tick, a count or a fit; a browser may send anything.

    Raises:
        QueryError: when it is not {"kind": "words", "item", "more", "less", "count" or "fit", "value": a query, an id
            or a number}, and for a tick when there is no room for another term.
    """
    kind, value = (data.get("kind"), data.get("value")) if isinstance(data, Mapping) else (None, None)
    if kind == "count":
        return replace(question, k=check_k(value))
    if kind == "fit":
        return replace(question, min_fit=check_fit(value))
    if kind == "fold":
        return replace(question, fold=check_choice("fold", value, FOLDS))
    if kind not in ("words", "item", *TICKS) or not isinstance(value, str):
        raise QueryError("The click named neither words nor a picture: reload the page and try again.")
    if kind in TICKS:
        return with_tick(question, kind, value)
    return with_text(question, picture_query(value) if kind == "item" else value)


def ticks_of(query: Query | None) -> dict[str, str]:
    """The pictures that were ticked or crossed, in order: ids of the collection with "more" or "less".

    A picture that is the whole query is none of them.
    """
    if query is None or len(query.terms) + len(query.filters) < 2:
        return {}
    kinds = {weight: kind for kind, weight in TICKS.items()}
    pictures = ((each.operand, each.weight) for each in query.terms if isinstance(each.operand, Picture))
    return {each.id: kinds[weight] for each, weight in pictures if weight in kinds and each.id not in GIVEN}


def with_tick(question: Question, kind: str, item_id: str) -> Question:
    """A query with a picture ticked or crossed; where it is so already, without its term.

    Raises:
        TextError, QueryError: for a query that cannot be read, or has no room for another term.
    """
    query, picture = read(question.text), Picture(item_id)
    was = ticks_of(query).get(item_id)
    terms = tuple(each for each in query.terms if not was or (each.operand, each.weight) != (picture, TICKS[was]))
    added = () if was == kind else (Term(TICKS[kind], picture),)
    return with_text(question, str(Query(terms + added, query.filters)))


def about_picture(data: Any) -> Question:
    """What asks about a picture that a click named; a browser may send anything.

    Raises:
        QueryError: when it is not {"item": an id}.
    """
    item_id = data.get("item") if isinstance(data, Mapping) else None
    if not isinstance(item_id, str):
        raise QueryError("The click named no picture: reload the page and try again.")
    return Question(picture_query(item_id))


def with_recipe(text: str, before: str) -> str:
    """A query with the recipe that was asked before in the place of [recipe], where it speaks of one and one was."""
    query, asked = query_or_none(text), query_or_none(before)
    if query is None or RECIPE not in query.given or asked is None or not asked.recipes:
        return text
    recipe = Written(asked.recipes[0])
    terms = (replace(each, operand=recipe) if each.operand == Picture(RECIPE) else each for each in query.terms)
    return str(replace(query, terms=tuple(terms)))


def with_text(question: Question, text: str) -> Question:
    """Another query, with the visitor's picture, recording and recipe only where it still speaks of them."""
    text = with_recipe(text, question.text)
    query = query_or_none(text)
    if query and query.needs_upload:
        return replace(question, text=text)
    return replace(question, text=text, upload="", speech="")
