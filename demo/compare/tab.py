"""The Compare tab: two models on the collection, figure by figure and query by query. Only components and wires."""

from __future__ import annotations

import gradio as gr

from ..model_switch.tab import Shared
from ..shared.components import STREAM, browsing
from ..shared.models import Service
from .handlers import CompareEvents
from .render import Seen


def build(service: Service, tab: gr.Tab, shared: Shared) -> None:
    """Fill the tab of the page that is being built; nothing is compared before it is opened."""
    events = CompareEvents(service)
    seen = gr.State(Seen())
    view = browsing("", "compare")
    tab.select(events.on_open, [seen], [seen, view], **STREAM)
    for event in (view.select, view.submit):
        event(events.on_choice, [seen], [seen, view], **STREAM)
    for switched in shared.switched:
        switched.success(events.on_switch, [seen], [seen, view], **STREAM)
