"""What a query is made of, and the error that points into its text."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, field

from vse.errors import QueryError
from vse.modalities import RECIPE, SPEECH
from vse.modalities.recipe.recipe import Recipe
from vse.modalities.text.tokenizer import check_text

UPLOAD = "upload"
GIVEN = (UPLOAD, SPEECH, RECIPE)  # in brackets, what is given with the query: anything, a recording, a recipe
MAX_TERMS = 16
MAX_WEIGHT = 10.0
_BEFORE, _AFTER = 48, 24  # characters shown on either side of a mistake


class QuerySyntaxError(QueryError):
    """A query that cannot be read.

    position: of the mistake in `text`, counted in characters (code points) from 0; `len(text)` is its end.
    text: the query as it came.
    reason: the message's first line, one sentence; the query and a caret under the mistake follow in the message.
    """

    def __init__(self, reason: str, text: str, position: int) -> None:
        self.reason, self.text, self.position = reason, text, position
        super().__init__(f"{reason}\n{_pointed(text, position)}")


@dataclass(frozen=True)
class Text:
    """Words that are embedded as one sentence; runs of blanks become one, control characters go.

    Raises TextError as `check_text`.
    """

    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", " ".join(check_text(self.text).split()))


@dataclass(frozen=True)
class Picture:
    """What a bracket names: an item of the collection, by its id, or what is given with the query, see `GIVEN`.

    An item's id stands for its picture; behind "recipe" or "speech" and a blank, for its recipe or its recording.

    Raises QueryError for an id that is not a string or holds only blanks.
    """

    id: str

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not self.id.strip():
            raise QueryError(f"A picture's id came as {self.id!r}: give the id of a picture in the collection.")


@dataclass(frozen=True)
class Written:
    """A recipe as it is written, alone or in brackets."""

    recipe: Recipe


@dataclass(frozen=True)
class Term:
    """An operand and its weight, which is negative where the operand is subtracted.

    span: (start, end) of the weight and the operand in the text that was parsed, without the sign; None in a query
    that was not parsed. It does not count in comparisons.

    Raises QueryError unless 0 < |weight| <= MAX_WEIGHT.
    """

    weight: float
    operand: Text | Picture | Written
    span: tuple[int, int] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", float(self.weight))
        if not weight_fits(self.weight):
            raise QueryError(f"A weight came as {self.weight:g}: its size must be above 0 and at most {MAX_WEIGHT:g}.")
        if not isinstance(self.operand, Text | Picture | Written):
            raise QueryError(f"An operand came as {type(self.operand).__name__}: give a Text or a Picture.")


def weight_fits(weight: float) -> bool:
    """Whether the size of a weight is finite, above 0 and at most MAX_WEIGHT."""
    return math.isfinite(weight) and 0 < abs(weight) <= MAX_WEIGHT


def _pointed(text: str, position: int) -> str:
    """A line with the text around a position and a line with a caret under it, for a fixed-width font."""
    begin, end = max(0, position - _BEFORE), position + _AFTER
    before = ("..." if begin else "") + text[begin:position]
    after = text[position:end] + ("..." if end < len(text) else "")
    before, after = (_printable(part) for part in (before, after))
    return f"  {before}{after}".rstrip() + f"\n  {' ' * _columns(before)}^"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _columns(text: str) -> int:
    """Columns that a terminal gives a text: Chinese characters and emoji take two, combining marks none."""
    marks = ("Mn", "Me")
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text if unicodedata.category(c) not in marks)
