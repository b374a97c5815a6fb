"""What stands around the answers, as HTML."""

from __future__ import annotations

import os

from markupsafe import Markup

from vse.data import Collection

from .answers import Answer
from .models import Service
from .spoken import examples as spoken_examples
from .spoken import hears
from .starters import some_items, starter_items, starter_texts
from .templating import macros, render

STARTING_PICTURES = 4


def wrong_html(answer: Answer) -> Markup:
    """What is wrong with the question, to stand under its box; empty where nothing is."""
    return macros("shared/parts.html.jinja").wrong(answer)


def declaring(body: Markup, parameters: str) -> Markup:
    """A view with what the page's address should say of it while it is in front, see address.js.

    Answers to the shared query say it themselves, in `data-address`.
    """
    return macros("shared/parts.html.jinja").declaring(parameters, body)


def waiting(status: str, count: int) -> Markup:
    """What stands in the answer's place until the model has loaded."""
    return render("shared/waiting.html.jinja", status=status, count=count)


def starters(service: Service) -> Markup:
    """Queries to begin with: pictures as small squares, words as chips, and a sum whose answer is known."""
    texts, items = starter_texts(service.collection), starter_items(service.collection)[:STARTING_PICTURES]
    sum_ = next((each for each in service.examples if each.outcome), None)
    return render("shared/starters.html.jinja", texts=texts, items=items, sum=sum_, collection=service.collection,
                  spoken=spoken_examples(service.collection), hears=hears(service.vse.model))  # fmt: skip


def some(collection: Collection, k: int) -> Markup:
    """Some pictures of a collection, where nothing was asked."""
    return render("shared/some.html.jinja", collection=collection, items=some_items(collection, k), k=k)


def page_head() -> Markup:
    """The page's name."""
    return render("shared/masthead.html.jinja")


def notes_of(collection: Collection) -> list[str]:
    """What reading a collection left out or understood, without where on this machine it lies."""
    if collection.home is None:
        return list(collection.notes)
    home = str(collection.home)
    return [note.replace(f"{home}{os.sep}", "").replace(home, collection.name) for note in collection.notes]
