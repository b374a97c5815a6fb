"""The Map tab: pictures, captions and words of the joint space in one plane. Only components and wires."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ..arithmetic.handlers import remembered
from ..arithmetic.tab import SumWires
from ..model_switch.tab import Shared, html
from ..search.tab import SearchWires
from ..shared.components import script
from ..shared.models import Service
from ..shared.starters import starter_texts
from . import render as map_view
from .compute import MapView
from .handlers import Elsewhere, MapEvents
from .store import DEFAULT_LAYOUT, LAYOUTS, MapStore

_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_STREAM: dict[str, Any] = {**_PRIVATE, "concurrency_limit": None, "trigger_mode": "multiple"}  # the last one counts
_QUICK: dict[str, Any] = {**_PRIVATE, "queue": False, "trigger_mode": "multiple"}
SCRIPTS = ("map_data.js", "map_draw.js", "map_hover.js", "map_tools.js", "map.js")  # run as one
_EXAMPLES, _TEXTS = 3, 2


def build(service: Service, tabs: gr.Tabs, shared: Shared, search: SearchWires, sums: SumWires) -> MapStore:
    """Add the tab to the page that is being built; gives the maps that it shares with programs."""
    examples = sums.events.examples
    events = MapEvents(service, str(examples[0].query))
    view, page = gr.State(MapView()), shared.page
    with gr.Row(elem_id="map-ask"):
        box = query_box()
        layout = layouts()
    chips = map_view.chips(examples[:_EXAMPLES], starter_texts(service.collection)[:_TEXTS])
    part(chips, "map-chips")
    problem, progress = part("", "map-problem"), html("", "map-progress")
    with gr.Row(elem_id="map-row"):
        with gr.Column(scale=4, min_width=340):
            points = map_of_points()
            selection = part("", "map-selected")
            facts = part("", "map-facts")
        with gr.Column(scale=1, min_width=250, elem_id="map-side"):
            chosen = part("", "map-picked", '<div aria-live="polite">${value}</div>')
            answers = part("", "map-answers")

    asking, shown = [view, page], [view, box, problem, progress, points, facts, answers]
    tabs.select(events.on_tab, asking, shown, **_STREAM)
    asked = [
        box.submit(events.on_ask, [box, *asking], shown, **_STREAM),
        points.ask(events.on_chip, asking, shown, **_STREAM),
    ]
    for each in asked:
        each.then(remembered, [page, box], [page], queue=False, **_PRIVATE)
    layout.input(events.on_layout, [layout, *asking], shown, preprocess=False, **_STREAM)
    points.retry(events.on_retry, asking, shown, **_STREAM)
    points.cancel(events.on_cancel, None, None, **_QUICK)
    for switched in shared.switched:
        switched.success(events.on_switch, asking, shown, **_STREAM)
    points.pick(events.on_pick, None, [chosen], **_QUICK)
    points.lasso(events.on_lasso, None, [selection], **_QUICK)
    elsewhere = Elsewhere(search.events, sums.events)
    points.search(elsewhere.on_search, [search.visit, page], [tabs, *search.shown], **_PRIVATE)
    points.sum(elsewhere.on_sum, sums.given, [tabs, *sums.shown], preprocess=False, **_PRIVATE)
    return events.store


def query_box() -> gr.Textbox:
    return gr.Textbox(
        placeholder="A sentence, or a sum such as [scene-0042] - dog + cat, and press Enter",
        show_label=False,
        label="Query on the map",
        submit_btn="Show",
        max_lines=1,
        container=False,
        scale=4,
        min_width=300,
        elem_id="map-query",
        html_attributes=gr.InputHTMLAttributes(autocapitalize="off", autocorrect="off", spellcheck=False),
    )


def layouts() -> gr.Radio:
    choices = [(title, name) for name, title in LAYOUTS.items()]
    return gr.Radio(
        choices, value=DEFAULT_LAYOUT, label="Layout", show_label=False, container=False, scale=1, elem_id="map-layout"
    )


def map_of_points() -> gr.HTML:
    """The map: its value is the points, its marks the query; its script tells what is clicked anywhere on the tab."""
    return gr.HTML(
        "",
        marks="",
        html_template=map_view.template(),
        js_on_load="\n".join(script(f"map/static/{name}") for name in SCRIPTS),
        apply_default_css=False,
        elem_id="map",
    )


def part(value: str, name: str, template: str = "${value}") -> gr.HTML:
    """HTML whose buttons the map's script listens to."""
    return gr.HTML(value, html_template=template, js_on_load=None, apply_default_css=False, elem_id=name)
