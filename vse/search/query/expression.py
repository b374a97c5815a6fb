"""A whole query: reading it, writing it, and saying it in English."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vse.errors import QueryError
from vse.modalities import RECIPE, SPEECH
from vse.modalities.recipe.parsing import LINE_BREAK, looks_like_recipe, parse_recipe
from vse.modalities.recipe.recipe import Recipe
from vse.modalities.text.tokenizer import MAX_CHARACTERS, check_text
from vse.search.query.filters import MAX_FILTERS, Filter
from vse.search.query.grammar import bracket, cut_filters, is_number, quote, scan, without_recipes
from vse.search.query.terms import GIVEN, MAX_TERMS, UPLOAD, Picture, QuerySyntaxError, Term, Text, Written

_GIVEN = {UPLOAD: "the picture you gave", SPEECH: "what you said", RECIPE: "the recipe you gave"}
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
        if self.recipe is not None:
            return  # as long as a recipe may be
        length = len(_shortened(format_query(self)))
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
    def recipes(self) -> tuple[Recipe, ...]:
        """The recipes that are written in it, in order, each once."""
        return tuple(dict.fromkeys(t.operand.recipe for t in self.terms if isinstance(t.operand, Written)))

    @property
    def pictures(self) -> tuple[str, ...]:
        """What names items of the collection, in order, each once; what is given is not among them."""
        return tuple(name for name in self._brackets if name not in GIVEN)

    @property
    def given(self) -> tuple[str, ...]:
        """The names in GIVEN of what must be given with it, in order, each once."""
        return tuple(name for name in self._brackets if name in GIVEN)

    @property
    def _brackets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(t.operand.id for t in self.terms if isinstance(t.operand, Picture)))

    @property
    def needs_upload(self) -> bool:
        """Whether it speaks of a file that must be given with it: a picture, or a recording."""
        return any(name != RECIPE for name in self.given)


def parse(text: str) -> Query:
    """Read a query; the grammar is in the package's docstring.

    Raises:
        TextError: for no string, an empty one, and one longer than MAX_CHARACTERS.
        QuerySyntaxError: for what the grammar does not allow; it says where.
        QueryError: when only the canonical form is longer than MAX_CHARACTERS.
    """
    check_text(
        _shortened(text)
    )  # what it removes is removed from each text later: positions count in the text that came
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
    if isinstance(text, str) and looks_like_recipe(text) and without_recipes(text) == text:
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
    if query.recipe is not None:
        return " ".join((str(query.recipe), *map(str, query.filters)))
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
        return size + bracket(
            f" {LINE_BREAK} ".join(filter(None, map(str.strip, str(term.operand.recipe).splitlines())))
        )
    text = term.operand.text
    bare = _reads_back(text) and (plain or not is_number(text)) and not (size and " " in text)
    return size + (text if bare else quote(text))


def _reads_back(text: str) -> bool:
    """Whether a text without quotes is read as itself."""
    try:
        return cut_filters(text) == (text, ()) and scan(text) == (Term(1.0, Text(text)),)
    except QueryError:
        return False


def _shortened(text: object) -> str:
    """A query without the recipes in its brackets, which may be longer than a query."""
    return re.sub(r"  +", " ", without_recipes(text)) if isinstance(text, str) and LINE_BREAK in text else text  # type: ignore[return-value]


def _number(size: float) -> str:
    """The shortest writing that reads back as the same number."""
    return repr(size).removesuffix(".0")


def _named(operand: Text | Picture | Written) -> str:
    if isinstance(operand, Written):
        return f"the recipe {operand.recipe.title}".strip()
    if isinstance(operand, Text):
        return f'"{operand.text}"'
    if operand.id in _GIVEN:
        return _GIVEN[operand.id]
    names_other = operand.id.startswith((f"{RECIPE} ", f"{SPEECH} "))
    return f"the {operand.id}" if names_other else f"the picture {operand.id}"
