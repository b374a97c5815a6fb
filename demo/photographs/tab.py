"""The tab for a folder of one's own photographs. Only components and wires."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.routing import Route

from ..shared.address import Page
from ..shared.components import AT_ONCE, PRIVATE, QUICK, html, picture_box, query_box, script
from ..shared.endpoints import NOTE, NUMBER, TEXT, WHOLE, many, one
from ..shared.models import Service
from ..shared.view import Endpoint, Parts, View
from . import render as photos_view
from .handlers import BUSY, ID, IndexSeen, PhotoEvents
from .open_folder import OpenFolder
from .routes import routes

PLACEHOLDER = "Describe a photograph, and press Enter"
SEARCH: dict[str, Any] = {**PRIVATE, "concurrency_limit": AT_ONCE, "concurrency_id": "photographs"}
FOUND = one(answers=many(one(id=TEXT, score=NUMBER, fit=NUMBER, rank=WHOLE, image=TEXT)), **NOTE)


class Photographs(View):
    """A folder of one's own photographs, indexed behind the page and searched."""

    id, title = ID, "Your photographs"
    styles = (Path(__file__).parent / "static/photos.css",)

    def opens(self, page: Page, open_folder: OpenFolder) -> bool:
        return open_folder.run is not None and not page.query

    def routes(self, service: Service, open_folder: OpenFolder) -> Sequence[Route]:
        return routes(open_folder)

    def build(self, page: Parts) -> None:
        open_folder = page.open_folder
        self.events = events = PhotoEvents(open_folder)
        question, told, timer = gr.State(events.first), gr.State(IndexSeen()), gr.Timer(BUSY, active=False)
        empty = part(
            "photos-empty", photos_view.empty_html(open_folder.may_choose()) if open_folder.run is None else ""
        )
        with gr.Row(elem_id="photos-index"):
            progress, controls = (
                part("photos-progress"),
                part("photos-controls", script_name="photographs/static/photos_controls.js"),
            )
        unreadable = part("photos-unreadable")
        with gr.Column(visible=open_folder.run is not None, elem_id="photos-asking") as asking:
            with gr.Row(elem_id="photos-ask"):
                with gr.Column(scale=4, min_width=300):
                    words = query_box(
                        "photos-words", "Words to search your photographs for", PLACEHOLDER, spellcheck=True
                    )
                    starters = part("photos-starters", photos_view.starters_html(), "photographs/static/photos.js")
                with gr.Column(scale=1, min_width=220):
                    picture = picture_box("photos-picture", height=118)
            answer = part("photos-answer", script_name="photographs/static/photos.js")
        label = "Choose a folder" if open_folder.run is None else "Another folder"
        with gr.Accordion(label, open=open_folder.run is None, visible=False, elem_id="photos-choose") as choose:
            folder = folder_box()

        shown = [told, timer, empty, progress, controls, unreadable, asking, answer]  # as photos_events.SHOWN
        asked, changed = [words, picture, question, answer], [told, question]
        page.blocks.load(events.on_load, None, [words, question, choose, *shown], queue=False, **PRIVATE)
        page.on_return(events.on_return, [], asked)
        timer.tick(events.on_tick, changed, shown, **QUICK)
        controls.select(events.on_control, changed, shown, concurrency_limit=None, **PRIVATE)
        folder.submit(
            events.on_folder,
            [folder, *changed],
            [choose, folder, question, words, picture, *shown],
            concurrency_limit=None,
            **PRIVATE,
        )
        words.submit(events.on_words, [words, question], asked[1:], **SEARCH)
        for buttons in (starters, answer):
            buttons.select(events.on_click, [question], asked, **SEARCH)
        # The file's path is taken as it came: decoding is for vse.modalities.image.decoding, which is careful.
        picture.input(events.on_picture, [picture, question], [words, question, answer], preprocess=False, **SEARCH)

    def endpoints(self) -> tuple[Endpoint, ...]:
        """None where no folder was open when the page was built."""
        return (Endpoint(self.events.search_photos, FOUND),) if self.events.open_folder.run else ()


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
    return html(name, value, script(script_name) if script_name else "")
