"""The text of the About view, with its drawings in it."""

from __future__ import annotations

import html
import re
from pathlib import Path

import gradio as gr

from ..shared.view import Parts, View

TEXT = Path(__file__).with_name("about.md")
_DRAWING = re.compile(r"^!\[(?P<told>[^\]]+)\]\((?P<file>\w+\.svg)\)$", re.MULTILINE)


def about_text() -> str:
    """Markdown; its pictures are drawings of this folder, put in as SVG so that they have the page's colours."""
    return _DRAWING.sub(lambda found: drawing(found["file"], found["told"]), TEXT.read_text(encoding="utf-8"))


def drawing(file: str, told: str) -> str:
    """A figure as HTML on one line, as Markdown would end it at a blank one; `told` is said instead of it."""
    lines = TEXT.with_name(file).read_text(encoding="utf-8").splitlines()
    drawn = " ".join(line.strip() for line in lines).replace("<svg ", '<svg aria-hidden="true" ', 1)
    label = html.escape(told, quote=True)
    return f'<figure role="img" aria-label="{label}" style="margin: 1em 0; max-width: 560px">{drawn}</figure>'


class About(View):
    """How the models work, and what they were made with."""

    id, title = "about", "About"

    def build(self, page: Parts) -> None:
        gr.Markdown(about_text(), elem_id="about", sanitize_html=False)  # all of it is written here
