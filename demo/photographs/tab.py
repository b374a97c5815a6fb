"""The choice of the collection, in the page's head, and what is told of a folder. Only components and wires."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import gradio as gr
from gradio.events import Dependency

from ..shared.components import PRIVATE, QUICK, STREAM, SWITCH, html, script
from ..shared.endpoints import NOTE, NUMBER, TEXT, WHOLE, many, one
from ..shared.opening import Opening
from ..shared.view import Endpoint
from .handlers import IDLE, IndexEvents, IndexSeen

STYLE = Path(__file__).parent / "static/photos.css"
FOUND = one(answers=many(one(id=TEXT, score=NUMBER, fit=NUMBER, rank=WHOLE, image=TEXT)), **NOTE)
GO = "() => document.dispatchEvent(new CustomEvent('vse:collection', { detail: 'folder' }))"


def build(events: IndexEvents, page: gr.State, opening: Opening) -> Dependency:
    """Add the choice of the collection, and how far the index of a folder is, to the head that is being built.

    Gives an event after which what was asked is to be asked again, as there is more to find. It is to be built before
    whatever else depends on the index, so that a page is told of the index first.

    Args:
        page: each visitor's `Page`.
    """
    told, timer = gr.State(IndexSeen()), gr.Timer(IDLE, active=False)
    choice = html("collection", "", script("shared/static/menu.js", "photographs/static/choice.js"))
    getting = html("photos-getting", "", script(*SWITCH, "photographs/static/getting.js"))
    with gr.Row(elem_id="photos-index"):
        progress = html("photos-progress", "", script("photographs/static/progress.js"))
        controls = html("photos-controls", "", script("photographs/static/photos_controls.js"))
    unreadable = html("photos-unreadable")
    shown = [told, timer, choice, progress, controls, unreadable, getting]  # as handlers.SHOWN
    opening.add(events.on_load, shown)
    timer.tick(events.on_tick, [told, page], shown, **QUICK)
    controls.select(events.on_control, [told, page], shown, concurrency_limit=None, **PRIVATE)
    for get in (choice.select, getting.submit):
        get(events.on_get, None, [getting], **STREAM)
    getting.clear(events.on_stop, None, [getting], **QUICK)
    opened = choice.submit(events.on_folder, None, None, concurrency_limit=None, **PRIVATE)
    opened.success(None, None, None, js=GO)
    return progress.select(lambda: None, None, None, queue=False, **PRIVATE)


def endpoints(events: IndexEvents) -> Sequence[Endpoint]:
    """What it offers programs: nothing where no folder was open when the page was built."""
    return (Endpoint(events.search_photos, FOUND),) if events.open_folder.run else ()
