"""The Compare tab: two models on the collection, figure by figure and query by query. Only components and wires."""

from __future__ import annotations

import gradio as gr

from ..shared.components import STREAM, browsing
from ..shared.endpoints import CAPTION, NOTE, NUMBER, PICTURE, TEXT, WHOLE, Schema, many, one
from ..shared.view import Endpoint, Parts, View
from .handlers import ID, CompareEvents
from .render import Seen

_RATED = {"percentile": NUMBER, "rank_in_other": WHOLE, "shared": {"type": "boolean"}}


def _rated(hit: Schema) -> Schema:
    return one(**hit["properties"], **_RATED)


_MODEL = one(model=TEXT, images=many(_rated(PICTURE)), captions=many(_rated(CAPTION)), problem=TEXT)


class Compare(View):
    """Two models on the collection, figure by figure and query by query; nothing is compared before it is opened."""

    id, title = ID, "Compare"

    def build(self, page: Parts) -> None:
        self.events = events = CompareEvents(page.collections)
        seen = gr.State(Seen())
        given = [seen, page.state]
        view = browsing("", "compare")
        page.tab.select(events.on_open, given, [seen, view], **STREAM)
        page.on_return(events.on_return, given, [seen, view])
        for event in (view.select, view.submit):
            event(events.on_choice, given, [seen, view], **STREAM)
        for switched in page.switched:
            switched.success(events.on_switch, given, [seen, view], **STREAM)

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (Endpoint(self.events.compare, one(query=TEXT, models=many(_MODEL), shared=WHOLE, **NOTE)),)
