"""The About view: a list of its sections, the lessons, and the text with its drawings. Only components and wires."""

from __future__ import annotations

import re
from pathlib import Path

import gradio as gr
from markupsafe import Markup

from ..shared.components import STREAM, browsing, contents
from ..shared.templating import render
from ..shared.view import Parts, View
from .handlers import ID, LessonEvents, Seen, lessons_html

TEXT = Path(__file__).with_name("about.md")
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_DRAWING = re.compile(r"^!\[(?P<told>[^\]]+)\]\((?P<file>\w+\.svg)\)$", re.MULTILINE)


def about_text() -> str:
    """Markdown; its pictures are drawings of this folder, put in as SVG so that they have the page's colours."""
    return _DRAWING.sub(lambda found: drawing(found["file"], found["told"]), TEXT.read_text(encoding="utf-8"))


def drawing(file: str, told: str) -> Markup:
    """A figure as HTML on one line, as Markdown would end it at a blank one; `told` is said instead of it."""
    lines = TEXT.with_name(file).read_text(encoding="utf-8").splitlines()
    svg = Markup(" ".join(line.strip() for line in lines))  # it ships with the page
    return render("about/drawing.html.jinja", svg=svg, told=told)


def sections() -> dict[str, str]:
    """The lessons and each section of the text, by the selectors of their headings."""
    titles = _SECTION.findall(TEXT.read_text(encoding="utf-8"))
    text = {f"#about h2:nth-of-type({number})": title for number, title in enumerate(titles, 1)}
    return {"#lessons h2": "Lessons", **text}


class About(View):
    """How the models work, lessons to learn it by, and what the models were made with."""

    id, title = ID, "About"
    styles = (Path(__file__).parent / "static/about.css",)

    def build(self, page: Parts) -> None:
        events, seen = LessonEvents(page.collections), gr.State(Seen())
        contents("about-contents", sections())
        lessons = browsing(lessons_html(page.collections.served, Seen()), "lessons")
        gr.Markdown(about_text(), elem_id="about", sanitize_html=False)  # all of it is written here
        page.opening.add(events.on_load, [seen, lessons], self.id)
        lessons.select(events.on_choice, [seen], [seen, lessons], **STREAM)
