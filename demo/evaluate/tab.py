"""The Evaluate tab: figures, learning curves, and the queries that a model misses. Only components and wires."""

from __future__ import annotations

import gradio as gr

from ..model_switch.tab import Shared
from ..shared.components import STREAM, browsing
from ..shared.models import Service
from .ablation import ablation_html, photo_model_html
from .handlers import EvaluateEvents
from .misses import Shown


def build(service: Service, tab: gr.Tab, shared: Shared) -> None:
    """Fill the tab of the page that is being built; nothing is measured before it is opened."""
    events = EvaluateEvents(service)
    shown = gr.State(Shown())
    figures = browsing(events.tables_now(), "evaluate-figures")
    curves = browsing("", "evaluate-curves")
    misses = browsing("", "evaluate-misses")
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
