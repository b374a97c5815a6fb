"""The misses of a model as a list to browse: which of them, in pages, each a button that asks its query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vse.data import Collection
from vse.evaluation.metrics import TEXT_TO_IMAGE
from vse.evaluation.misses import Miss

from ..shared.lists import (
    DIRECTIONS,
    asking,
    cell,
    choices,
    empty,
    listing,
    ordinal,
    pager,
    part_of,
    query_html,
    row,
    verdict,
)
from ..shared.render import escape

ALL, HELD_OUT, TRUE, WRONG = "all", "held-out", "true", "wrong"
KINDS = {ALL: "All", HELD_OUT: "Held out", TRUE: "True after all", WRONG: "Wrong"}
NOTE = (
    "Recall counts a query as missed when something else comes before its own answer. Those furthest off come first. "
    "Click on one to ask it in the Search view."
)


@dataclass(frozen=True)
class Shown:
    """What one visitor looks at: the model by its name, "" before the view was opened, and which of its misses."""

    model: str = ""
    direction: str = TEXT_TO_IMAGE.name
    kind: str = ALL
    page: int = 0


def is_of(miss: Miss, kind: str) -> bool:
    """Whether a miss is one of the kind."""
    return {ALL: True, HELD_OUT: miss.held_out, TRUE: miss.is_true is True, WRONG: miss.is_true is False}[kind]


def misses_html(misses: Sequence[Miss], shown: Shown, mode: str, collection: Collection) -> str:
    """The list; `mode` says which model a click asks."""
    here = [miss for miss in misses if miss.direction.name == shown.direction]
    chosen = [miss for miss in here if is_of(miss, shown.kind)]
    part = part_of(chosen, shown.page)
    rows = "".join(miss_row(miss, mode, collection) for miss in part.shown)
    label = f"Misses of {shown.model}, {DIRECTIONS[shown.direction]}"
    body = listing(rows, label) + pager(part) if rows else empty(nothing(shown, bool(here)))
    return (
        f'<section class="answer measures"><div class="head"><h2 tabindex="-1">Misses of {escape(shown.model)}</h2>'
        f"{filters(misses, here, shown, collection)}</div>"
        f'<p class="note">{NOTE}</p>{body}</section>'
    )


def filters(misses: Sequence[Miss], here: Sequence[Miss], shown: Shown, collection: Collection) -> str:
    """Which direction and which kind, with how many there are of each."""
    directions = {
        direction: f"{title} {sum(miss.direction.name == direction for miss in misses):,}"
        for direction, title in DIRECTIONS.items()
    }
    found = choices("direction", directions, shown.direction, "Which queries")
    if collection.annotations is None:
        return found
    kinds = {kind: f"{title} {sum(is_of(miss, kind) for miss in here):,}" for kind, title in KINDS.items()}
    return found + choices("kind", kinds, shown.kind, "Which misses")


def nothing(shown: Shown, any_here: bool) -> str:
    if not any_here:
        return "No query is missed in this direction: each finds its own answer first."
    return "None of the misses in this direction is of this kind."


def miss_row(miss: Miss, mode: str, collection: Collection) -> str:
    """The query, what came first and whether that is true, and its own with its rank."""
    note = verdict(miss.is_true, "true after all", "not true")
    held_out = '<span class="tag">held out</span>' if miss.held_out else ""
    first = cell("1st", note, miss.direction, miss.answer, collection)
    own = cell(f"its own, {ordinal(miss.rank)}", "", miss.direction, miss.own, collection)
    query = query_html(miss.direction, miss.query, collection) + held_out
    told = {None: "", True: ", which is true after all", False: ", which is not true"}[miss.is_true]
    label = f"{miss.query}: {miss.answer} came first{told}; its own is at {miss.rank}. Ask this"
    return row(query, first + own, label, asking(miss.direction, miss.query, mode))
