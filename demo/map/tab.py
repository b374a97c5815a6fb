"""The Map tab: pictures, captions and words of the joint space in one plane. Only components and wires."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import gradio as gr
from starlette.routing import Route

from ..shared.address import remembered
from ..shared.components import PRIVATE, QUICK, STREAM, SWITCH, html, microphone_button, query_box, script
from ..shared.endpoints import NUMBER, TEXT, WHOLE, many, one
from ..shared.view import Endpoint, Parts, View
from . import points, scripts
from . import render as map_view
from .compute import Seen, question_about
from .handlers import ID, TITLE, MapEvents
from .store import CHOICES, DEFAULT_LAYOUT

_POINT = one(id=TEXT, kind=TEXT, x=NUMBER, y=NUMBER, text=TEXT)
_QUALITY = one(trustworthiness=NUMBER, neighbours_kept=NUMBER, of_nearest=WHOLE)
POINTS = one(model=TEXT, collection=TEXT, layout=TEXT, quality=_QUALITY, gap=NUMBER, points=many(_POINT))


class MapView(View):
    """The joint space in a plane."""

    id, title = ID, TITLE
    styles = (Path(__file__).parent / "static/map.css",)

    def routes(self) -> Sequence[Route]:
        return *scripts.routes(), points.route()

    def ahead(self) -> Sequence[str]:
        return scripts.addresses()

    def build(self, page: Parts) -> None:
        self.events = events = MapEvents(page.collections)
        view, state = gr.State(Seen()), page.state
        with gr.Row(elem_id="map-ask"):
            box = query_box(
                "map-query",
                "Query on the map",
                "A sentence, or a sum such as [scene-0042] - dog + cat",
                "Show",
                scale=4,
                min_width=300,
            )
            microphone = microphone_button("map-speak")
            layout = layouts()
        chips = part("", "map-chips")
        problem, progress = part("", "map-problem"), html("map-progress", "", script(*SWITCH))
        with gr.Row(elem_id="map-row"):
            with gr.Column(scale=4, min_width=340):
                drawn = map_of_points()
                facts = part("", "map-facts")
            with gr.Column(scale=1, min_width=250, elem_id="map-side"):
                selection = part("", "map-selected")
                chosen = part("", "map-picked", map_view.live())
                answers = part("", "map-answers")

        asking, shown = [view, state], [view, box, layout, problem, progress, drawn, facts, answers]
        page.opening.add(events.on_load, [chips], self.id)
        page.tabs.select(events.on_tab, asking, shown, **STREAM)
        asked = [
            box.submit(events.on_ask, [box, *asking], shown, **STREAM),
            microphone.speak(events.on_spoken, asking, shown, **STREAM),
            drawn.ask(events.on_chip, asking, shown, **STREAM),
        ]
        page.on_return(events.on_return, asking, shown)
        for each in asked:
            each.then(remembered, [state, box], [state], queue=False, **PRIVATE)
        layout.input(events.on_layout, [layout, *asking], shown, preprocess=False, **STREAM)
        drawn.axes(events.on_axes, asking, shown, **STREAM)
        drawn.retry(events.on_retry, asking, shown, **STREAM)
        drawn.cancel(events.on_cancel, None, None, **QUICK)
        for switched in page.switched:
            switched.success(events.on_switch, asking, shown, **STREAM)
        drawn.pick(events.on_pick, asking, [chosen, drawn], **QUICK)
        drawn.lasso(events.on_lasso, [state], [selection], **QUICK)
        page.ask(drawn.search, "search", question_about)
        page.ask(drawn.arithmetic, "arithmetic", question_about)

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (Endpoint(self.events.map_points, POINTS),)


def layouts() -> gr.Radio:
    choices = [(title, name) for name, title in CHOICES.items()]
    return gr.Radio(
        choices, value=DEFAULT_LAYOUT, label="Layout", show_label=False, container=False, scale=1, elem_id="map-layout"
    )


def map_of_points() -> gr.HTML:
    """The map: its value is where its points are, its marks the query; its script tells what is clicked on the tab."""
    return gr.HTML(
        "",
        marks="",
        address="",
        answer=0,
        near="",
        html_template=map_view.template(),
        head=map_view.head(),
        js_on_load=scripts.OPEN,
        apply_default_css=False,
        elem_id="map",
    )


def part(value: str, name: str, template: str = "${value}") -> gr.HTML:
    """HTML whose buttons the map's script listens to."""
    return gr.HTML(value, html_template=template, js_on_load=None, apply_default_css=False, elem_id=name)
