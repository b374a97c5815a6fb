"""Answers as HTML. Every text that is not written here goes through `escape`."""

from __future__ import annotations

import html
from collections.abc import Sequence
from urllib.parse import quote

from vse.data import Collection
from vse.data.item import Item
from vse.search.explain import WordShare

from . import address as state
from . import export
from . import unknown_words as near
from .answers import CAPTIONS_SHOWN, Answer, CaptionHit, PictureHit
from .explain_render import why_line, why_row
from .pictures import address
from .question import CHOICES, words_query
from .scores import badge, bar, is_shared, said, said_place, worth
from .unknown_words import chip

NEAREST = "Pictures, the nearest first"
MARK = (
    '<svg viewBox="0 0 32 24" aria-hidden="true"><circle class="of-pictures" cx="11" cy="12" r="10"/>'
    '<circle class="of-words" cx="21" cy="12" r="10"/></svg>'
)


def escape(text: str) -> str:
    """Text for HTML, between tags and inside quoted attributes."""
    return html.escape(text, quote=True)


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def link_to(answer: Answer) -> str:
    """The part of the page's address that asks for this answer again; one with a visitor's picture has none."""
    if answer.problem or answer.query is None or answer.query.needs_upload:
        return ""
    return state.write(state.Page(query=str(answer.query)))


def problem(answer: Answer) -> str:
    """What is wrong with the question, in place of its answer."""
    return (
        '<div class="problem" role="alert"><h2 tabindex="-1">Nothing to show for this</h2>'
        f"{what_is_wrong(answer)}</div>"
    )


def wrong_html(answer: Answer) -> str:
    """What is wrong with the question, to stand under its box; empty where nothing is."""
    return f'<div class="wrong" role="alert">{what_is_wrong(answer)}</div>' if answer.problem else ""


def what_is_wrong(answer: Answer) -> str:
    """A sentence, the place in the query, and near words for those that the model does not know."""
    pointer = f'<pre tabindex="0">{escape(answer.pointer)}</pre>' if answer.pointer else ""
    return f"<p>{escape(answer.problem)}</p>{pointer}{near_words(answer)}"


def near_words(answer: Answer) -> str:
    return near.near_queries(answer.query, answer.unknown) if answer.query else ""


def words_answer(answer: Answer, collection: Collection) -> str:
    head = heading(words_title([answer]), facts(answer, collection), tools(answer.question.k))
    return head + pictures_found(answer, collection) + hint()


def words_title(answers: Sequence[Answer], kind: str = "Pictures") -> str:
    """What was asked, with the words marked that a model has never read."""
    unknown = {word.word: word for answer in answers for word in answer.unknown}
    query = next((answer.query for answer in answers if answer.query), None)
    text = query.texts[0] if query and query.is_plain else str(query or "")
    return f"{kind} for <q>{near.marked(text, list(unknown.values()))}</q>"


def pictures_found(answer: Answer, collection: Collection, label: str = NEAREST) -> str:
    """What one model finds: which words it passed over, what each adds, and the pictures."""
    row = why_row(answer.why, len(answer.pictures))
    return unknown_note(answer) + row + cards(answer.pictures, collection, label, answer.why)


def unknown_note(answer: Answer) -> str:
    return near.unknown_note(answer.unknown, near_words(answer))


def facts(answer: Answer, collection: Collection) -> str:
    return f"{len(answer.pictures):,} of {counted(len(collection), 'picture')} · {took(answer.milliseconds)}"


def took(milliseconds: float) -> str:
    return f"{milliseconds:.0f} ms" if milliseconds >= 1 else "under 1 ms"


def heading(title: str, side: str = "", beside: str = "") -> str:
    aside = f'<span class="facts">{side}</span>' if side else ""
    return f'<div class="head"><h2 tabindex="-1">{title}</h2>{aside}{beside}</div>'


def tools(k: int) -> str:
    """What can be done with the answers."""
    return export.buttons() + counts(k)


def hint() -> str:
    """How the keyboard gets about; pages without one hide it."""
    keys = (
        ("/", "to the words"),
        ("↓", "from there to the answers"),
        ("← ↑ ↓ →", "from one to the next"),
        ("Enter", "asks with it"),
        ("Esc", "back to the words"),
    )
    told = "".join(f"<span><kbd>{key}</kbd> {text}</span>" for key, text in keys)
    return f'<p class="keys">{told}</p>'


def counts(k: int) -> str:
    """Buttons for how many answers are wanted."""
    buttons = "".join(
        f'<button type="button" data-count="{each}" aria-pressed="{str(each == k).lower()}">{each}</button>'
        for each in CHOICES
    )
    return f'<span class="counts" role="group" aria-label="How many pictures">{buttons}</span>'


def cards(
    images: Sequence[PictureHit], collection: Collection, label: str = NEAREST, why: Sequence[WordShare] = ()
) -> str:
    if not images:
        return '<p class="note">The collection holds no other picture.</p>'
    shown = "".join(
        card(each, collection, number == 0, len(images), why_line(why, number)) for number, each in enumerate(images)
    )
    return f'<ol class="cards" aria-label="{escape(label)}">{shown}</ol>'


def card(image: PictureHit, collection: Collection, first: bool, shown: int, adding: str = "") -> str:
    """A picture as a button that asks with it; one card of a list is in the order of the Tab key."""
    item = image.item
    name = name_of(item)
    scored = f"{said(image.score, image.percentile)}{said_place(image.rank_in_other)}"
    label = f"{image.rank}, {scored}: {name}. Ask with this picture"
    every = "".join(f"<span>{escape(each)}</span>" for each in item.captions)
    shared = " shared" if is_shared(image.rank_in_other, shown) else ""
    return (
        f'<li><button type="button" class="card{shared}" data-item="{escape(item.id)}" tabindex="{0 if first else -1}" '
        f'aria-label="{escape(label)}">'
        f'<span class="frame">{picture(item, collection)}<span class="rank">{image.rank}</span>'
        f'{badge(image.rank, image.rank_in_other, shown)}<span class="use">Ask with this picture</span></span>'
        f'<span class="measure">{bar(image.score, "of-pictures")}{worth(image.score, image.percentile)}</span>'
        f'<span class="foot"><span class="caption">{escape(name)}</span>'
        f'<span class="more">{every}{adding}<span class="id">{escape(item.id)}</span></span></span></button></li>'
    )


def name_of(item: Item) -> str:
    """What a picture is called: its first caption, or its id where it has none."""
    return item.captions[0] if item.captions else item.id


def picture(item: Item, collection: Collection) -> str:
    source = escape(address(collection, item.id))
    return f'<img src="{source}" alt="{escape(name_of(item))}" loading="lazy" decoding="async">'


def picture_answer(answer: Answer, collection: Collection) -> str:
    """The picture that was asked about, its nearest captions beside it, and the pictures like it below."""
    own = sum(each.own for each in answer.captions[:CAPTIONS_SHOWN])
    side = f"{own} of its own {len(answer.item.captions)} among these" if answer.item and answer.item.captions else ""
    lines = ""
    if answer.captions:
        lines = f'<div class="lines">{heading("Nearest captions", side)}{caption_list(answer.captions)}</div>'
    below = heading("Similar pictures", facts(answer, collection), tools(answer.question.k))
    shown = below + pictures_found(answer, collection) + hint()
    return f'<div class="both">{probe(answer, collection)}{lines}</div>{shown}'


def probe(answer: Answer, collection: Collection) -> str:
    if answer.item is not None:
        shown, name = picture(answer.item, collection), answer.item.id
    else:
        source = escape("gradio_api/file=" + quote(answer.question.upload))
        shown, name = f'<img src="{source}" alt="The picture you asked with">', "Your picture"
    return f'<figure class="probe">{shown}<figcaption>{escape(name)}</figcaption></figure>'


def caption_list(captions: Sequence[CaptionHit]) -> str:
    shown = "".join(caption_line(each, number == 0) for number, each in enumerate(captions[:CAPTIONS_SHOWN]))
    return f'<ol class="captions" aria-label="Captions, the nearest first">{shown}</ol>'


def caption_line(caption: CaptionHit, first: bool) -> str:
    """A caption as a button that asks with its words; one of a list is in the order of the Tab key."""
    own = '<span class="own">its own</span>' if caption.own else ""
    query = escape(words_query(caption.text))
    return (
        f'<li><button type="button" class="line" data-words="{query}" tabindex="{0 if first else -1}">'
        f'<span class="rank">{caption.rank}</span><span class="text">{escape(caption.text)}{own}'
        f"{badge(caption.rank, caption.rank_in_other, CAPTIONS_SHOWN)}</span>"
        f"{bar(caption.score, 'of-words')}{worth(caption.score, caption.percentile)}</button></li>"
    )


def waiting(status: str, count: int) -> str:
    """What stands in the answer's place until the model has loaded."""
    blank = '<li><span class="card blank"><span class="frame"></span><span class="measure"></span></span></li>'
    return (
        f'<section class="answer" aria-busy="true">{heading(f"{escape(status)} …")}'
        f'<ol class="cards" aria-hidden="true">{blank * count}</ol></section>'
    )


def starters(texts: Sequence[str], items: Sequence[Item], collection: Collection) -> str:
    """Queries to begin with: words as chips, pictures as small squares."""
    chips = "".join(chip(text, words_query(text)) for text in texts)
    thumbs = "".join(
        f'<button type="button" class="thumb" data-item="{escape(item.id)}" '
        f'aria-label="Ask with this picture: {escape(name_of(item))}" title="{escape(item.id)}">'
        f"{picture(item, collection)}</button>"
        for item in items
    )
    rows = (("Try words", chips), ("or a picture" if chips else "Try a picture", thumbs))
    shown = "".join(f'<span class="lead">{lead}</span><div class="row">{row}</div>' for lead, row in rows if row)
    return f'<div class="starters">{shown}</div>'


def page_head(collection: Collection) -> str:
    title = collection.about.get("title", collection.name)
    about = f"{escape(title)} · {counted(len(collection), 'picture')}"
    return (
        f'<header class="masthead"><h1>{MARK}VSE Explorer</h1>'
        f'<p>Pictures and words in one space. Search both ways.</p><p class="facts">{about}</p></header>'
    )
