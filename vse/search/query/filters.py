"""Filters of a query: which pictures may answer, by the folder they lie in, their names and what their files say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from vse.errors import QueryError
from vse.modalities.image.facts import Facts
from vse.modalities.text.tokenizer import check_text

MAX_FILTERS = 16
SHAPES = ("portrait", "landscape", "square")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")


@dataclass(frozen=True)
class _Kind:
    """A kind of filter.

    read: a value as it was typed -> as it is kept; raises ValueError with what was expected.
    fits: (value, a picture's id, its facts) -> whether the picture may answer.
    said: the filter in English, around its value.
    asks_for: what must be known of a collection beside the ids of its pictures; empty for nothing.
    """

    read: Callable[[str], str]
    fits: Callable[[str, str, Facts], bool]
    said: str
    asks_for: str = ""


def _folder(value: str) -> str:
    if not value.strip("/"):
        raise ValueError("give the name of a folder, as in in:holiday")
    return value.strip("/")


def _day(value: str) -> str:
    found = _DATE.fullmatch(value)
    try:
        date(*(int(part or 1) for part in found.groups()) if found else ())
    except (TypeError, ValueError):
        raise ValueError("give a year, a month or a day, as 2020, 2020-06 or 2020-06-30") from None
    return value


def _shape(value: str) -> str:
    if value.lower() not in SHAPES:
        raise ValueError(f"give one of {', '.join(SHAPES)}")
    return value.lower()


def _folded(text: str) -> str:
    """A text as it is compared: whatever its case, its blanks and the way its accents are stored."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _lies_in(value: str, item_id: str, _: Facts) -> bool:
    return f"/{_folded(value)}/" in f"/{_folded(item_id.rpartition('/')[0])}/"


def _is_named(value: str, item_id: str, _: Facts) -> bool:
    return _folded(value) in _folded(item_id.rpartition("/")[2])


def _is_of_shape(value: str, _: str, facts: Facts) -> bool:
    if facts.width is None or facts.height is None:
        return False
    wider = facts.width - facts.height
    return value == ("landscape" if wider > 0 else "portrait" if wider < 0 else "square")


# Dates are compared as texts: 2020 comes before all that begins with it, and a day is in a month that it begins with.
KINDS = {
    "in": _Kind(_folder, _lies_in, 'in the folder "{}"'),
    "name": _Kind(str, _is_named, 'with "{}" in the name'),
    "before": _Kind(_day, lambda value, _, facts: "" < (facts.taken or "") < value, "taken before {}", "dates"),
    "after": _Kind(_day, lambda value, _, facts: (facts.taken or "")[: len(value)] > value, "taken after {}", "dates"),
    "on": _Kind(_day, lambda value, _, facts: (facts.taken or "").startswith(value), "taken on {}", "dates"),
    "camera": _Kind(
        str, lambda value, _, facts: _folded(value) in _folded(facts.camera or ""), 'by the camera "{}"', "cameras"
    ),
    "is": _Kind(_shape, _is_of_shape, "in {} format", "sizes"),
}


@dataclass(frozen=True)
class Filter:
    """What the pictures that answer have in common; `str(filter)` is how it stands in a query.

    kind: a name of KINDS.
    value: a folder on the path of the id, or several as a/b; a part of the name; a year, a month or a day in ISO 8601;
        a part of the camera's make and model; one of SHAPES.
    negated: whether it is the other pictures that may answer, among them those of which nothing is known.

    Raises QueryError for a kind that there is not, and for a value that is none of the kind.
    """

    kind: str
    value: str
    negated: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise QueryError(f"A filter came as {self.kind!r}: give one of {', '.join(KINDS)}.")
        value = " ".join(check_text(self.value).split())
        try:
            object.__setattr__(self, "value", KINDS[self.kind].read(value))
        except ValueError as error:
            raise QueryError(f"{self.kind}: came with {_shortened(value)}: {error}.") from None

    def __str__(self) -> str:
        bare = re.fullmatch(r'[^\s"“„«\\][^\s]*', self.value)
        value = self.value if bare else '"' + re.sub(r'(["“”„«»\\])', r"\\\1", self.value) + '"'
        return f"{'-' if self.negated else ''}{self.kind}:{value}"

    def describe(self) -> str:
        """The filter in English: 'not in the folder "scans"'."""
        return ("not " if self.negated else "") + KINDS[self.kind].said.format(self.value)

    @property
    def asks_for(self) -> str:
        """What must be known of a collection beside the ids of its pictures, such as "dates"; empty for nothing."""
        return KINDS[self.kind].asks_for

    def fits(self, item_id: str, facts: Facts) -> bool:
        """Whether a picture may answer."""
        return KINDS[self.kind].fits(self.value, item_id, facts) is not self.negated


def _shortened(value: str) -> str:
    return repr(value if len(value) <= 40 else f"{value[:37]}...")
