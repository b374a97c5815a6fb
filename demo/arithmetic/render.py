"""A sum as HTML: the equation, its answers, and what they are compared with. Texts go through `escape`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from vse.data import Collection
from vse.data.item import Item
from vse.modalities.text.unknown import UnknownWord
from vse.search.arithmetic import WAYS
from vse.search.query import UPLOAD, Picture, Query, Term, Text, describe

from ..shared import address as state
from ..shared import export
from ..shared import render as view
from ..shared import side_by_side as sides_view
from ..shared import unknown_words as near
from ..shared.answers import Answer, ImageAnswer
from ..shared.answers import Query as Asked
from ..shared.explain_render import why_row
from ..shared.render import escape
from ..shared.scores import said, worth
from .compute import Comparison, Problem, Sum
from .examples import Example

_OUTCOMES = 3  # answers that the equation shows


def sum_html(found: Sum, collection: Collection, link: bool = True) -> str:
    """The whole answer; `link` says whether the page's address should name the query."""
    side = view.facts(Answer(Asked("words", ""), found.images, milliseconds=found.milliseconds), collection)
    head = heading(found, f"{side} · {way_of(found)}")
    body = head + unknown_note(found) + equation(found, collection) + pictures(found, collection, view.NEAREST)
    return section([found], body + comparisons(found, collection), link)


def sums_html(found: Sequence[Sum | Problem], collection: Collection, link: bool = True) -> str:
    """The answer of one model, or of two under each other; at least one must have an answer."""
    answered = [each for each in found if isinstance(each, Sum)]
    if len(found) == 1:
        return sum_html(answered[0], collection, link)
    first, names = answered[0], [each.model for each in found]
    body = heading(first, way_of(first)) + equation(first, collection, firsts(answered, collection))
    for each, other in zip(found, reversed(names), strict=True):
        if isinstance(each, Problem):
            offered = near_words(each.query, each.unknown) if each.query else ""
            body += sides_view.part(each.model, "", f'<p class="note">{escape(each.sentence)} {offered}</p>')
            continue
        told = f"{sides_view.shared_of(each.images, other)} · {view.took(each.milliseconds)}"
        label = f"Pictures that {each.model} finds, the nearest first"
        body += sides_view.part(each.model, told, unknown_note(each) + pictures(each, collection, label))
    if first.comparisons:
        body += f'<p class="note whose">What the parts alone give, by {escape(first.model)}</p>'
    return section(found, body + comparisons(first, collection), link)


def pictures(found: Sum, collection: Collection, label: str) -> str:
    """What each word adds, and the answers."""
    return why_row(found.why, len(found.images)) + view.cards(found.images, collection, label, found.why)


def section(found: Sequence[Sum | Problem], body: str, link: bool) -> str:
    query = next(each.query for each in found if isinstance(each, Sum))
    address = f' data-address="{escape(link_to(query))}"' if link else ""
    given = export.attribute(export.rows_of_sums(found))
    return f'<section class="answer sum"{address}{given}>{body}{view.hint()}</section>'


def heading(found: Sum, side: str) -> str:
    title = f"Pictures for <q>{near.marked(str(found.query), found.unknown)}</q>"
    return view.heading(title, escape(side), view.tools(found.ask.k))


def way_of(found: Sum) -> str:
    return WAYS[found.ask.way].title


def link_to(query: Query) -> str:
    """The part of the page's address that asks again; a picture of the visitor's own has none."""
    return "" if query.needs_upload else state.write(state.Page(query=str(query)))


def equation(found: Sum, collection: Collection, outcome: str = "") -> str:
    """The sum as pictures and words; to a screen reader it is one sentence. `outcome` stands after the equals sign."""
    terms = "".join(
        operand(term, number == 0, collection, found.ask.upload) for number, term in enumerate(found.query.terms)
    )
    shown = outcome or "".join(view.picture(each.item, collection) for each in found.images[:_OUTCOMES])
    kind = "outcome of-each" if outcome else "outcome"
    result = (
        f'<span class="term"><span class="sign">=</span><span class="{kind}">{shown}</span></span>' if shown else ""
    )
    name = described(found.query)
    if found.images:
        name += f". The first answer: {view.name_of(found.images[0].item)}"
    return f'<div class="equation" role="img" aria-label="{escape(name)}">{terms}{result}</div>'


def firsts(found: Sequence[Sum], collection: Collection) -> str:
    """The first answer of each model, under its name."""
    return "".join(
        f'<span class="source">{view.picture(each.images[0].item, collection)}'
        f'<span class="id" title="{escape(each.model)}">{escape(each.model)}</span></span>'
        for each in found
        if each.images
    )


def described(query: Query) -> str:
    """The query as a sentence without its full stop."""
    said = describe(query)
    return said[0].upper() + said[1:]


def operand(term: Term, first: bool, collection: Collection, upload: str) -> str:
    sign = "−" if term.weight < 0 else "" if first else "+"
    size = abs(term.weight)
    shown = f'<span class="sign">{sign}</span>' if sign else ""
    shown += f'<span class="times">{size:g} ×</span>' if size != 1 else ""
    if isinstance(term.operand, Text):
        return f'<span class="term">{shown}<span class="word">{escape(term.operand.text)}</span></span>'
    return f'<span class="term">{shown}{pictured(term.operand, collection, upload)}</span>'


def pictured(wanted: Picture, collection: Collection, upload: str) -> str:
    if wanted.id == UPLOAD:
        source, name = escape("gradio_api/file=" + quote(upload)), "your picture"
        shown = f'<img src="{source}" alt="The picture you gave">'
    else:
        shown, name = view.picture(collection.item(wanted.id), collection), wanted.id
    return f'<span class="source">{shown}<span class="id">{escape(name)}</span></span>'


def unknown_note(found: Sum) -> str:
    return near.unknown_note(found.unknown, near_words(found.query, found.unknown))


def near_words(query: Query, unknown: Sequence[UnknownWord]) -> str:
    """Buttons that ask again with an unknown word replaced by a known one that is spelt like it."""
    whole = query
    for each in unknown:
        whole = corrected(whole, each.word, each.suggestions[0]) if each.suggestions else whole
    return near.suggestions(unknown, lambda word, other: str(corrected(query, word, other)), str(whole))


def corrected(query: Query, word: str, other: str) -> Query:
    """The query with a word replaced in its texts, and in no picture's id."""
    terms = (
        replace(term, operand=Text(near.replaced(term.operand.text, word, other)))
        if isinstance(term.operand, Text)
        else term
        for term in query.terms
    )
    return Query(tuple(terms))


def comparisons(found: Sum, collection: Collection) -> str:
    above = {each.item.id: each.rank for each in found.images}
    rows = "".join(comparison(each, above, collection) for each in found.comparisons)
    return f'<div class="compare">{rows}</div>' if rows else ""


def comparison(part: Comparison, above: dict[str, int], collection: Collection) -> str:
    """What a part of the sum answers, with the answers marked that the whole sum gives too."""
    shared = sum(each.item.id in above for each in part.images)
    text = str(part.query)
    ask = f'<button type="button" class="chip" data-words="{escape(text)}">{escape(text)}</button>'
    told = f'<span class="facts">{shared} of {len(part.images)} also above</span>'
    cards = "".join(
        small_card(each, above.get(each.item.id), collection, number == 0) for number, each in enumerate(part.images)
    )
    title = "" if part.title.startswith(text) else ask
    name = f"<h3>{escape(part.title)}</h3>{title}{told}"
    label = f"{part.title}: pictures, the nearest first"
    return (
        f'<div class="part"><div class="head">{name}</div><ol class="cards few" aria-label="{escape(label)}">'
        f"{cards}</ol></div>"
    )


def small_card(image: ImageAnswer, above: int | None, collection: Collection, first: bool) -> str:
    item = image.item
    name = view.name_of(item)
    also = f", also number {above} above" if above else ""
    label = f"{image.rank}, {said(image.score, image.top)}{also}: {name}. Ask with this picture"
    badge = f'<span class="also">№ {above} above</span>' if above else ""
    return (
        f'<li><button type="button" class="card{" shared" if above else ""}" data-item="{escape(item.id)}" '
        f'tabindex="{0 if first else -1}" aria-label="{escape(label)}" title="{escape(name)}">'
        f'<span class="frame">{view.picture(item, collection)}<span class="rank">{image.rank}</span>{badge}</span>'
        f"{worth(image.score, image.top)}</button></li>"
    )


def problem_html(problem: Problem) -> str:
    """What is wrong with the query, with the place pointed at; empty where nothing is."""
    if not problem.sentence:
        return ""
    pointer = f'<pre tabindex="0">{escape(problem.pointer)}</pre>' if problem.pointer else ""
    near = near_words(problem.query, problem.unknown) if problem.query else ""
    return f'<div class="wrong" role="alert"><p>{escape(problem.sentence)}</p>{pointer}{near}</div>'


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
