"""What all views of the page share, and how the page's address tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args
from urllib.parse import quote, urlencode

from vse.search.query import UPLOAD

from .question import picture_of, picture_query, query_or_none

Mode = Literal["vse", "clip", "both"]
MODES: tuple[Mode, ...] = get_args(Mode)
# The parameters' names:
MODE, COLLECTION, QUERY, SELECTION, TAB, CLIP = "model", "collection", "q", "image", "tab", "clip"


@dataclass(frozen=True)
class Page:
    """One visitor's page.

    `mode` says which models answer, and `clip` which CLIP, empty for the app's own. `query` is the last one asked, in
    the query language; an empty text stands for none, and an empty `collection` for the one that is served. `tab` is
    the view that a link opens, or empty where its query tells; while the page is open its address follows the view,
    see open_tab.js.
    """

    mode: Mode = "vse"
    collection: str = ""
    query: str = ""
    tab: str = ""
    clip: str = ""


def mode_of(value: object) -> Mode:
    """A mode from outside; the first where it is none."""
    return value if value in MODES else MODES[0]


def read(parameters: Mapping[str, str]) -> Page:
    """The page that an address's parameters ask for; `?image=ID` is short for the query [ID]."""
    collection, query, selection = (parameters.get(name, "").strip() for name in (COLLECTION, QUERY, SELECTION))
    query = query or (picture_query(selection) if selection else "")
    mode, clip = mode_of(parameters.get(MODE)), parameters.get(CLIP, "").strip()
    return Page(mode, collection, query, parameters.get(TAB, ""), clip)


def write(page: Page) -> str:
    """The parameters, encoded, that `read` reads back as the same page; what is as usual goes without saying."""
    mode = "" if page.mode == MODES[0] else page.mode
    picture = picture_of(query_or_none(page.query)) if page.query else None
    query, selection = ("", picture.id) if picture and picture.id != UPLOAD else (page.query, "")
    values = {
        MODE: mode,
        CLIP: page.clip,
        COLLECTION: page.collection,
        QUERY: query,
        SELECTION: selection,
        TAB: page.tab,
    }
    return urlencode({name: value for name, value in values.items() if value}, quote_via=quote)


def remembered(page: Page, text: str) -> Page:
    """The shared state after a question; one with a visitor's own picture is not remembered."""
    query = query_or_none(text)
    return replace(page, query="" if query and query.needs_upload else text)
