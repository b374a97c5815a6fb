"""The Evaluate tab: figures, learning curves, and the queries that a model misses. Only components and wires."""

from __future__ import annotations

import gradio as gr

from ..shared.components import STREAM, browsing, contents
from ..shared.view import Parts, View
from .handlers import ID, EvaluateEvents
from .misses import Shown
from .transfer import transfer_sections

SECTIONS = {
    "#evaluate-figures h2": "How good the models are",
    "#evaluate-curves h2": "How one learnt",
    "#evaluate-misses h2": "Misses",
    "#evaluate-photographs .choices h2": "What each choice brings",
    "#evaluate-photographs .sums h2": "Sums of photographs and words",
}


class Evaluate(View):
    """How good the models are, how they learnt, and what they miss; nothing is measured before it is opened."""

    id, title = ID, "Evaluate"

    def build(self, page: Parts) -> None:
        events = EvaluateEvents(page.collections)
        shown = gr.State(Shown())
        contents("evaluate-contents", {**SECTIONS, **transfer_sections()})
        figures = browsing("", "evaluate-figures")
        curves = browsing("", "evaluate-curves")
        misses = browsing("", "evaluate-misses")
        photographs = gr.HTML("", apply_default_css=False, elem_id="evaluate-photographs")
        given, followed = [shown, page.state], [shown, curves, misses]
        page.tab.select(events.on_tables, [page.state], [figures, photographs], **STREAM)
        page.tab.select(events.on_open, given, followed, **STREAM)
        page.on_return(events.on_return, given, followed)
        for html in (curves, misses):
            html.select(events.on_choice, given, followed, **STREAM)
        for html in (figures, misses):
            html.submit(events.on_measure, given, followed, **STREAM)
            html.submit(events.on_measure_tables, [page.state], [figures], **STREAM)
        for switched in page.switched:
            switched.success(events.on_switch, given, followed, **STREAM)
        page.indexed.success(events.on_indexed, given, [figures], **STREAM)
