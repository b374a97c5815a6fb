"""The script that draws a score taken apart, which only a browser that asks for one needs."""

from __future__ import annotations

from functools import cache

import gradio as gr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from vse.io.hashing import fingerprint_of

from .components import script
from .unchanging import packed, unchanging

FILE = "score.js"


def score_box(name: str) -> gr.HTML:
    """Where scores of the answer `name` are taken apart: `.score` tells which, and its value is what to draw."""
    opens = script("shared/static/open_score.js").replace("ANSWER", name)
    return gr.HTML("", html_template=" ", js_on_load=opens, apply_default_css=False, elem_id=f"{name}-score",
                   elem_classes="score-box")  # fmt: skip


def address() -> str:
    """Where the script is served, relative to the page; it changes with what it holds, so it may be cached."""
    return f"{FILE}?v={fingerprint_of([_text().encode()], digits=16)}"


def route() -> Route:
    """The route that answers that address."""

    def own(request: Request) -> Response:
        return unchanging(request, _packed(), "text/javascript")

    return Route(f"/{FILE}", own)


@cache
def _text() -> str:
    style = script("shared/static/score.css").replace("`", "")
    return script("shared/static/score.js").replace("SCORE_STYLE", f"`{style}`")


@cache
def _packed() -> bytes:
    return packed(_text().encode())
