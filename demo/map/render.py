"""What stands around the map, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from vse.data import Collection
from vse.data.item import Item
from vse.maps.projection import ALL

from ..shared.jobs import Job
from ..shared.models import Service
from ..shared.scores import counted
from ..shared.starters import starter_texts
from ..shared.templating import macros, render
from .around import Around
from .axes import CHANCE, CLEAR, is_about_people
from .compute import SHOWN, OnMap, Picked, Selected
from .scripts import own_address, plotly_address
from .store import Map

FETCHING, PANELS = "shared/fetching.html.jinja", "map/panels.html.jinja"
_EXAMPLES, _TEXTS = 3, 2


def template() -> Markup:
    """The map's own controls and the places it is drawn in; what is in them is the script's."""
    return render("map/map.html.jinja", plotly=plotly_address())


def head() -> Markup:
    """What fetches the map's script, once the map is there."""
    return macros(PANELS).script(own_address())


def live() -> Markup:
    """HTML that is read out when it changes, as a template of Gradio's."""
    return macros(PANELS).live()


def chips(service: Service) -> Markup:
    """Queries that are worth seeing on the map."""
    return macros(PANELS).chips(service.examples[:_EXAMPLES], starter_texts(service.collection)[:_TEXTS])


def waiting_html(status: str) -> Markup:
    return macros(FETCHING).waiting(status)


def progress_html(drawing: Job[Map], may_cancel: bool) -> Markup:
    """How far drawing is, with a way to stop it for who may."""
    return macros(FETCHING).working(drawing.status, drawing.done, may_cancel, " …")


def failed_html(sentence: str) -> Markup:
    return macros(FETCHING).told(sentence, [("retry", "Draw it")])


def problems_html(found: Sequence[OnMap]) -> Markup:
    """What is wrong with the query; of one model among two, with its name."""
    return macros(PANELS).problems([each.answer for each in found])


def wrong_html(problem: str) -> Markup:
    """A sentence about what cannot be drawn."""
    return macros(PANELS).wrong_axes(problem)


def facts_html(maps: Sequence[Map]) -> str:
    """How true each map is, how wide its gap, and what its layout makes of that; of axes, their scores."""
    if not maps or maps[0].plane is None:
        return render("map/facts.html.jinja", maps=maps, ALL=ALL) if maps else ""
    ends = [end for axis in maps[0].plane.axes for end in (axis.low, axis.high)]
    return render("map/axes.html.jinja", maps=maps, warns=is_about_people(ends), CLEAR=CLEAR, CHANCE=CHANCE)


def answers_html(found: Sequence[OnMap], collection: Collection) -> Markup:
    """The answers of each model as numbered pictures; a click shows one on the map."""
    return macros(PANELS).answers_of([(each.answer, each.shape) for each in found], collection)


def picked_html(
    found: Picked,
    written: Sequence[tuple[str, str]],
    collection: Collection,
    near: Sequence[Item] = (),
    around: Sequence[Around] = (),
) -> Markup:
    """What was clicked, with what each model writes for it, the pictures near to it, what can be done with it, and
    where the plane misleads around it."""
    return macros(PANELS).picked(found, written, collection, near, around)


def selected_html(found: Selected, collection: Collection) -> str:
    """The pictures of a box or a lasso, at most SHOWN of them, with the counts of all."""
    if not found.items and not found.words:
        return ""
    numbers = (
        (found.pictures, "picture"),
        (found.captions, "caption"),
        (found.recipes, "recipe"),
        (len(found.words), "word"),
    )
    counts = [counted(number, noun) for number, noun in numbers if number]
    return macros(PANELS).selected(found, counts, SHOWN, collection)
