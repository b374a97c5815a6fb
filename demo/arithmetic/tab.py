"""The Arithmetic tab: a picture, words taken away, words added. Only components and wires."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from vse.io.paths import DEFAULT_WAY
from vse.search.arithmetic import WAYS

from ..model_switch.tab import Shared
from ..search.tab import AT_ONCE, answer_script
from ..shared import render as view
from ..shared.components import script
from ..shared.models import Service
from ..shared.starters import starter_items
from . import render as arithmetic_view
from .compute import MOST_WEIGHT, WEIGHT_STEP
from .handlers import FIRST_K, ArithmeticEvents, remembered

# Values are taken as they came, and checked by the handlers, whose errors say what to do.
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "preprocess": False}
_STREAM: dict[str, Any] = {**_PRIVATE, "concurrency_limit": None, "trigger_mode": "multiple"}
_SEARCH: dict[str, Any] = {**_PRIVATE, "concurrency_limit": AT_ONCE, "concurrency_id": "search"}


@dataclass(frozen=True)
class SumWires:
    """What another tab needs to ask here: `events.on_click` takes `given`, and `shown` is what changes."""

    events: ArithmeticEvents
    given: list[Any]
    shown: list[Any]


def build(service: Service, tabs: gr.Tabs, shared: Shared) -> SumWires:
    """Add the tab to the page that is being built."""
    events = ArithmeticEvents(service)
    collection = service.collection
    k = gr.State(FIRST_K)
    with gr.Row(elem_id="sum-ask"):
        with gr.Column(scale=4, min_width=300):
            query = query_box()
            problem = part("", "sum-problem")
            with gr.Row(elem_id="sum-fields"):
                with gr.Column(min_width=300):
                    picture = field("Picture", "the id of a picture")
                    sources = part(arithmetic_view.sources(starter_items(collection), collection), "sum-sources")
                minus, minus_weight = words_and_weight("−", "take away", "dog")
                plus, plus_weight = words_and_weight("+", "add", "cat")
            starters = part(arithmetic_view.starters(events.examples, collection), "sum-starters")
        with gr.Column(scale=1, min_width=220):
            upload = upload_box()
            way = ways()
            keep = gr.Checkbox(label="also answer with the pictures of the query", container=False, elem_id="sum-keep")
    waiting = view.waiting(service.status(), FIRST_K)
    answer = gr.HTML(waiting, js_on_load=answer_script(), apply_default_css=False, elem_id="sum-answer")

    fields = [picture, minus, minus_weight, plus, plus_weight]
    given, shown = [query, *fields, k, way, keep, upload, shared.page], [query, *fields, k, problem, answer]
    shared.opening.add(events.on_load, [tabs, *shown])
    asked = [query.submit(events.on_query, given, shown, **_SEARCH)]
    for words in (picture, minus, plus):
        words.input(events.on_typing, fields, [query, problem], queue=False, trigger_mode="always_last", **_PRIVATE)
        asked.append(words.submit(events.on_fields, given, shown, **_SEARCH))
    for weight in (minus_weight, plus_weight):
        weight.input(events.on_fields, given, shown, trigger_mode="always_last", **_SEARCH)
    for option in (way, keep):
        option.input(events.on_query, given, shown, **_SEARCH)
    asked += [html.select(events.on_click, given, shown, **_SEARCH) for html in (sources, starters, problem, answer)]
    asked.append(upload.input(events.on_upload, given, shown, **_SEARCH))
    for each in asked:
        each.then(remembered, [shared.page, query], [shared.page], queue=False, **_PRIVATE)
    for switched in shared.switched:
        switched.success(events.on_switch, given, shown, **_STREAM)
    return SumWires(events, given, shown)


def query_box() -> gr.Textbox:
    return gr.Textbox(
        placeholder="A sum, such as [scene-0042] - dog + cat, and press Enter",
        show_label=False,
        label="Query",
        submit_btn="Run",
        max_lines=1,
        container=False,
        elem_id="query",
        html_attributes=gr.InputHTMLAttributes(autocapitalize="off", autocorrect="off", spellcheck=False),
    )


def field(label: str, placeholder: str) -> gr.Textbox:
    return gr.Textbox(
        label=label,
        placeholder=placeholder,
        max_lines=1,
        html_attributes=gr.InputHTMLAttributes(autocapitalize="off", autocorrect="off"),
    )


def words_and_weight(sign: str, label: str, placeholder: str) -> tuple[gr.Textbox, gr.Slider]:
    with gr.Column(min_width=150):
        words = field(f"{sign} {label}", placeholder)
        weight = gr.Slider(0, MOST_WEIGHT, 1, step=WEIGHT_STEP, label=f"{sign} weight", buttons=[])
    return words, weight


def ways() -> gr.Dropdown:
    choices = [(way.title, name) for name, way in WAYS.items()]
    return gr.Dropdown(choices, value=DEFAULT_WAY, label="How it is computed", filterable=False)


def upload_box() -> gr.Image:
    return gr.Image(
        sources=["upload", "clipboard", "webcam"],
        type="filepath",
        label="Or start from your own",
        height=168,
        buttons=[],
        elem_id="sum-picture",
        placeholder="Drop or choose a picture",
    )


def part(html: str, name: str) -> gr.HTML:
    """HTML whose buttons ask."""
    return gr.HTML(html, js_on_load=script("shared/static/starters.js"), apply_default_css=False, elem_id=name)
