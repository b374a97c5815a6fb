"""The tab for a folder of one's own photographs. Only components and wires."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from ..search.tab import AT_ONCE, picture_box, words_box
from ..shared.answering import CHOICES, DEFAULT_K
from ..shared.components import script
from . import render as photos_view
from .handlers import BUSY, TAB, PhotoEvents, Told
from .open_folder import Desk

TITLE = "Your photographs"
PLACEHOLDER = "Describe a photograph, and press Enter"
STYLE = Path(__file__).parent / "static/photos.css"
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_QUICK: dict[str, Any] = {**_PRIVATE, "queue": False, "trigger_mode": "multiple"}
_AT_ONCE: dict[str, Any] = {"concurrency_limit": AT_ONCE, "concurrency_id": "photographs"}
_SEARCH: dict[str, Any] = {**_PRIVATE, **_AT_ONCE}


def build(desk: Desk, blocks: gr.Blocks, tabs: gr.Tabs) -> PhotoEvents:
    """Add the tab to the page that is being built; gives what happens on it."""
    with gr.Tab(TITLE, id=TAB, elem_id=TAB):
        events = PhotoEvents(desk)
        visit, told, timer = gr.State(events.first), gr.State(Told()), gr.Timer(BUSY, active=False)
        empty = part("photos-empty", photos_view.empty_html(desk.may_choose()) if desk.run is None else "")
        with gr.Row(elem_id="photos-index"):
            progress, controls = (
                part("photos-progress"),
                part("photos-controls", script_name="photographs/static/photos_controls.js"),
            )
        unreadable = part("photos-unreadable")
        with gr.Column(visible=desk.run is not None, elem_id="photos-asking") as asking:
            with gr.Row(elem_id="photos-ask"):
                with gr.Column(scale=4, min_width=300):
                    words = words_box("photos-words", "Words to search your photographs for", PLACEHOLDER)
                    starters = part("photos-starters", photos_view.starters_html(), "photographs/static/photos.js")
                with gr.Column(scale=1, min_width=220):
                    picture = picture_box("photos-picture", height=118)
            answer = part("photos-answer", script_name="photographs/static/photos.js")
        label = "Choose a folder" if desk.run is None else "Another folder"
        with gr.Accordion(label, open=desk.run is None, visible=False, elem_id="photos-choose") as choose:
            folder = folder_box()

    shown = [told, timer, empty, progress, controls, unreadable, asking, answer]  # as photos_events.SHOWN
    asked, changed = [words, picture, visit, answer], [told, visit]
    blocks.load(events.on_load, None, [tabs, choose, *shown], queue=False, **_PRIVATE)
    timer.tick(events.on_tick, changed, shown, **_QUICK)
    controls.select(events.on_control, changed, shown, concurrency_limit=None, **_PRIVATE)
    folder.submit(
        events.on_folder,
        [folder, *changed],
        [choose, folder, visit, words, picture, *shown],
        concurrency_limit=None,
        **_PRIVATE,
    )
    words.submit(events.on_words, [words, visit], asked[1:], **_SEARCH)
    for html in (starters, answer):
        html.select(events.on_click, [visit], asked, **_SEARCH)
    # The file's path is taken as it came: decoding is for vse.modalities.image.decoding, which is careful.
    picture.input(events.on_picture, [picture, visit], [words, visit, answer], preprocess=False, **_SEARCH)
    return events


def folder_box() -> gr.Textbox:
    return gr.Textbox(
        placeholder="The path of a folder of photographs on this machine, and press Enter",
        show_label=False,
        label="Folder of photographs",
        submit_btn="Index",
        max_lines=1,
        container=False,
        elem_id="photos-folder",
        html_attributes=gr.InputHTMLAttributes(autocapitalize="off", autocorrect="off", spellcheck=False),
    )


def part(name: str, value: str = "", script_name: str = "") -> gr.HTML:
    return gr.HTML(
        value, js_on_load=script(script_name) if script_name else None, apply_default_css=False, elem_id=name
    )


def add_endpoint(events: PhotoEvents) -> None:
    """Register the same search for programs; the components only describe it and are never shown."""
    with gr.Group(visible=False):
        query = gr.Textbox(label="query", info="words, or a sum such as [day 2/beach.jpg] - dog + cat")
        k = gr.Number(DEFAULT_K, label="k", info="how many, from 1 to 48", precision=0, minimum=1, maximum=CHOICES[-1])
        result = gr.JSON(label="result")
        gr.Button("search_photos").click(
            events.search_photos, [query, k], result, api_name="search_photos", preprocess=False, **_AT_ONCE
        )
