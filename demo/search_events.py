"""What happens on the Search tab: from an event to what its components show next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from demo import view
from demo.answers import Query, Visit
from demo.errors import reporting
from demo.handlers import DEFAULT_K, answer_or_problem, path_of_upload, query_of_link, visit_after_click
from demo.service import Service
from demo.starters import first_query


class SearchEvents:
    """The tab's handlers around the shared service; what a visitor asks now travels as their `Visit`."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.first = Visit(first_query(service.collection), DEFAULT_K)
        self.early: set[str] = set()

    def note(self, request: gr.Request) -> None:
        """Remember who asks while the model is loading: the page's first answer must not replace theirs."""
        if not self.service.is_ready() and request.session_hash:
            self.early.add(request.session_hash)

    def show(self, visit: Visit, link: bool = True) -> tuple[Visit, str]:
        """What is asked, to be remembered, and the answer as HTML."""
        answer = answer_or_problem(self.service.searcher(), visit)
        return visit, view.answer_html(answer, self.service.collection, visit.k, link)

    @reporting
    def on_words(self, words: str, visit: Visit, request: gr.Request) -> tuple[Any, ...]:
        self.note(request)
        return None, *self.show(replace(visit, query=Query("words", words)))

    @reporting
    def on_click(self, visit: Visit, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        self.note(request)
        after = visit_after_click(event._data, visit)
        if after.query == visit.query:
            return gr.skip(), gr.skip(), *self.show(after)
        return words_of(after.query), None, *self.show(after)

    @reporting
    def on_picture(self, payload: Any, visit: Visit, request: gr.Request) -> tuple[Any, ...]:
        if payload is None:  # the picture was taken away, its answer may stay
            return gr.skip(), gr.skip(), gr.skip()
        self.note(request)
        return "", *self.show(replace(visit, query=Query("upload", path_of_upload(payload))))

    @reporting
    def on_load(self, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """What the page's address asks for, else the first of the starters; until then, how far loading is."""
        while not self.service.start().is_ready(wait=0.5):
            yield gr.skip(), gr.skip(), view.waiting(self.service.status, DEFAULT_K)
        if request.session_hash in self.early:
            yield gr.skip(), gr.skip(), gr.skip()
            return
        asked = query_of_link(request.query_params)
        visit = replace(self.first, query=asked or self.first.query)
        yield words_of(visit.query), *self.show(visit, link=asked is not None)


def words_of(query: Query) -> str:
    """What stands in the words' box beside the answer to a query."""
    return query.value if query.kind == "words" else ""
