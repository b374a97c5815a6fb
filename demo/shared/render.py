"""What stands around the answers, as HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence

from markupsafe import Markup

from vse.data import Collection
from vse.data.item import Item

from .answers import Answer
from .scores import counted, name_of, took  # noqa: F401
from .templating import macros, render


def wrong_html(answer: Answer) -> Markup:
    """What is wrong with the question, to stand under its box; empty where nothing is."""
    return macros("shared/parts.html.jinja").wrong(answer)


def waiting(status: str, count: int) -> Markup:
    """What stands in the answer's place until the model has loaded."""
    return render("shared/waiting.html.jinja", status=status, count=count)


def starters(texts: Sequence[str], items: Sequence[Item], collection: Collection) -> Markup:
    """Queries to begin with: words as chips, pictures as small squares."""
    return render("shared/starters.html.jinja", texts=texts, items=items, collection=collection)


def page_head(collection: Collection) -> Markup:
    """The page's name, and what it searches."""
    return render("shared/masthead.html.jinja", collection=collection)


# For the views that still write their HTML themselves: its parts are str, so that they can be joined with others.


def escape(text: str) -> str:
    """Text for HTML, between tags and inside quoted attributes."""
    return html.escape(text, quote=True)


def part(name: str, *values: object) -> str:
    return str(macros("shared/parts.html.jinja").__getattribute__(name)(*values))


def heading(title: str, side: str = "", beside: str = "") -> str:
    return part("heading", Markup(title), Markup(side), Markup(beside))


def picture(item: Item, collection: Collection) -> str:
    return part("picture", item, collection)
