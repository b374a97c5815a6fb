"""What all views of the page share, and how the page's address tells it."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args
from urllib.parse import quote, urlencode

from vse.encoders.calibration import MIN_FIT
from vse.io.paths import DEFAULT_WAY
from vse.search.arithmetic import WAYS
from vse.search.folders import FOLDS
from vse.search.query import GIVEN

from .question import CHOICES, DEFAULT_K, Question, picture_of, picture_query, query_or_none, with_recipe

Mode = Literal["vse", "clip", "both"]
MODES: tuple[Mode, ...] = get_args(Mode)
# The parameters' names:
MODE, COLLECTION, QUERY, SELECTION, TAB, CLIP = "model", "collection", "q", "image", "tab", "clip"
COUNT, WAY, KEEP, FIT, FOLD = "k", "way", "keep", "fit", "fold"
FOLDER = "folder"  # what addresses call the open folder, which tells nothing of where it lies
BEFORE, ASKED_BEFORE = "photographs", "photos"  # the tab that the folder had, and its parameter of what was asked
LONGEST = 2000  # characters of a value; what is longer is not read, and not written


@dataclass(frozen=True)
class Page:
    """One visitor's page.

    `mode` says which models answer, and `clip` which CLIP, empty for the app's own. `collection` is FOLDER for the open
    folder of photographs, empty for the collection that is served, and the name of any other. `query` is the last one
    asked, in the query language; an empty text stands for none. `tab` is the view that a link opens, or empty where its
    query tells; while the page is open its address follows the view, see address.js. `opened` is false until the server
    has read the address: what is asked before then is asked of the collection that the address names.
    """

    mode: Mode = "vse"
    collection: str = ""
    query: str = ""
    tab: str = ""
    clip: str = ""
    opened: bool = field(default=False, compare=False)


def mode_of(value: object) -> Mode:
    """A mode from outside; the first where it is none."""
    return value if value in MODES else MODES[0]


def read(parameters: Mapping[str, str]) -> Page:
    """The page that an address's parameters ask for; `?image=ID` is short for the query [ID].

    Links to the tab that photographs had lead to the folder.
    """
    collection, query, selection, tab, clip = (
        text_of(parameters, name) for name in (COLLECTION, QUERY, SELECTION, TAB, CLIP)
    )
    query = query or (picture_query(selection) if selection else "")
    if tab == BEFORE:
        collection, query, tab = FOLDER, text_of(parameters, ASKED_BEFORE), ""
    return Page(mode_of(parameters.get(MODE)), collection, query, tab, clip)


def text_of(parameters: Mapping[str, str], name: str) -> str:
    """A parameter; empty where there is none, or one that nobody wrote by hand."""
    value = parameters.get(name, "").strip()
    return value if len(value) <= LONGEST else ""


def choice_of(parameters: Mapping[str, str], name: str, allowed: Container[str], usual: str) -> str:
    """A parameter that is one of a few names; the usual one where it is none of them."""
    value = parameters.get(name, "")
    return value if value in allowed else usual


def number_of(parameters: Mapping[str, str], name: str, usual: int, most: int) -> int:
    """A parameter that is a whole number from 0; the usual one where it is none, or more than the most."""
    value = parameters.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 and int(value) <= most else usual


def fit_of(parameters: Mapping[str, str], usual: float) -> float:
    """From which fit on an answer is no weaker match; the usual one where an address says no number from 0 to 1."""
    value = parameters.get(FIT, "")
    return float(value) if re.fullmatch(r"0(\.[0-9]{1,4})?|1(\.0{1,4})?", value) else usual


def fit_text(question: Question) -> str:
    """What an address says of the least fit; empty for the usual one."""
    return "" if question.min_fit == MIN_FIT else f"{question.min_fit:g}"


def question_of(parameters: Mapping[str, str], first: Question) -> Question:
    """The question that an address's parameters ask; what they leave out, or get wrong, is as in the first one."""
    k = number_of(parameters, COUNT, first.k, CHOICES[-1])
    return Question(
        read(parameters).query or first.text,
        k or first.k,
        choice_of(parameters, WAY, WAYS, first.way),
        choice_of(parameters, KEEP, ("1",), "") == "1",
        min_fit=fit_of(parameters, first.min_fit),
        fold=choice_of(parameters, FOLD, FOLDS, ""),
    )


def link_of(question: Question, query: str, usual: int = DEFAULT_K) -> str:
    """The parameters, encoded, that ask a question again; empty for one that rests on a visitor's own picture.

    Args:
        query: the question's text, as it should be written.
        usual: how many answers a view gives whose address does not say.
    """
    read_back = query_or_none(query)
    if not query.strip() or len(query) > LONGEST or (read_back and read_back.needs_upload):
        return ""
    return write(
        Page(query=query),
        **{
            COUNT: "" if question.k == usual else question.k,
            WAY: "" if question.way == DEFAULT_WAY else question.way,
            KEEP: "1" if question.keep_operands else "",
            FIT: fit_text(question),
            FOLD: question.fold,
        },
    )


def write(page: Page, **more: Any) -> str:
    """The parameters, encoded, that `read` reads back as the same page; what is as usual goes without saying.

    More of them follow, without those that are empty.
    """
    mode = "" if page.mode == MODES[0] else page.mode
    picture = picture_of(query_or_none(page.query)) if page.query else None
    query, selection = ("", picture.id) if picture and picture.id not in GIVEN else (page.query, "")
    values = {
        MODE: mode,
        CLIP: page.clip,
        COLLECTION: page.collection,
        QUERY: query,
        SELECTION: selection,
        TAB: page.tab,
        **more,
    }
    return encoded(**values)


def encoded(**values: Any) -> str:
    """Parameters as an address writes them, without those that are empty."""
    return urlencode({name: value for name, value in values.items() if value}, quote_via=quote)


def remembered(page: Page, text: str) -> Page:
    """The shared state after a question; one with a visitor's own picture is not remembered, and a recipe is whole."""
    text = with_recipe(text, page.query)
    query = query_or_none(text)
    return replace(page, query="" if query and query.needs_upload else text)
