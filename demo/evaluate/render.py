"""The tables of the Evaluate view as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from vse.data import Collection
from vse.evaluation.retrieval import Evaluation

from ..shared.lists import is_measurable, sizes, titles_of
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
        titles_of=titles_of,
        is_measurable=is_measurable(collection),
        OVERALL=OVERALL,
    )
