"""What happens on the Arithmetic tab: from an event to what its components show next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, replace
from typing import Any

import gradio as gr

from demo import arithmetic_view, links, view
from demo.answers import Query as Asked
from demo.answers import Visit
from demo.arithmetic_examples import examples
from demo.arithmetic_handlers import (
    Ask,
    Fields,
    Problem,
    Sum,
    compute_or_problem,
    fields_of,
    problem_of,
    query_of,
)
from demo.errors import reporting
from demo.handlers import path_of_upload, visit_after_click
from demo.service import Service
from vse.errors import VSEError
from vse.query import UPLOAD

FIRST_K = 6
TAB = "arithmetic"
_FIELDS = len(astuple(Fields()))


class ArithmeticEvents:
    """The tab's handlers around the shared service.

    Most take the query, the five fields, k, the way, whether to keep operands, and the upload, as components give
    them, and return the query, the five fields, k, the problem and the answer, as components show them.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.examples = examples(service.collection)
        self.early: set[str] = set()

    def note(self, request: gr.Request) -> None:
        """Remember who asks while the model is loading: the page's first answer must not replace theirs."""
        if not self.service.is_ready() and request.session_hash:
            self.early.add(request.session_hash)

    def run(self, ask: Ask, fields: Fields | None = None, typed: bool = False, link: bool = True) -> tuple[Any, ...]:
        """Everything that shows a query and its answer.

        `fields` are those that spelt the query, where they did; `typed` leaves the query's box as it is.
        """
        found = compute_or_problem(self.service.searcher(), ask)
        if fields is None and found.query is not None:
            fields = fields_of(found.query) or Fields()
        box = gr.skip() if typed else ask.text
        values = [gr.skip()] * _FIELDS if fields is None else astuple(fields)
        if isinstance(found, Sum):
            shown = "", arithmetic_view.sum_html(found, self.service.collection, link)
        else:
            shown = arithmetic_view.problem_html(found), arithmetic_view.no_answer()
        return box, *values, ask.k, *shown

    def run_fields(self, fields: Fields, ask: Ask) -> tuple[Any, ...]:
        """The answer to the query that the fields spell."""
        try:
            query = query_of(fields)
        except VSEError as error:
            return self._refused(error, ask.k)
        return self.run(replace(ask, text=str(query or "")), fields)

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
        self.note(request)
        return self.run(_ask(values), typed=True)

    @reporting
    def on_fields(self, request: gr.Request, *values: Any) -> tuple[Any, ...]:
        self.note(request)
        return self.run_fields(_fields(values), _ask(values))

    @reporting
    def on_click(self, event: gr.EventData, request: gr.Request, *values: Any) -> tuple[Any, ...]:
        """A click on words runs them as a query, one on a picture puts it into the sum."""
        self.note(request)
        ask = _ask(values)
        now = Visit(Asked("words", ask.text), ask.k)
        after = visit_after_click(event._data, now)
        if after.query.kind == "item":
            return self.run_fields(replace(_fields(values), picture=after.query.value), ask)
        return self.run(replace(ask, text=after.query.value, k=after.k), typed=after.query == now.query)

    @reporting
    def on_upload(self, request: gr.Request, *values: Any) -> tuple[Any, ...]:
        """The visitor's picture becomes the one that the sum starts from; taking it away changes nothing yet."""
        if values[-1] is None:
            return (gr.skip(),) * (_FIELDS + 4)
        self.note(request)
        return self.run_fields(replace(_fields(values), picture=UPLOAD), _ask(values))

    @reporting
    def on_load(self, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """The query of the page's address, which opens this tab where it is no plain text, else the first example."""
        query = links.asked(request.query_params)
        asked = bool(query) and links.plain_text(query) is None
        yield gr.Tabs(selected=TAB) if asked else gr.skip(), *[gr.skip()] * (_FIELDS + 4)
        while not self.service.start().is_ready(wait=0.5):
            waiting = view.waiting(self.service.status, FIRST_K)
            yield gr.skip(), *[gr.skip()] * (_FIELDS + 3), waiting
        if request.session_hash in self.early:
            return
        text = query if asked else str(self.examples[0].query)
        yield gr.skip(), *self.run(Ask(text, FIRST_K), link=asked)


def _fields(values: tuple[Any, ...]) -> Fields:
    return Fields(*values[1 : 1 + _FIELDS])


def _ask(values: tuple[Any, ...]) -> Ask:
    text, k, way, keep_operands, upload = values[0], *values[1 + _FIELDS :]
    return Ask(text, k, way, bool(keep_operands), path_of_upload(upload) if upload else "")
