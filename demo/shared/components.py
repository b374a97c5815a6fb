"""Pieces of the page that several views are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from .templating import render

PACKAGE = Path(__file__).resolve().parents[1]
AT_ONCE = 8  # questions that are answered at the same time

_COMMENT = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)

# How events of the page run.
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
QUICK: dict[str, Any] = {**PRIVATE, "queue": False, "trigger_mode": "multiple"}
STREAM: dict[str, Any] = {**PRIVATE, "concurrency_limit": None, "trigger_mode": "multiple"}  # the last one counts
SWITCH = ("shared/static/menu.js", "model_switch/static/switch.js")  # of buttons that choose and fetch models
STARTERS = ("shared/static/starters.js", "shared/static/menu.js", "shared/static/recent.js")
SEARCH: dict[str, Any] = {**PRIVATE, "concurrency_limit": AT_ONCE, "concurrency_id": "search"}


def script(*names: str) -> str:
    """The text of scripts, one after the other, named by their paths in this package, such as "map/static/map.js".

    Lines that are nothing but a comment are left out: every visit would load them.
    """
    return _COMMENT.sub("", "\n".join((PACKAGE / name).read_text(encoding="utf-8") for name in names))


def answer_script() -> str:
    """What an answer does in the browser."""
    return "\n".join(
        script(f"shared/static/{name}")
        for name in ("answer.js", "larger.js", "walk.js", "why.js", "save.js", "named.js")
    )


def html(name: str, value: str = "", scripts: str = "", **options: Any) -> gr.HTML:
    """HTML that is drawn anew with each value; `scripts` listen to its buttons."""
    return gr.HTML(value, js_on_load=scripts or None, apply_default_css=False, elem_id=name, **options)


def microphone_button(name: str, hint: str = "Say what you look for") -> gr.HTML:
    """A button that records what is said: `.speak` tells where the recording was uploaded to."""
    scripts = script("shared/static/microphone.js")
    return html(name, render("shared/microphone.html.jinja", hint=hint), scripts, elem_classes="microphone")


def browsing(value: str, name: str) -> gr.HTML:
    """HTML whose buttons choose what it lists, and whose queries are asked in the Search tab."""
    return html(name, value, script("shared/static/browse.js"))


def contents(name: str, sections: Mapping[str, str]) -> gr.HTML:
    """Buttons that lead to the sections of a view: their titles by the selectors of their headings."""
    return html(name, render("shared/contents.html.jinja", sections=sections), script("shared/static/contents.js"))


def query_box(
    name: str, label: str, placeholder: str, button: str = "Search", spellcheck: bool = False, **options: Any
) -> gr.Textbox:
    """A line for a query of the language."""
    return gr.Textbox(
        placeholder=placeholder,
        show_label=False,
        label=label,
        submit_btn=button,
        max_lines=1,
        container=False,
        elem_id=name,
        html_attributes=gr.InputHTMLAttributes(
            autocapitalize="off",
            autocorrect=None if spellcheck else "off",
            spellcheck=spellcheck,
            enterkeyhint="search",
        ),
        **options,
    )


def picture_box(name: str, label: str = "Or ask with a picture", height: int = 168) -> gr.Image:
    """A place for a visitor's own picture."""
    return gr.Image(
        sources=["upload", "clipboard", "webcam"],
        type="filepath",
        label=label,
        height=height,
        buttons=[],
        elem_id=name,
        placeholder="Drop or choose a picture",
    )
