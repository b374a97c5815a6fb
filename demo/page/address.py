"""Back and Forward: the page asks again what its address says, and its script keeps the address up with the page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import gradio as gr

from ..shared import address, score_script
from ..shared.components import PRIVATE, STREAM, script
from ..shared.opening import Opening
from ..shared.view import Parts, View

SCRIPTS = ("address.js", "gone.js", "copy.js", "ahead.js", "dropped.js", "scores.js")  # run as one


def build(views: Sequence[View], opening: Opening, page: Parts, front: Callable[[address.Page], str]) -> None:
    """Add what follows the address, once all views are there.

    Args:
        front: the view that an address opens.
    """
    scripts = "\n".join(script(f"page/static/{name}") for name in SCRIPTS)
    told = {
        "TABS": {view.id: view.title for view in views},
        "FIRST": front(address.Page()),
        "SCORE": score_script.address(),
        "AHEAD": [each for view in views for each in view.ahead()],
    }
    for name, value in told.items():
        scripts = scripts.replace(name, json.dumps(value), 1)
    follower = gr.HTML(
        "",
        js_on_load=scripts,
        apply_default_css=False,
        elem_id="address",
    )

    def on_return(event: gr.EventData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        yield from returned(opening, front, event._data, request)

    there = follower.select(on_return, None, [*opening.shown, follower], **STREAM)
    for handler, given, shown in page.returns:
        there.success(handler, list(given), list(shown), **STREAM)
    opened = opening.wire(page.blocks)
    opened.then(None, js="() => document.dispatchEvent(new Event('vse:opened'))", queue=False, **PRIVATE)


def returned(
    opening: Opening, front: Callable[[address.Page], str], data: Any, request: gr.Request
) -> Iterator[tuple[Any, ...]]:
    """What the view of the address shows, and at last its name, with the number of the step that led there."""
    view = front(address.read(request.query_params))
    step = data.get("turn") if isinstance(data, Mapping) else None
    arrived = json.dumps({"step": step if isinstance(step, int) else 0, "view": view})
    blank: Sequence[Any] = [gr.skip()] * len(opening.shown)
    try:
        for values in opening.on_load(request, view):
            yield *values, gr.skip()
    except Exception:  # a sentence for the visitor already
        yield *blank, arrived
        raise
    yield *blank, arrived
