"""The switch between models, in the page's head, and what all tabs share. Only components and wires."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Shared:
    """What every tab takes part in.

    `page` holds each visitor's `demo.shared.address.Page`; a tab gives it to its handlers, and changes it only in
    steps that are quick, so that none undoes another's. After each of `switched` other models answer: ask again then.
    What a tab shows when the page is opened it adds to `opening`.
    """

    page: gr.State
    switched: tuple[Dependency, ...]
    opening: Opening


def build(service: Service) -> Shared:
    """Add the switch to the page that is being built."""
    events = SwitchEvents(service)
    page = gr.State(Page())
    switch = html(switch_view.switch_html(service, "vse"), "switch")
    fetching = html("", "fetching")
    everything = [page, switch, fetching]
    opening = Opening()
    opening.add(events.on_load, everything)
    chosen = switch.select(events.on_select, [page], [page, switch], queue=False, trigger_mode="multiple", **_PRIVATE)
    fetched = [
        each.submit(events.on_fetch, [page], everything, concurrency_limit=None, **_PRIVATE)
        for each in (switch, fetching)
    ]
    fetching.clear(events.on_cancel, None, [fetching], queue=False, **_PRIVATE)
    return Shared(page, (chosen, *fetched), opening)


def html(value: str, name: str) -> gr.HTML:
    script = (Path(__file__).parent / "static/switch.js").read_text(encoding="utf-8")
    return gr.HTML(value, js_on_load=script, apply_default_css=False, elem_id=name)
