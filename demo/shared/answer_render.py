"""The answer of one model to a question, or those of two under each other, as HTML."""

from __future__ import annotations

import json
from collections.abc import Sequence

from markupsafe import Markup

from vse.data import Collection
from vse.modalities import SPEECH
from vse.search.arithmetic import name_of_way, way_named
from vse.search.query import Query, describe

from . import address, export
from .answers import Answer
from .pictures import recording
from .question import DEFAULT_K, asked_about, ticks_of
from .spoken import recording_asked
from .templating import render
from .uploads import address as address_of_upload


def answers_html(
    answers: Sequence[Answer],
    collection: Collection,
    link: bool | None = True,
    usual: int = DEFAULT_K,
    is_first: bool = False,
) -> Markup:
    """The answers to one question.

    Args:
        link: whether the page's address should name it; None leaves the address as it is.
        usual: how many answers the address need not name.
        is_first: whether this is what is shown before anyone has asked.
    """
    first = next((each for each in answers if not each.problem), answers[0])
    kind, rows = kind_of(answers, first.query), export.rows(answers)
    query = first.query if kind == "sum" else None
    return render(
        "shared/answer.html.jinja",
        answers=answers,
        first=first,
        kind=kind,
        described=described(query) if query else "",
        way=way_named(name_of_way(first.question.way, collection)).title if query and not first.problem else "",
        link=None if link is None else link_to(first, usual) if link else "",
        has_link=link_to(first, usual) != "",
        ticks={} if first.problem else ticks_of(first.query),
        rows=json.dumps(rows, ensure_ascii=False) if rows else "",
        is_first=is_first,
        sound=sound_of(first, collection),
        collection=collection,
    )


def sound_of(answer: Answer, collection: Collection) -> str:
    """Where the recording that was asked with is served: an upload, or one of the collection's; empty without one."""
    asked = asked_about(answer.query)
    if answer.spoken is None or asked is None:
        return ""
    upload = recording_asked(answer.question, asked, collection)
    own = (item.id for item in collection.items if item.inputs.get(SPEECH) and str(item.inputs[SPEECH][0]) == upload)
    item_id = next(own, None)
    return address_of_upload(upload) if item_id is None else recording(collection, item_id)


def kind_of(answers: Sequence[Answer], query: Query | None) -> str:
    """What is shown: the problem that all have, or what was asked with."""
    if query is None or all(each.problem == answers[0].problem != "" for each in answers):
        return "problem"
    if query.recipe is not None:
        return "recipe"
    return "picture" if asked_about(query) else "words" if query.is_plain or not query.terms else "sum"


def described(query: Query) -> str:
    """The query as a sentence without its full stop."""
    said = describe(query)
    return said[0].upper() + said[1:]


def link_to(answer: Answer, usual: int = DEFAULT_K) -> str:
    """The part of the page's address that asks for this answer again; one with a visitor's picture has none.

    `usual` is how many answers go without saying.
    """
    return address.link_of(answer.question, str(answer.query or answer.question.text), usual)
