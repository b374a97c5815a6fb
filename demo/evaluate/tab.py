"""The Evaluate tab: figures, learning curves, and the queries that a model misses. Only components and wires."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ..model_switch.tab import Shared
from ..shared.components import script
from ..shared.models import Service
from .ablation import ablation_html, photo_model_html
from .handlers import EvaluateEvents
from .misses import Shown

STREAM: dict[str, Any] = {
    "api_visibility": "private",
    "show_progress": "hidden",
    "concurrency_limit": None,
    "trigger_mode": "multiple",  # the last one counts
}


def build(service: Service, tab: gr.Tab, shared: Shared) -> None:
    """Fill the tab of the page that is being built; nothing is measured before it is opened."""
    events = EvaluateEvents(service)
    shown = gr.State(Shown())
    figures = part(events.tables_now(), "evaluate-figures")
    curves = part("", "evaluate-curves")
    misses = part("", "evaluate-misses")
    gr.HTML(photo_model_html() + ablation_html(), apply_default_css=False, elem_id="evaluate-photographs")
    given, followed = [shown, shared.page], [shown, curves, misses]
    tab.select(events.on_tables, None, [figures], **STREAM)
    tab.select(events.on_open, given, followed, **STREAM)
    for html in (curves, misses):
        html.select(events.on_choice, [shown], followed, **STREAM)
    for html in (figures, misses):
        html.submit(events.on_measure, [shown], followed, **STREAM)
        html.submit(events.on_measure_tables, None, [figures], **STREAM)
    for switched in shared.switched:
        switched.success(events.on_switch, given, followed, **STREAM)


def part(value: str, name: str) -> gr.HTML:
    """HTML whose buttons choose what it lists, and whose queries are asked in the Search tab."""
    return gr.HTML(value, js_on_load=script("shared/static/browse.js"), apply_default_css=False, elem_id=name)
