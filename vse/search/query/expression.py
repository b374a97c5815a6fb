"""A whole query: reading it, writing it, and saying it in English."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vse.errors import QueryError
from vse.modalities.recipe.parsing import looks_like_recipe, parse_recipe
from vse.modalities.recipe.recipe import Recipe
from vse.modalities.text.tokenizer import MAX_CHARACTERS, check_text
from vse.search.query.filters import MAX_FILTERS, Filter
from vse.search.query.grammar import bracket, cut_filters, is_number, quote, scan
from vse.search.query.terms import MAX_TERMS, UPLOAD, Picture, QuerySyntaxError, Term, Text, Written

_MEANT = re.compile(r"""[\[\]"“”„«»]|[0-9]\s*[*×]""")  # what no plain text is likely to hold


@dataclass(frozen=True)
class Query:
    """Terms that are added up, at most MAX_TERMS of them; `str(query)` is the canonical text.

    filters: which pictures may answer, those that fit all of them; at most MAX_FILTERS. Where there are filters, there
        may be no terms: then all these pictures answer.

    Raises QueryError for another number of either, and when the canonical text is longer than a text may be, so that
    every query can be written and read back.
    """

    terms: tuple[Term, ...]
    filters: tuple[Filter, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", tuple(self.terms))
        object.__setattr__(self, "filters", tuple(self.filters))
        if not 1 <= len(self.terms) <= MAX_TERMS and (self.terms or not self.filters):
            raise QueryError(f"A query came with {len(self.terms)} terms: give 1 to {MAX_TERMS}.")
        if len(self.filters) > MAX_FILTERS:
            raise QueryError(f"A query came with {len(self.filters)} filters: give at most {MAX_FILTERS}.")
        if self.recipe is None and any(isinstance(term.operand, Written) for term in self.terms):
            raise QueryError("A recipe is asked alone: take away what stands beside it.")
        if self.recipe is not None:
            return  # as long as a recipe may be
        length = len(format_query(self))
        if length > MAX_CHARACTERS:
            raise QueryError(
                f"The query takes {length:,} characters when written out and at most {MAX_CHARACTERS:,} are read: "
                "shorten it."
            )

    def __str__(self) -> str:
        return format_query(self)

    @property
    def is_plain(self) -> bool:
        """Whether it is one text without a weight, filters aside: an ordinary search for a sentence."""
        return len(self.terms) == 1 and self.terms[0].weight == 1 and isinstance(self.terms[0].operand, Text)

    @property
    def recipe(self) -> Recipe | None:
        """The recipe that is the whole query, filters aside; None where it is none."""
        operand = self.terms[0].operand if len(self.terms) == 1 and self.terms[0].weight == 1 else None
        return operand.recipe if isinstance(operand, Written) else None

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts in order, each once."""
        return tuple(dict.fromkeys(t.operand.text for t in self.terms if isinstance(t.operand, Text)))

    @property
    def pictures(self) -> tuple[str, ...]:
        """The ids of the collection's pictures in order, each once; `UPLOAD` is not among them."""
        ids = (t.operand.id for t in self.terms if isinstance(t.operand, Picture))
        return tuple(dict.fromkeys(picture_id for picture_id in ids if picture_id != UPLOAD))

    @property
    def needs_upload(self) -> bool:
        """Whether it speaks of a picture that must be given with it."""
        return any(t.operand == Picture(UPLOAD) for t in self.terms)


def parse(text: str) -> Query:
    """Read a query; the grammar is in the package's docstring.

    Raises:
        TextError: for no string, an empty one, and one longer than MAX_CHARACTERS.
        QuerySyntaxError: for what the grammar does not allow; it says where.
        QueryError: when only the canonical form is longer than MAX_CHARACTERS.
    """
    check_text(text)  # what it removes is removed from each text later: positions count in the text that came
    rest, filters = cut_filters(text)
    if filters and not rest.strip():
        return Query((), filters)
    try:
        return Query(scan(rest), filters)
    except QuerySyntaxError as error:
        raise QuerySyntaxError(error.reason, text, error.position) from None


def read(text: str) -> Query:
    """What somebody typed, by the one rule of every box, address, endpoint and command.

    What looks like a recipe is one. All else is read as `parse` does; a text that only resembles arithmetic, such as
    "7 - 11 store" or "red +", is a plain text, filters aside; one that holds a bracket, a quote or a weight was meant
    as a query, and its mistake is told.

    Raises:
        TextError, QuerySyntaxError, QueryError: as `parse`.
        RecipeError: for a recipe that is too long.
    """
    if isinstance(text, str) and looks_like_recipe(text):
        return Query((Term(1, Written(parse_recipe(text))),))
    try:
        return parse(text)
    except QuerySyntaxError:
        rest, filters = cut_filters(text)
        if _MEANT.search(rest):
            raise
        return Query((Term(1, Text(rest)),), filters)


def format_query(query: Query) -> str:
    """The canonical text: `parse(format_query(query)) == query`. Raises nothing."""
    written = ""
    for place, term in enumerate(query.terms):
        sign = "- " if term.weight < 0 else "+ " if place else ""
        written += (" " if place else "") + sign + _term(term, query.is_plain)
    return " ".join(filter(None, (written, *map(str, query.filters))))


def describe(query: Query) -> str:
    """The query in English: 'the picture scene-0042, minus "dog", plus "cat"'. Raises nothing."""
    said = []
    for i, term in enumerate(query.terms):
        sign = "minus " if term.weight < 0 else "plus " if i else ""
        size = "" if abs(term.weight) == 1 else f"{_number(abs(term.weight))} times "
        said.append(sign + size + _named(term.operand))
    kept = " and ".join(each.describe() for each in query.filters)
    return ", ".join(filter(None, (*said, f"only pictures {kept}" if kept else "")))


def _term(term: Term, plain: bool) -> str:
    size = "" if abs(term.weight) == 1 else f"{_number(abs(term.weight))}*"
    if isinstance(term.operand, Picture):
        return size + bracket(term.operand.id)
    if isinstance(term.operand, Written):
        return str(term.operand.recipe)
    text = term.operand.text
    bare = _reads_back(text) and (plain or not is_number(text)) and not (size and " " in text)
    return size + (text if bare else quote(text))


def _reads_back(text: str) -> bool:
    """Whether a text without quotes is read as itself."""
    try:
        return cut_filters(text) == (text, ()) and scan(text) == (Term(1.0, Text(text)),)
    except QueryError:
        return False


def _number(size: float) -> str:
    """The shortest writing that reads back as the same number."""
    return repr(size).removesuffix(".0")


def _named(operand: Text | Picture | Written) -> str:
    if isinstance(operand, Written):
        return f"the recipe {operand.recipe.title}".strip()
    if isinstance(operand, Text):
        return f'"{operand.text}"'
    return "the picture you gave" if operand.id == UPLOAD else f"the picture {operand.id}"
