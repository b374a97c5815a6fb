"""The Search tab: words or a picture in, pictures and captions out. Only components and wires."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ..model_switch.tab import Shared
from ..shared import render as view
from ..shared.answering import DEFAULT_K
from ..shared.components import script
from ..shared.models import Service
from ..shared.starters import starter_items, starter_texts
from .handlers import SearchEvents, remembered

AT_ONCE = 8  # searches that run at the same time
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_STREAM: dict[str, Any] = {**_PRIVATE, "concurrency_limit": None, "trigger_mode": "multiple"}  # the last one counts
_SEARCH: dict[str, Any] = {**_PRIVATE, "concurrency_limit": AT_ONCE, "concurrency_id": "search"}


@dataclass(frozen=True)
class SearchWires:
    """What another tab needs to ask here: after `events.on_click` on `visit` and the page, `shown` is what changes."""

    events: SearchEvents
    visit: gr.State
    shown: list[Any]


def build(service: Service, shared: Shared) -> SearchWires:
    """Add the tab to the page that is being built."""
    events = SearchEvents(service)
    visit, page = gr.State(events.first), shared.page
    with gr.Row(elem_id="ask"):
        with gr.Column(scale=4, min_width=300):
            words = words_box()
            starters = starters_of(service)
        with gr.Column(scale=1, min_width=220):
            picture = picture_box()
    waiting = view.waiting(service.status(), DEFAULT_K)
    answer = gr.HTML(waiting, js_on_load=answer_script(), apply_default_css=False, elem_id="answer")

    shared.opening.add(events.on_load, [words, visit, answer])
    words.submit(events.on_words, [words, visit, page], [picture, visit, answer], **_SEARCH)
    for html in (starters, answer):
        html.select(events.on_click, [visit, page], [words, picture, visit, answer], **_SEARCH)
    # The file's path is taken as it came: decoding is for vse.modalities.image.decoding, which is careful.
    picture.input(events.on_picture, [picture, visit, page], [words, visit, answer], preprocess=False, **_SEARCH)
    for switched in shared.switched:
        switched.success(events.on_switch, [visit, page], [answer], **_STREAM)
    visit.change(remembered, [page, visit], [page], queue=False, **_PRIVATE)
    return SearchWires(events, visit, [words, picture, visit, answer])


def words_box(
    name: str = "words",
    label: str = "Words to search for",
    placeholder: str = "Describe a picture, and press Enter",
) -> gr.Textbox:
    return gr.Textbox(
        placeholder=placeholder,
        show_label=False,
        label=label,
        submit_btn="Search",
        max_lines=1,
        container=False,
        elem_id=name,
        html_attributes=gr.InputHTMLAttributes(autocapitalize="off", enterkeyhint="search"),
    )


def picture_box(name: str = "picture", height: int = 168) -> gr.Image:
    return gr.Image(
        sources=["upload", "clipboard", "webcam"],
        type="filepath",
        label="Or ask with a picture",
        height=height,
        buttons=[],
        elem_id=name,
        placeholder="Drop or choose a picture",
    )


def starters_of(service: Service) -> gr.HTML:
    collection = service.collection
    html = view.starters(starter_texts(collection), starter_items(collection), collection)
    return gr.HTML(html, js_on_load=script("shared/static/starters.js"), apply_default_css=False, elem_id="starters")


def answer_script() -> str:
    """What an answer does in the browser."""
    return "\n".join(script(f"shared/static/{name}") for name in ("answer.js", "walk.js", "why.js", "save.js"))
