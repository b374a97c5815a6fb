"""The switch between models, in the page's head, and what all tabs share. Only components and wires."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import Dependency

from ..shared.address import Page
from ..shared.models import Service
from ..shared.opening import Opening
from . import render as switch_view
from .handlers import SwitchEvents

_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def build(service: Service, opening: Opening) -> tuple[gr.State, tuple[Dependency, ...]]:
    """Add the switch to the page that is being built; gives each visitor's `Page`, and the events of a switch."""
    events = SwitchEvents(service)
    page = gr.State(Page())
    switch = html(switch_view.switch_html(service, Page()), "switch")
    fetching = html("", "fetching")
    everything = [page, switch, fetching]
    opening.add(events.on_load, everything)
    chosen = switch.select(events.on_select, [page], [page, switch], queue=False, trigger_mode="multiple", **_PRIVATE)
    fetched = [
        each.submit(events.on_fetch, [page], everything, concurrency_limit=None, **_PRIVATE)
        for each in (switch, fetching)
    ]
    fetching.clear(events.on_cancel, None, [fetching], queue=False, **_PRIVATE)
    return page, (chosen, *fetched)


def html(value: str, name: str) -> gr.HTML:
    script = (Path(__file__).parent / "static/switch.js").read_text(encoding="utf-8")
    return gr.HTML(value, js_on_load=script, apply_default_css=False, elem_id=name)
