"""The Learn tab: a small VSE that trains before its visitor's eyes. Only components and wires."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr
from starlette.routing import Route

from ..shared.components import PRIVATE, STREAM
from ..shared.view import Parts, View
from . import files, render
from .handlers import ID, TITLE, LearnEvents


class Learn(View):
    """Recorded runs play in the browser alone; the server has a say in those that a visitor begins."""

    id, title = ID, TITLE

    def routes(self) -> Sequence[Route]:
        return files.routes()

    def build(self, page: Parts) -> None:
        events = LearnEvents()
        shown = gr.HTML(
            "",
            html_template=render.closed(),
            head=render.head(files.address(files.SCRIPT)),
            js_on_load=files.OPEN,
            apply_default_css=False,
            elem_id="learn",
            news="",
        )
        shown.select(events.on_train, None, [shown], **STREAM)
        shown.submit(events.on_stop, None, None, queue=False, **PRIVATE)
        page.blocks.unload(events.on_leave)
