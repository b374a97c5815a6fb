"""A sum as HTML: the equation, its answers, and what its parts answer. Texts go through `escape`."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from vse.data import Collection
from vse.search.arithmetic import WAYS
from vse.search.query import UPLOAD, Picture, Query, Term, Text, describe

from .answers import Answer, Part, PictureHit
from .render import escape, facts, heading, hint, name_of, picture, pictures_found, tools, words_title
from .scores import said, worth

_OUTCOMES = 3  # answers that the equation shows


def sum_html(answer: Answer, query: Query, collection: Collection) -> str:
    """The answer of one model to a sum."""
    side = f"{facts(answer, collection)} · {escape(way_of(answer))}"
    head = heading(words_title([answer]), side, tools(answer.question.k))
    body = equation(answer, query, collection) + pictures_found(answer, collection)
    return head + body + comparisons(answer, collection) + hint()


def sum_head(answers: Sequence[Answer], query: Query, collection: Collection) -> str:
    """What stands above the answers of two models to a sum."""
    first = next(each for each in answers if not each.problem)
    head = heading(words_title(answers), escape(way_of(first)), tools(first.question.k))
    return head + equation(first, query, collection, firsts(answers, collection))


def sum_foot(answers: Sequence[Answer], collection: Collection) -> str:
    """What stands under them: what the parts alone give."""
    first = next((each for each in answers if each.parts), None)
    if first is None:
        return ""
    note = f'<p class="note whose">What the parts alone give, by {escape(first.model)}</p>'
    return note + comparisons(first, collection)


def way_of(answer: Answer) -> str:
    return WAYS[answer.question.way].title


def equation(found: Answer, query: Query, collection: Collection, outcome: str = "") -> str:
    """The sum as pictures and words; to a screen reader it is one sentence. `outcome` stands after the equals sign."""
    terms = "".join(
        operand(term, number == 0, collection, found.question.upload) for number, term in enumerate(query.terms)
    )
    shown = outcome or "".join(picture(each.item, collection) for each in found.pictures[:_OUTCOMES])
    kind = "outcome of-each" if outcome else "outcome"
    result = (
        f'<span class="term"><span class="sign">=</span><span class="{kind}">{shown}</span></span>' if shown else ""
    )
    name = described(query)
    if found.pictures:
        name += f". The first answer: {name_of(found.pictures[0].item)}"
    return f'<div class="equation" role="img" aria-label="{escape(name)}">{terms}{result}</div>'


def firsts(found: Sequence[Answer], collection: Collection) -> str:
    """The first answer of each model, under its name."""
    return "".join(
        f'<span class="source">{picture(each.pictures[0].item, collection)}'
        f'<span class="id" title="{escape(each.model)}">{escape(each.model)}</span></span>'
        for each in found
        if each.pictures
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
        shown, name = picture(collection.item(wanted.id), collection), wanted.id
    return f'<span class="source">{shown}<span class="id">{escape(name)}</span></span>'


def comparisons(found: Answer, collection: Collection) -> str:
    above = {each.item.id: each.rank for each in found.pictures}
    rows = "".join(comparison(each, above, collection) for each in found.parts)
    return f'<div class="compare">{rows}</div>' if rows else ""


def comparison(part: Part, above: dict[str, int], collection: Collection) -> str:
    """What a part of the sum answers, with the answers marked that the whole sum gives too."""
    shared = sum(each.item.id in above for each in part.pictures)
    text = str(part.query)
    ask = f'<button type="button" class="chip" data-words="{escape(text)}">{escape(text)}</button>'
    told = f'<span class="facts">{shared} of {len(part.pictures)} also above</span>'
    cards = "".join(
        small_card(each, above.get(each.item.id), collection, number == 0) for number, each in enumerate(part.pictures)
    )
    title = "" if part.title.startswith(text) else ask
    name = f"<h3>{escape(part.title)}</h3>{title}{told}"
    label = f"{part.title}: pictures, the nearest first"
    return (
        f'<div class="part"><div class="head">{name}</div><ol class="cards few" aria-label="{escape(label)}">'
        f"{cards}</ol></div>"
    )


def small_card(image: PictureHit, above: int | None, collection: Collection, first: bool) -> str:
    item = image.item
    name = name_of(item)
    also = f", also number {above} above" if above else ""
    label = f"{image.rank}, {said(image.score, image.percentile)}{also}: {name}. Ask with this picture"
    badge = f'<span class="also">№ {above} above</span>' if above else ""
    return (
        f'<li><button type="button" class="card{" shared" if above else ""}" data-item="{escape(item.id)}" '
        f'tabindex="{0 if first else -1}" aria-label="{escape(label)}" title="{escape(name)}">'
        f'<span class="frame">{picture(item, collection)}<span class="rank">{image.rank}</span>{badge}</span>'
        f"{worth(image.score, image.percentile)}</button></li>"
    )
