"""What happens on the Arithmetic tab: from an event to what its components show next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any

import gradio as gr

from vse.errors import VSEError
from vse.search.query import UPLOAD

from ..shared import address as state
from ..shared import links
from ..shared import render as view
from ..shared.address import Mode, Page
from ..shared.answering import path_of_upload, visit_after_click
from ..shared.answers import Query as Asked
from ..shared.answers import Visit
from ..shared.ask_models import compute_each
from ..shared.errors import reporting
from ..shared.explain import sums_explained
from ..shared.latest import Turns
from ..shared.models import Service
from . import render as arithmetic_view
from .compute import Ask, Fields, Problem, Sum, fields_of, problem_of, query_of
from .examples import examples

FIRST_K = 6
TAB = "arithmetic"
_FIELDS = len(astuple(Fields()))


class ArithmeticEvents:
    """The tab's handlers around the shared service.

    Most take the query, the five fields, k, the way, whether to keep operands, the upload, and the shared page, as
    components give them, and return the query, the five fields, k, the problem and the answer, as components show them.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.examples = examples(service.collection)
        self.turns = Turns()

    def run(
        self, ask: Ask, mode: Mode, fields: Fields | None = None, typed: bool = False, link: bool = True
    ) -> tuple[Any, ...]:
        """Everything that shows a query and its answer.

        `fields` are those that spelt the query, where they did; `typed` leaves the query's box as it is.
        """
        loadings = self.service.loadings(mode)
        found = sums_explained(loadings, compute_each(loadings, ask))
        query = next((each.query for each in found if each.query is not None), None)
        if fields is None and query is not None:
            fields = fields_of(query) or Fields()
        box = gr.skip() if typed else ask.text
        values = [gr.skip()] * _FIELDS if fields is None else astuple(fields)
        return box, *values, ask.k, *self._shown(found, link)

    def _shown(self, found: Sequence[Sum | Problem], link: bool) -> tuple[str, str]:
        """The problem, and the answer; a problem of one model among two is told beside the other's answer."""
        first = found[0]
        if any(isinstance(each, Sum) for each in found):
            return "", arithmetic_view.sums_html(found, self.service.collection, link)
        assert isinstance(first, Problem)
        return arithmetic_view.problem_html(first), arithmetic_view.no_answer(link)

    def run_fields(self, fields: Fields, ask: Ask, mode: Mode) -> tuple[Any, ...]:
        """The answer to the query that the fields spell."""
        try:
            query = query_of(fields)
        except VSEError as error:
            return self._refused(error, ask.k)
        return self.run(replace(ask, text=str(query or "")), mode, fields)

    def _refused(self, error: VSEError, k: int) -> tuple[Any, ...]:
        """What cannot even be written as a query leaves the box and the fields alone."""
        wrong = arithmetic_view.problem_html(problem_of(error, ""))
        return gr.skip(), *[gr.skip()] * _FIELDS, k, wrong, arithmetic_view.no_answer()

    @reporting
    def on_typing(self, *fields: Any) -> tuple[str, str]:
        """The query that the fields spell, not answered yet, and what is wrong with it."""
        try:
            return str(query_of(Fields(*fields)) or ""), ""
        except VSEError as error:
            return gr.skip(), arithmetic_view.problem_html(Problem(str(error)))

    @reporting
    def on_query(self, request: gr.Request, *values: Any) -> tuple[Any, ...]:
        given = self._given(request, values)
        return self.run(given.ask, given.page.mode, typed=True)

    @reporting
    def on_fields(self, request: gr.Request, *values: Any) -> tuple[Any, ...]:
        given = self._given(request, values)
        return self.run_fields(given.fields, given.ask, given.page.mode)

    @reporting
    def on_click(self, event: gr.EventData, request: gr.Request, *values: Any) -> tuple[Any, ...]:
        """A click on words runs them as a query, one on a picture puts it into the sum."""
        given = self._given(request, values)
        ask, mode = given.ask, given.page.mode
        now = Visit(Asked("words", ask.text), ask.k)
        after = visit_after_click(event._data, now)
        if after.query.kind == "item":
            return self.run_fields(replace(given.fields, picture=after.query.value), ask, mode)
        return self.run(replace(ask, text=after.query.value, k=after.k), mode, typed=after.query == now.query)

    @reporting
    def on_upload(self, request: gr.Request, *values: Any) -> tuple[Any, ...]:
        """The visitor's picture becomes the one that the sum starts from; taking it away changes nothing yet."""
        if values[-2] is None:
            return (gr.skip(),) * (_FIELDS + 4)
        given = self._given(request, values)
        return self.run_fields(replace(given.fields, picture=UPLOAD), given.ask, given.page.mode)

    @reporting
    def on_switch(self, request: gr.Request, *values: Any) -> Iterator[tuple[Any, ...]]:
        """The same query to other models; the page's address keeps what it says."""
        given = self._given(request, values)
        mode = given.page.mode
        while not self.service.start(mode).is_ready(0.5, mode):
            if self.turns.is_over(request.session_hash, given.turn):
                return
            yield *[gr.skip()] * (_FIELDS + 3), view.waiting(self.service.status(mode), given.ask.k)
        if not self.turns.is_over(request.session_hash, given.turn):
            yield self.run(given.ask, mode, typed=True, link=False)

    @reporting
    def on_load(self, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """The query of the page's address, else the first example.

        It opens this tab where it is no plain text and the address names no other.
        """
        query = links.asked(request.query_params)
        asked = bool(query) and links.plain_text(query) is None
        text = query if asked else str(self.examples[0].query)
        page = state.read(request.query_params)
        mode = self.service.mode(page.mode)
        turn = self.turns.take(request.session_hash)
        # The query is there before its answer, as the switch may ask other models for it.
        yield gr.Tabs(selected=TAB) if asked and not page.tab else gr.skip(), text, *[gr.skip()] * (_FIELDS + 3)
        while not self.service.start(mode).is_ready(0.5, mode):
            if self.turns.is_over(request.session_hash, turn):
                return
            waiting = view.waiting(self.service.status(mode), FIRST_K)
            yield gr.skip(), *[gr.skip()] * (_FIELDS + 3), waiting
        if self.turns.is_over(request.session_hash, turn):
            return
        yield gr.skip(), *self.run(Ask(text, FIRST_K), mode, link=asked)

    def _given(self, request: gr.Request, values: tuple[Any, ...]) -> Given:
        text, fields = values[0], values[1 : 1 + _FIELDS]
        k, way, keep_operands, upload, page = values[1 + _FIELDS :]
        turn = self.turns.take(request.session_hash)
        ask = Ask(text, k, way, bool(keep_operands), path_of_upload(upload) if upload else "")
        return Given(ask, Fields(*fields), page, turn)


@dataclass(frozen=True)
class Given:
    """What the tab's components say at an event."""

    ask: Ask
    fields: Fields
    page: Page
    turn: int


def remembered(page: Page, query: str) -> Page:
    """The shared state after a question on this tab."""
    return replace(page, query=query, selection="")
