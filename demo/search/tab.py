"""The Search tab: words, a picture or a sum in, pictures and captions out. Only components and wires."""

from __future__ import annotations

import gradio as gr

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
from ..shared.endpoints import CAPTION, NOTE, PICTURES, RECIPE, TEXT, many, one
from ..shared.opened import EXPLAINED
from ..shared.question import DEFAULT_K, Question, about_picture, after_click
from ..shared.score_script import score_box
from ..shared.templating import render
from ..shared.view import Asking, Endpoint, Parts, View
from .handlers import SearchEvents

SCRIPTS = ("search/static/picture.js", "search/static/recipe.js")


class Search(View):
    """Words, a picture or a sum, and what is nearest to it."""

    id, title = "search", "Search"

    def opens(self, page: Page) -> bool:
        return True

    def build(self, page: Parts) -> None:
        self.events = events = SearchEvents(page.collections)
        asked, state, served = gr.State(events.first), page.state, page.collections.served
        with gr.Row(elem_id="ask"):
            words = query_box("words", "Words to search for", "Describe a picture", spellcheck=True)
            microphone = microphone_button("speak")
            html("ask-picture", render("search/picture.html.jinja"), script(*SCRIPTS))
        picture = picture_box("picture")
        starters = html("starters", view.starters(served), script(*STARTERS))
        answer = html("answer", view.waiting(served.status(), DEFAULT_K), answer_script())
        score = score_box("answer")

        given, shown = [asked, state], [words, picture, asked, answer]
        page.opening.add(events.on_load, [*shown, starters], self.id)
        words.submit(events.on_words, [words, *given], [picture, asked, answer], **SEARCH)
        for buttons in (starters, answer):
            buttons.select(events.on_click, given, shown, **SEARCH)
        score.score(events.on_score, given, [score], **SEARCH)
        # The file's path is taken as it came: decoding is for vse.modalities.image.decoding, which is careful.
        picture.input(events.on_picture, [picture, *given], shown, preprocess=False, **SEARCH)
        for spoken in (microphone, starters, answer):
            spoken.speak(events.on_spoken, given, shown, **SEARCH)
        for switched in page.switched:
            switched.success(events.on_switch, given, [answer], **STREAM)
        page.ask(answer.submit, "arithmetic", about_picture)
        page.ask(starters.submit, "arithmetic", lambda data: after_click(data, Question("")))
        page.indexed.success(events.on_indexed, [state], [starters], queue=False, **PRIVATE)
        asked.change(remember, [state, asked], [state], queue=False, **PRIVATE)
        self.asking = Asking(events.on_asked, given, shown)

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(self.events.search_text, one(answers=PICTURES, **NOTE)),
            Endpoint(self.events.search_speech, one(heard=TEXT, captions=many(CAPTION), images=PICTURES)),
            Endpoint(self.events.explain, EXPLAINED, {"item": "scene-0042"}),
            Endpoint(self.events.search_image, one(captions=many(CAPTION), images=PICTURES, recipes=many(RECIPE))),
        )


def remember(page: Page, asked: Question) -> Page:
    """The shared state after a question here."""
    return remembered(page, asked.text)
