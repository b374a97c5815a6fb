"""The switch between models, in the page's head, and what all tabs share. Only components and wires."""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.events import Dependency

from ..shared.address import Page
from ..shared.collections import Collections
from ..shared.components import SWITCH, script
from ..shared.opening import Opening
from . import render as switch_view
from .handlers import SwitchEvents

_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def build(collections: Collections, page: gr.State, indexed: Dependency, opening: Opening) -> tuple[Dependency, ...]:
    """Add the switch to the page that is being built; gives the events of a switch.

    Args:
        page: each visitor's `Page`.
        indexed: after this event other models may be there.
    """
    events = SwitchEvents(collections)
    switch = html(switch_view.switch_html(collections.served, Page()), "switch")
    fetching = html("", "fetching")
    everything = [page, switch, fetching]
    opening.add(events.on_load, everything)
    chosen = switch.select(events.on_select, [page], [page, switch], queue=False, trigger_mode="multiple", **_PRIVATE)
    fetched = [
        each.submit(events.on_fetch, [page], everything, concurrency_limit=None, **_PRIVATE)
        for each in (switch, fetching)
    ]
    fetching.clear(events.on_cancel, [page], [fetching], queue=False, **_PRIVATE)
    indexed.success(events.on_indexed, [page], [switch], queue=False, **_PRIVATE)
    return (chosen, *fetched)


def html(value: str, name: str) -> gr.HTML:
    return gr.HTML(value, js_on_load=script(*SWITCH), apply_default_css=False, elem_id=name)
