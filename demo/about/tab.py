"""The text of the About view, with its drawings in it."""

from __future__ import annotations

import re
from pathlib import Path

import gradio as gr
from markupsafe import Markup

from ..shared.templating import render
from ..shared.view import Parts, View

TEXT = Path(__file__).with_name("about.md")
_DRAWING = re.compile(r"^!\[(?P<told>[^\]]+)\]\((?P<file>\w+\.svg)\)$", re.MULTILINE)


def about_text() -> str:
    """Markdown; its pictures are drawings of this folder, put in as SVG so that they have the page's colours."""
    return _DRAWING.sub(lambda found: drawing(found["file"], found["told"]), TEXT.read_text(encoding="utf-8"))


def drawing(file: str, told: str) -> Markup:
    """A figure as HTML on one line, as Markdown would end it at a blank one; `told` is said instead of it."""
    lines = TEXT.with_name(file).read_text(encoding="utf-8").splitlines()
    svg = Markup(" ".join(line.strip() for line in lines))  # it ships with the page
    return render("about/drawing.html.jinja", svg=svg, told=told)


class About(View):
    """How the models work, and what they were made with."""

    id, title = "about", "About"

    def build(self, page: Parts) -> None:
        gr.Markdown(about_text(), elem_id="about", sanitize_html=False)  # all of it is written here
