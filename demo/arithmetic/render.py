"""What stands around a sum as HTML: examples, and pictures to start from. Texts go through `escape`."""

from __future__ import annotations

from collections.abc import Sequence

from vse.data import Collection
from vse.data.item import Item

from ..shared import render as view
from ..shared.render import escape
from ..shared.sum_examples import Example


def no_answer(link: bool = True) -> str:
    address = ' data-address=""' if link else ""
    return (
        f'<section class="answer"{address}><h2 tabindex="-1">No answer</h2>'
        '<p class="note">The query cannot be answered as it stands; the message under it says why.</p></section>'
    )


def starters(examples: Sequence[Example], collection: Collection) -> str:
    """Sums to begin with, as chips."""
    chips = "".join(example_chip(each, collection) for each in examples)
    return f'<div class="starters"><span class="lead">Try a sum</span><div class="row">{chips}</div></div>'


def sources(items: Sequence[Item], collection: Collection) -> str:
    """Pictures to start from, as small squares."""
    thumbs = "".join(
        f'<button type="button" class="thumb" data-item="{escape(item.id)}" '
        f'aria-label="Start from this picture: {escape(view.name_of(item))}" title="{escape(item.id)}">'
        f"{view.picture(item, collection)}</button>"
        for item in items
    )
    return f'<div class="starters sources"><div class="row">{thumbs}</div></div>'


def example_chip(example: Example, collection: Collection) -> str:
    picture = view.picture(example.item, collection) if example.item else ""
    note = f'<span class="warning">{escape(example.note)}</span>' if example.note else ""
    return (
        f'<button type="button" class="chip{" pictured" if picture else ""}" data-words="{escape(str(example.query))}">'
        f"{picture}{escape(example.title)}{note}</button>"
    )
