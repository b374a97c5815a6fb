"""The misses of a model as a list to browse: which of them, in pages, each a button that asks its query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from vse.data import Collection
from vse.evaluation.metrics import TEXT_TO_IMAGE, Direction
from vse.evaluation.misses import Miss

from ..shared.lists import part_of, shown_of, titles_of
from ..shared.templating import render

ALL, HELD_OUT, TRUE, WRONG = "all", "held-out", "true", "wrong"
KINDS = {ALL: "All", HELD_OUT: "Held out", TRUE: "True after all", WRONG: "Wrong"}


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


def misses_html(
    misses: Sequence[Miss], directions: Iterable[Direction], shown: Shown, mode: str, collection: Collection
) -> Markup:
    """The list, of one of the directions that were measured; `mode` says which model a click asks."""
    titles = titles_of(directions)
    direction = shown_of(shown.direction, titles)
    shown = replace(shown, direction=direction.name)
    here = [miss for miss in misses if miss.direction == direction]
    chosen = [miss for miss in here if is_of(miss, shown.kind)]
    counted = {
        each.name: f"{title} {sum(miss.direction == each for miss in misses):,}" for each, title in titles.items()
    }
    kinds = {kind: f"{title} {sum(is_of(miss, kind) for miss in here):,}" for kind, title in KINDS.items()}
    return render(
        "evaluate/misses.html.jinja",
        shown=shown,
        part=part_of(chosen, shown.page),
        directions=counted,
        kinds={} if collection.annotations is None else kinds,
        label=f"Misses of {shown.model}, {titles[direction]}",
        nothing=nothing(shown, bool(here)),
        mode=mode,
        collection=collection,
    )


def nothing(shown: Shown, any_here: bool) -> str:
    if not any_here:
        return "No query is missed in this direction: each finds its own answer first."
    return "None of the misses in this direction is of this kind."
