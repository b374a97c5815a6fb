"""What the Evaluate and Compare views have in common: choices, lists in pages, pictures, and their states. Escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from vse.data import Collection
from vse.errors import QueryError
from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE, Direction
from vse.evaluation.tables import figure

from .jobs import Job
from .question import words_query
from .render import counted, escape, picture

T = TypeVar("T")
PER_PAGE = 20
QUERY, _LEFT = "Query → answers", ' class="way"'
DIRECTIONS = {TEXT_TO_IMAGE.name: "words → pictures", IMAGE_TO_TEXT.name: "picture → captions"}


@dataclass(frozen=True)
class Part:
    """One page of a list: what stands on it, which page it is, counted from 0, and how long the whole list is."""

    shown: Sequence[Any]
    page: int
    total: int


def part_of(values: Sequence[Any], page: int) -> Part:
    """The page of that number, or the last one where there are not so many."""
    page = min(page, max(0, -(-len(values) // PER_PAGE) - 1))
    return Part(values[page * PER_PAGE : (page + 1) * PER_PAGE], page, len(values))


def wish(data: Any, allowed: Mapping[str, Sequence[str]]) -> tuple[str, Any]:
    """What a click wants changed and to what; "page" is always allowed, and a browser may send anything.

    Raises:
        QueryError: for anything but {"kind": "page", "value": 0 or more} or one of the kinds and values allowed.
    """
    kind, value = (data.get("kind"), data.get("value")) if isinstance(data, Mapping) else (None, None)
    if kind == "page" and isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 7:
        return "page", int(value)
    if not isinstance(kind, str) or value not in allowed.get(kind, ()):
        raise QueryError("The click named nothing that can be shown: reload the page and try again.")
    return kind, value


def choices(kind: str, titles: Mapping[str, str], pressed: str, label: str) -> str:
    """Buttons of which one is pressed."""
    buttons = "".join(
        f'<button type="button" data-set="{kind}" data-value="{escape(value)}" '
        f'aria-pressed="{str(value == pressed).lower()}">{escape(title)}</button>'
        for value, title in titles.items()
    )
    return f'<span class="modes" role="group" aria-label="{escape(label)}">{buttons}</span>'


def pager(part: Part) -> str:
    """Where in a list one is, with ways back and on; nothing for a list of one page."""
    if part.total <= PER_PAGE:
        return ""
    first = part.page * PER_PAGE
    last = first + len(part.shown)

    def step(title: str, page: int, there: bool) -> str:
        disabled = "" if there else " disabled"
        return f'<button type="button" class="chip" data-set="page" data-value="{page}"{disabled}>{title}</button>'

    return (
        f'<nav class="pager" aria-label="Pages">{step("‹ Previous", part.page - 1, part.page > 0)}'
        f'<span class="facts">{first + 1:,}–{last:,} of {part.total:,}</span>'
        f"{step('Next ›', part.page + 1, last < part.total)}</nav>"
    )


def row(query: str, cells: str, label: str, ask: str) -> str:
    """A query as a button that asks it in the Search tab; `ask` are its data attributes, see `asking`."""
    return (
        f'<li><button type="button" class="case" {ask} aria-label="{escape(label)}">'
        f'<span class="asked">{query}</span>{cells}</button></li>'
    )


def asking(direction: Direction, query: str, mode: str) -> str:
    """What a button needs to ask a query, of the models of a mode."""
    kind, value = ("words", words_query(query)) if direction == TEXT_TO_IMAGE else ("item", query)
    return f'data-ask="{kind}" data-value="{escape(value)}" data-mode="{escape(mode)}"'


def query_html(direction: Direction, query: str, collection: Collection) -> str:
    return f"<q>{escape(query)}</q>" if direction == TEXT_TO_IMAGE else thumbnail(query, collection)


def cell(title: str, note: str, direction: Direction, answer: str, collection: Collection) -> str:
    """An answer with what is said of it; `title` and `note` are HTML."""
    shown = (
        thumbnail(answer, collection) if direction == TEXT_TO_IMAGE else f'<span class="said">{escape(answer)}</span>'
    )
    return f'<span class="cell"><span class="what">{title}</span>{shown}<span class="verdict">{note}</span></span>'


def thumbnail(item_id: str, collection: Collection) -> str:
    return f'<span class="small">{picture(collection.item(item_id), collection)}</span>'


def verdict(is_true: bool | None, true: str, untrue: str) -> str:
    """What is known of an answer: a sign and words, never a colour alone."""
    if is_true is None:
        return ""
    return f'<b class="yes">✓ {true}</b>' if is_true else f'<b class="no">✗ {untrue}</b>'


def listing(rows: str, label: str) -> str:
    return f'<ol class="cases" aria-label="{escape(label)}">{rows}</ol>'


def empty(text: str) -> str:
    return f'<p class="nothing">{escape(text)}</p>'


def busy(job: Job[Any] | None, otherwise: str) -> str:
    """What is being done, and how far it is."""
    status = (job.status if job else "") or otherwise
    done = job.done if job else None
    known = "" if done is None else f' aria-valuenow="{100 * done:.0f}"'
    width = 35 if done is None else 100 * min(done, 1)
    kind = " unknown" if done is None else ""
    return (
        f'<div class="working" role="status"><span>{escape(status)} …</span><span class="bar of-pictures{kind}" '
        f'role="progressbar" aria-label="{escape(status)}"{known}><i style="width:{width:.0f}%"></i></span></div>'
    )


def failed(problem: str, value: str) -> str:
    """A sentence, and a button that tries again."""
    return f'<div class="problem" role="alert"><p>{escape(problem)}</p>{measure(value, "Try again")}</div>'


def offer(text: str, button: str, value: str) -> str:
    """Something that takes long and is done when it is asked for."""
    return f'<div class="problem"><p>{escape(text)}</p>{measure(value, button)}</div>'


def measure(value: str, title: str) -> str:
    """A button that begins a measurement."""
    return (
        f'<button type="button" class="chip" data-set="measure" data-value="{escape(value)}">{escape(title)}</button>'
    )


def sizes(collection: Collection) -> str:
    title = collection.about.get("title", collection.name)
    counts = f"{counted(len(collection), 'picture')}, {counted(len(collection.captions), 'caption')}"
    return f"{escape(title)} · {counts}"


def number(value: float, best: bool = False) -> str:
    """A percentage in a table, with a bar behind it as wide as it is."""
    shown = f"<b>{figure(value)}</b>" if best else figure(value)
    return f'<td class="share" style="--share:{min(max(value, 0), 100):.1f}%">{shown}</td>'


def table(title: str, note: str, columns: Sequence[str], rows: str) -> str:
    """A table that scrolls inside its own box; `title` and `columns` are HTML."""
    head = "".join(f'<th scope="col"{_LEFT if column == QUERY else ""}>{column}</th>' for column in columns)
    about = f'<p class="note">{note}</p>' if note else ""
    return (
        f'<section class="figures"><h3>{title}</h3>{about}<div class="wide" tabindex="0" role="region" '
        f'aria-label="{title}"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></section>'
    )


def ordinal(rank: int) -> str:
    ending = "th" if 10 < rank % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank:,}{ending}"
