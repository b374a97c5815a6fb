"""What all views of the page share, and how the page's address tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import quote, urlencode

Mode = Literal["vse", "clip", "both"]
MODES: tuple[Mode, ...] = get_args(Mode)
MODE, COLLECTION, QUERY, SELECTION = "model", "collection", "q", "image"  # the parameters' names


@dataclass(frozen=True)
class Page:
    """One visitor's page.

    `mode` says which models answer, `query` is the last one asked, as the query language writes it, and `selection`
    the id of a picture of the collection; an empty text stands for none, and an empty `collection` for the one that
    is served.
    """

    mode: Mode = "vse"
    collection: str = ""
    query: str = ""
    selection: str = ""


def mode_of(value: object) -> Mode:
    """A mode from outside; the first where it is none."""
    return value if value in MODES else MODES[0]


def read(parameters: Mapping[str, str]) -> Page:
    """The page that an address's parameters ask for; what it does not know is left out."""
    texts = (parameters.get(name, "").strip() for name in (COLLECTION, QUERY, SELECTION))
    return Page(mode_of(parameters.get(MODE)), *texts)


def write(page: Page) -> str:
    """The parameters, encoded, that `read` reads back as the same page; what is as usual goes without saying."""
    mode = "" if page.mode == MODES[0] else page.mode
    values = {MODE: mode, COLLECTION: page.collection, QUERY: page.query, SELECTION: page.selection}
    return urlencode({name: value for name, value in values.items() if value}, quote_via=quote)
