"""The Arithmetic tab: a picture, words taken away, words added. Only components and wires."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vse.data import Collection
from vse.io.paths import DEFAULT_WAY
from vse.search.arithmetic import WEIGHTS

from ..shared import render as view
from ..shared.address import Page, remembered
from ..shared.components import (
    PRIVATE,
    SEARCH,
    STARTERS,
    STREAM,
    answer_script,
    html,
    microphone_button,
    picture_box,
    query_box,
    script,
)
from ..shared.endpoints import NOTE, NUMBER, PICTURES, TEXT, many, one
from ..shared.question import about_picture, is_sum
from ..shared.score_script import score_box
from ..shared.view import Asking, Endpoint, Parts, View
from . import render as arithmetic_view
from .fields import MOST_WEIGHT
from .handlers import FIRST_K, ID, ArithmeticEvents

# Values are taken as they came, and checked by the handlers, whose errors say what to do.
UNCHECKED: dict[str, Any] = {**PRIVATE, "preprocess": False}
UNCHECKED_STREAM: dict[str, Any] = {**STREAM, "preprocess": False}
UNCHECKED_SEARCH: dict[str, Any] = {**SEARCH, "preprocess": False}


class Arithmetic(View):
    """Sums of pictures and words."""

    id, title = ID, "Arithmetic"

    def opens(self, page: Page) -> bool:
        return is_sum(page.query)

    def build(self, page: Parts) -> None:
        self.events = events = ArithmeticEvents(page.collections)
        served = page.collections.served
        k, speech = gr.State(FIRST_K), gr.State("")
        with gr.Row(elem_id="sum-ask"):
            with gr.Column(scale=4, min_width=300):
                with gr.Row(elem_id="sum-line"):
                    query = query_box("query", "Query", "A sum, such as [scene-0042] - dog + cat", "Run")
                    microphone = microphone_button("sum-speak", "Say what the sum starts from")
                problem = part("", "sum-problem")
                with gr.Row(elem_id="sum-fields"):
                    with gr.Column(min_width=300):
                        picture = field("Picture", "the id of a picture")
                        sources = part(arithmetic_view.sources(served.collection), "sum-sources")
                    minus, minus_weight = words_and_weight("−", "take away", "dog")
                    plus, plus_weight = words_and_weight("+", "add", "cat")
                starters = html("sum-starters", arithmetic_view.starters(served), script(*STARTERS))
            with gr.Column(scale=1, min_width=220):
                upload = picture_box("sum-picture", "Or start from your own")
                way = ways(served.collection)
                keep = gr.Checkbox(
                    label="also answer with the pictures of the query", container=False, elem_id="sum-keep"
                )
        waiting = view.waiting(served.status(), FIRST_K)
        answer = html("sum-answer", waiting, answer_script())
        score = score_box("sum-answer")

        fields = [picture, minus, minus_weight, plus, plus_weight]
        given, shown = [query, *fields, k, way, keep, upload, speech, page.state], [query, *fields, k, problem, answer]
        page.opening.add(events.on_load, [*shown, way, keep, upload, sources, starters], self.id)
        page.tab.select(events.on_open, given, shown, **UNCHECKED_STREAM)
        asked = [query.submit(events.on_query, given, shown, **UNCHECKED_SEARCH)]
        for words in (picture, minus, plus):
            words.input(
                events.on_typing, fields, [query, problem], queue=False, trigger_mode="always_last", **UNCHECKED
            )
            asked.append(words.submit(events.on_fields, given, shown, **UNCHECKED_SEARCH))
        for weight in (minus_weight, plus_weight):
            weight.input(events.on_fields, given, shown, trigger_mode="always_last", **UNCHECKED_SEARCH)
        for option in (way, keep):
            option.input(events.on_query, given, shown, **UNCHECKED_SEARCH)
        asked += [
            html.select(events.on_click, given, shown, **UNCHECKED_SEARCH)
            for html in (sources, starters, problem, answer)
        ]
        asked.append(microphone.speak(events.on_spoken, given, [*shown, speech], **UNCHECKED_SEARCH))
        asked.append(upload.input(events.on_upload, given, shown, **UNCHECKED_SEARCH))
        score.score(events.on_score, given, [score], **UNCHECKED_SEARCH)
        for each in asked:
            each.then(remembered, [page.state, query], [page.state], queue=False, **UNCHECKED)
        for switched in page.switched:
            switched.success(events.on_switch, given, shown, **UNCHECKED_STREAM)
        page.ask(answer.submit, "search", about_picture)
        page.indexed.success(events.on_indexed, [page.state], [sources, starters], queue=False, **PRIVATE)
        self.asking = Asking(events.on_asked, given, shown)

    def endpoints(self) -> tuple[Endpoint, ...]:
        answer = one(query=TEXT, description=TEXT, answers=PICTURES, **NOTE)
        written = one(query=TEXT, captions=many(one(text=TEXT, score=NUMBER)))
        return (
            Endpoint(self.events.arithmetic, answer, {"query": "king - man + woman"}),
            Endpoint(self.events.describe, written, {"query": "[upload] - dog + cat", "k": 3}),
        )


def field(label: str, placeholder: str) -> gr.Textbox:
    return gr.Textbox(
        "",  # which other views may ask with before the tab was in front
        label=label,
        placeholder=placeholder,
        max_lines=1,
        html_attributes=gr.InputHTMLAttributes(autocapitalize="off", autocorrect="off"),
    )


def words_and_weight(sign: str, label: str, placeholder: str) -> tuple[gr.Textbox, gr.Slider]:
    with gr.Column(min_width=150):
        words = field(f"{sign} {label}", placeholder)
        weight = gr.Slider(0, MOST_WEIGHT, 1, step=WEIGHTS[1], label=f"{sign} weight", buttons=[])
    return words, weight


def ways(collection: Collection) -> gr.Dropdown:
    choices = arithmetic_view.ways(collection)
    return gr.Dropdown(choices, value=DEFAULT_WAY, label="How it is computed", filterable=False)


def part(value: str, name: str) -> gr.HTML:
    """HTML whose buttons ask."""
    return html(name, value, script("shared/static/starters.js"))
