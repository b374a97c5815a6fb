"""The Words tab: what vectors of words know, and how they learn it. Only components and wires."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr
from starlette.routing import Route

from ..shared.components import PRIVATE, STREAM, contents, microphone_button
from ..shared.endpoints import NUMBER, TEXT, many, one
from ..shared.view import Endpoint, Parts, View
from . import files, render
from .handlers import ID, TITLE, WordsEvents, question_about
from .parts import PARTS

SECTIONS = {f"#words-{name} h2": part.title for name, part in PARTS.items()}
NEAR = many(one(word=TEXT, score=NUMBER))


class Words(View):
    """Vectors of words; nothing is computed before the tab is opened, which its script tells."""

    id, title = ID, TITLE

    def routes(self) -> Sequence[Route]:
        return files.routes()

    def build(self, page: Parts) -> None:
        self.events = events = WordsEvents(page.collections)
        with gr.Row(elem_id="words-head"):
            contents("words-contents", SECTIONS)
            microphone = microphone_button("words-speak", "Say a word for the field that was used last")
        empty: dict[str, Any] = dict.fromkeys(("sets", *PARTS), "")  # of each part, see frame.html.jinja
        shown = gr.HTML(
            "",
            html_template=render.frame(),
            head=render.head(),
            js_on_load=files.OPEN,
            apply_default_css=False,
            elem_id="words-parts",
            answer=0,
            again=0,
            address="",
            drawn=[],
            spoken="",
            **empty,
        )
        shown.select(events.on_asked, [page.state], [shown], **STREAM)
        microphone.speak(events.on_spoken, [page.state], [shown], **STREAM)
        page.ask(shown.submit, "search", question_about)
        for switched in page.switched:
            switched.success(events.on_switch, None, [shown], queue=False, **PRIVATE)

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(self.events.words_nearest, NEAR),
            Endpoint(self.events.words_analogy, NEAR, {"query": "king - man + woman"}),
            Endpoint(self.events.words_clusters, many(one(name=TEXT, words=many(TEXT)))),
        )
