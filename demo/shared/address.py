"""What all views of the page share, and how the page's address tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import quote, urlencode

Mode = Literal["vse", "clip", "both"]
MODES: tuple[Mode, ...] = get_args(Mode)
MODE, COLLECTION, QUERY, SELECTION, TAB = "model", "collection", "q", "image", "tab"  # the parameters' names
TABS = ("search", "photographs", "arithmetic", "map", "compare", "evaluate", "about")


@dataclass(frozen=True)
class Page:
    """One visitor's page.

    `mode` says which models answer, `query` is the last one asked, as the query language writes it, and `selection`
    the id of a picture of the collection; an empty text stands for none, and an empty `collection` for the one that
    is served. `tab` is the view that a link opens, one of TABS, or empty where its query tells; while the page is open
    its address follows the view, see open_tab.js.
    """

    mode: Mode = "vse"
    collection: str = ""
    query: str = ""
    selection: str = ""
    tab: str = ""


def mode_of(value: object) -> Mode:
    """A mode from outside; the first where it is none."""
    return value if value in MODES else MODES[0]


def read(parameters: Mapping[str, str]) -> Page:
    """The page that an address's parameters ask for; what it does not know is left out."""
    collection, query, selection = (parameters.get(name, "").strip() for name in (COLLECTION, QUERY, SELECTION))
    tab = parameters.get(TAB, "")
    return Page(mode_of(parameters.get(MODE)), collection, query, selection, tab if tab in TABS else "")


def write(page: Page) -> str:
    """The parameters, encoded, that `read` reads back as the same page; what is as usual goes without saying."""
    mode = "" if page.mode == MODES[0] else page.mode
    values = {MODE: mode, COLLECTION: page.collection, QUERY: page.query, SELECTION: page.selection, TAB: page.tab}
    return urlencode({name: value for name, value in values.items() if value}, quote_via=quote)
