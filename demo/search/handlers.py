"""What happens on the Search tab: from an event to what its components show next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from ..shared import address as state
from ..shared import render as view
from ..shared import side_by_side as sides_view
from ..shared.address import Mode, Page
from ..shared.answering import DEFAULT_K, path_of_upload, query_of_link, visit_after_click
from ..shared.answers import Query, Visit
from ..shared.ask_models import ask_each
from ..shared.errors import reporting
from ..shared.explain import explained
from ..shared.latest import Turns
from ..shared.models import Service
from ..shared.starters import first_query


class SearchEvents:
    """The tab's handlers around the shared service; what a visitor asks now travels as their `Visit`."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.first = Visit(first_query(service.collection), DEFAULT_K)
        self.turns = Turns()

    def show(self, visit: Visit, mode: Mode, link: bool = True) -> tuple[Visit, str]:
        """What is asked, to be remembered, and the answer as HTML."""
        loadings = self.service.loadings(mode)
        answers = explained(loadings, ask_each(loadings, visit))
        return visit, sides_view.answers_html(answers, self.service.collection, visit.k, link)

    @reporting
    def on_words(self, words: str, visit: Visit, page: Page, request: gr.Request) -> tuple[Any, ...]:
        after = replace(visit, query=Query("words", words))
        self.turns.take(request.session_hash, after)
        return None, *self.show(after, page.mode)

    @reporting
    def on_click(self, visit: Visit, page: Page, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        after = visit_after_click(event._data, visit)
        self.turns.take(request.session_hash, after)
        if after.query == visit.query:
            return gr.skip(), gr.skip(), *self.show(after, page.mode)
        return words_of(after.query), None, *self.show(after, page.mode)

    @reporting
    def on_picture(self, payload: Any, visit: Visit, page: Page, request: gr.Request) -> tuple[Any, ...]:
        if payload is None:  # the picture was taken away, its answer may stay
            return gr.skip(), gr.skip(), gr.skip()
        after = replace(visit, query=Query("upload", path_of_upload(payload)))
        self.turns.take(request.session_hash, after)
        return "", *self.show(after, page.mode)

    @reporting
    def on_switch(self, visit: Visit, page: Page, request: gr.Request) -> Iterator[str]:
        """The same question to other models; the page's address keeps what it says.

        A question whose answer is still on its way is newer than `visit`.
        """
        visit = self.turns.asked(request.session_hash, visit)
        turn, mode = self.turns.take(request.session_hash), page.mode
        while not self.service.start(mode).is_ready(0.5, mode):
            if self.turns.is_over(request.session_hash, turn):
                return
            yield view.waiting(self.service.status(mode), visit.k)
        _, shown = self.show(visit, mode, link=False)
        if not self.turns.is_over(request.session_hash, turn):
            yield shown

    @reporting
    def on_load(self, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """What the page's address asks for, else the first of the starters; until then, how far loading is."""
        asked = query_of_link(request.query_params)
        visit = replace(self.first, query=asked or self.first.query)
        mode = self.service.mode(state.read(request.query_params).mode)
        turn = self.turns.take(request.session_hash, visit)
        yield gr.skip(), visit, gr.skip()  # before its answer, as the switch may ask other models for it
        while not self.service.start(mode).is_ready(0.5, mode):
            if self.turns.is_over(request.session_hash, turn):
                return
            yield gr.skip(), gr.skip(), view.waiting(self.service.status(mode), DEFAULT_K)
        if self.turns.is_over(request.session_hash, turn):
            return
        yield words_of(visit.query), *self.show(visit, mode, link=asked is not None)


def words_of(query: Query) -> str:
    """What stands in the words' box beside the answer to a query."""
    return query.value if query.kind == "words" else ""


def remembered(page: Page, visit: Visit) -> Page:
    """The shared state after a question on this tab."""
    return replace(page, query=view.page_asking(visit.query).query, selection=view.page_asking(visit.query).selection)
