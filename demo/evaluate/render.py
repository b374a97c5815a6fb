"""The tables of the Evaluate view as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from vse.data import Collection
from vse.evaluation.metrics import Direction
from vse.evaluation.retrieval import Evaluation

from ..shared.lists import DIRECTIONS, sizes
from ..shared.templating import render
from .data import OVERALL, Shares


@dataclass(frozen=True)
class ModelRow:
    """What is known of one model now; `doing` says what is still being done or went wrong, or is a button."""

    name: str
    evaluation: Evaluation | None = None
    arithmetic: dict[str, Shares] | None = None
    doing: str | Markup = ""
    doing_arithmetic: str | Markup = ""


def tables(rows: Sequence[ModelRow], collection: Collection) -> Markup:
    """All tables, each model's row in each."""
    return render(
        "evaluate/tables.html.jinja",
        rows=rows,
        collection=collection,
        sizes=sizes(collection),
        directions=[(Direction.named(name), title) for name, title in DIRECTIONS.items()],
        OVERALL=OVERALL,
    )
