"""What stands around the parts of the Words tab, as HTML."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from vse.words.english import NAME as ENGLISH
from vse.words.english import PACKAGE

from ..shared.templating import macros, render
from . import files
from .parts import PARTS, PARTS_HTML, SUGGESTED
from .sets import WordSet


def frame() -> Markup:
    """The parts with their titles, empty still."""
    return render("words/frame.html.jinja", parts=PARTS)


def head() -> Markup:
    """What fetches the tab's styles and script, once it is opened."""
    return render("words/head.html.jinja", styles=files.address(files.STYLES), script=files.address(files.SCRIPT))


def sets(titles: Mapping[str, str], chosen: WordSet) -> Markup:
    """The choice of a set, what is said of it, and the words that boxes suggest."""
    known = [word for word in chosen.table.words[:SUGGESTED] if word.isalpha()]
    return macros(PARTS_HTML).sets(titles, chosen, known, PACKAGE if ENGLISH not in titles else "")


def working(status: str, done: float | None) -> Markup:
    return macros(PARTS_HTML).working(status, done)


def note(sentence: str) -> Markup:
    return macros(PARTS_HTML).nothing(sentence)


def wrong(sentence: str) -> Markup:
    """What went wrong, in a sentence."""
    return macros(PARTS_HTML).wrong(sentence)
