"""What happens on the Arithmetic tab: from an event to what its components show next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import astuple, dataclass, replace
from typing import Any

import gradio as gr

from vse.data import Collection
from vse.errors import QueryError, VSEError
from vse.io.paths import DEFAULT_WAY
from vse.modalities import SPEECH
from vse.search.query import UPLOAD, read
from vse.search.query import describe as in_words

from ..shared import address as state
from ..shared import render as view
from ..shared.address import Page
from ..shared.answer_render import answers_html, link_to
from ..shared.answering import answer, checked, path_of_upload, problem_of, reading
from ..shared.answers import Answer
from ..shared.ask_models import ask_each
from ..shared.collections import Collections
from ..shared.endpoints import note_json, pictures_json
from ..shared.errors import reporting
from ..shared.explain import explained
from ..shared.latest import Turns
from ..shared.models import VSE, Service
from ..shared.opened import page_json
from ..shared.question import (
    WITH_UPLOAD,
    Question,
    after_click,
    check_flag,
    check_k,
    is_sum,
    picture_of,
    query_or_none,
    with_recipe,
)
from . import render as arithmetic_view
from .fields import Fields, fields_of, query_of, starting_from, with_word

ID = "arithmetic"
FIRST_K = 6
MOST_WRITTEN = 8  # sentences of a point
UNSEEN = "unseen"  # in place of a question: the example, which nobody has looked at
_FIELDS = len(astuple(Fields()))


class ArithmeticEvents:
    """The tab's handlers around the collections.

    Most take the query, the five fields, k, the way, whether to keep operands, the upload, the path of what was said
    last, and the shared page, as components give them, and return the query, the five fields, k, the problem and the
    answer, as components show them.
    """

    def __init__(self, collections: Collections) -> None:
        self.collections = collections
        self.turns = Turns()

    def run(
        self,
        service: Service,
        ask: Question,
        page: Page,
        fields: Fields | None = None,
        typed: bool = False,
        link: bool | None = True,
    ) -> tuple[Any, ...]:
        """Everything that shows a query and its answer.

        `fields` are those that spelt the query, where they did; `typed` leaves the query's box as it is.
        """
        loadings = service.loadings(page)
        found = explained(loadings, ask_each(loadings, ask))
        query = next((each.query for each in found if each.query is not None), None)
        if fields is None and query is not None:
            fields = fields_of(query) or Fields()
        box = gr.skip() if typed else ask.text
        values = [gr.skip()] * _FIELDS if fields is None else astuple(fields)
        return box, *values, ask.k, *shown(found, service.collection, link)

    def run_fields(self, fields: Fields, given: Given) -> tuple[Any, ...]:
        """The answer to the query that the fields spell."""
        try:
            query = query_of(fields)
        except VSEError as error:
            return self._refused(error, given.ask)
        return self.run(given.service, replace(given.ask, text=str(query or "")), given.page, fields)

    def _from_picture(self, picture: str, given: Given) -> tuple[Any, ...]:
        """The answer to the sum begun with a picture; to that of the box where the fields say nothing."""
        query = query_or_none(given.ask.text) if given.fields == Fields() else None
        if query is None:
            return self.run_fields(replace(given.fields, picture=picture), given)
        if fields := fields_of(query):
            return self.run_fields(replace(fields, picture=picture), given)
        return self.run(given.service, replace(given.ask, text=str(starting_from(query, picture))), given.page)

    def _refused(self, error: VSEError, ask: Question) -> tuple[Any, ...]:
        """What cannot even be written as a query leaves the box and the fields alone."""
        return gr.skip(), *[gr.skip()] * _FIELDS, ask.k, refused(error), arithmetic_view.no_answer("")

    @reporting
    def on_typing(self, *fields: Any) -> tuple[str, str]:
        """The query that the fields spell, not answered yet, and what is wrong with it."""
        try:
            return str(query_of(Fields(*fields)) or ""), ""
        except VSEError as error:
            return gr.skip(), refused(error)

    @reporting
    def on_query(self, request: gr.Request, *values: Any) -> tuple[Any, ...]:
        given = self._given(request, values)
        return self.run(given.service, given.ask, given.page, typed=True)

    @reporting
    def on_fields(self, request: gr.Request, *values: Any) -> tuple[Any, ...]:
        given = self._given(request, values)
        return self.run_fields(given.fields, given)

    @reporting
    def on_click(self, event: gr.EventData, request: gr.Request, *values: Any) -> tuple[Any, ...]:
        """A click on words runs them as a query, one on a picture puts it into the sum."""
        given = self._given(request, values)
        after = after_click(event._data, given.ask)
        picture, is_same = picture_of(query_or_none(after.text)), after.text == given.ask.text
        if picture is not None and not is_same:
            return self._from_picture(picture.id, given)
        return self.run(given.service, after, given.page, typed=is_same)

    @reporting
    def on_asked(self, question: Question, request: gr.Request, *values: Any) -> tuple[Any, ...]:
        """Another view asks: a sum as it is; a picture becomes the one that the sum starts from, words are added."""
        given = self._given(request, values)
        query = query_or_none(question.text)
        picture = picture_of(query)
        if picture is not None:
            return self._from_picture(picture.id, given)
        text = question.text if query is None or is_sum(question.text) else with_word(given.ask.text, query)
        return self.run(given.service, replace(given.ask, text=text), given.page)

    @reporting
    def on_spoken(self, event: gr.EventData, request: gr.Request, *values: Any) -> tuple[Any, ...]:
        """The sum starts from what was said, which is given, too."""
        speech, given = path_of_upload(event._data), self._given(request, values)
        given = replace(given, ask=replace(given.ask, speech=speech))
        return *self.run_fields(replace(given.fields, picture=SPEECH), given), speech

    @reporting
    def on_score(self, event: gr.EventData, request: gr.Request, *values: Any) -> str:
        """What one of the answers' scores is made of."""
        ask, page = self._asked(values), values[-1]
        return page_json(self.collections.of(page, request).loadings(page), ask, event._data)

    @reporting
    def on_upload(self, request: gr.Request, *values: Any) -> tuple[Any, ...]:
        """The visitor's picture becomes the one that the sum starts from; taking it away changes nothing yet."""
        if values[-3] is None:
            return (gr.skip(),) * (_FIELDS + 4)
        given = self._given(request, values)
        return self.run_fields(replace(given.fields, picture=UPLOAD), given)

    @reporting
    def on_switch(self, request: gr.Request, *values: Any) -> Iterator[tuple[Any, ...]]:
        """The same query to other models; the page's address keeps what it says."""
        yield from self._follow(self._given(request, values), request, link=None)

    @reporting
    def on_open(self, request: gr.Request, *values: Any) -> Iterator[tuple[Any, ...]]:
        """The answer to the example, when the tab first comes to the front; what was asked by then stays."""
        if self.turns.asked(request.session_hash, UNSEEN) != UNSEEN:
            yield (gr.skip(),) * (_FIELDS + 4)
            return
        given = self._given(request, values)
        example = given.ask.text or str(given.service.examples[0].query)
        yield from self._follow(replace(given, ask=replace(given.ask, text=example)), request, link=False)

    def _follow(self, given: Given, request: gr.Request, link: bool | None) -> Iterator[tuple[Any, ...]]:
        """The answer to what the box says; until it can be given, how far loading is."""
        while status := self.collections.loading(given.page, request):
            if self.turns.is_over(request.session_hash, given.turn):
                return
            yield *[gr.skip()] * (_FIELDS + 3), view.waiting(status, given.ask.k)
        if not self.turns.is_over(request.session_hash, given.turn):
            yield self.run(self.collections.of(given.page, request), given.ask, given.page, typed=True, link=link)

    @reporting
    def on_indexed(self, page: Page, request: gr.Request) -> tuple[str, str]:
        """What to begin with, of the photographs that are there by now."""
        service = self.collections.of(page, request)
        return arithmetic_view.sources(service.collection), arithmetic_view.starters(service)

    @reporting
    def on_load(self, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """The query of the page's address where it is a sum or the address names this tab, else the first example.

        An example is not answered before somebody looks at it, see `on_open`.
        """
        page = self.collections.page(request)
        service = self.collections.of(page, request)
        asked = bool(page.query) and (page.tab == ID or is_sum(page.query))
        question = Question(str(service.examples[0].query), FIRST_K)
        if asked:
            question = state.question_of(request.query_params, question)
        is_seen = asked or page.tab == ID
        turn = self.turns.take(request.session_hash, question if is_seen else UNSEEN)
        options = [gr.skip()] * 5  # the way, the pictures of the query, the upload, what to begin with: told once
        # The query is there before its answer, as the switch may ask other models for it.
        way = gr.update(choices=arithmetic_view.ways(service.collection), value=question.way)
        begin = arithmetic_view.sources(service.collection), arithmetic_view.starters(service)
        yield question.text, *[gr.skip()] * (_FIELDS + 3), way, question.keep_operands, None, *begin
        if not is_seen:
            return
        while status := self.collections.loading(page, request):
            if self.turns.is_over(request.session_hash, turn):
                return
            yield *[gr.skip()] * (_FIELDS + 3), view.waiting(status, question.k), *options
        if self.turns.is_over(request.session_hash, turn):
            return
        yield *self.run(self.collections.of(page, request), question, page, link=asked), *options

    @reporting
    def arithmetic(
        self,
        query: str,
        picture: Any = None,
        k: int = 10,
        way: str = DEFAULT_WAY,
        keep_operands: bool = False,
        model: str = VSE,
    ) -> dict[str, Any]:
        """Find the k pictures nearest to a sum of pictures and words, such as [scene-0042] - dog + 1.5*"a black cat".

        Args:
            query: the sum: [id] is a picture of the collection, [recipe id] its recipe, [upload] the picture given, and
                a recipe stands in brackets with a ⏎ between its lines; all else are words
            picture: the file that [upload] in the query stands for; leave it out otherwise
            k: how many pictures, from 1 to 48
            way: how the sum is done: plain, sentence, frames, captions, centred, rejected, described, or auto for what
                suits the collection
            keep_operands: whether pictures of the query may be among the answers
            model: who answers: vse, clip, or the name of a model that the page offers

        Returns:
            {"query", "description", "answers", "note", "instead"}: the query as this app writes it, the same as a
            sentence, and pictures, a note and a sum as those of search_text.
        """
        upload = "" if picture is None else path_of_upload(picture)
        question = Question(query, k, way, check_flag("keep_operands", keep_operands), upload)
        searcher = self.collections.named(model).searcher
        found = checked(answer(searcher, question))
        return {
            "query": str(found.query),
            "description": in_words(found.query) if found.query else "",
            "answers": pictures_json(found, searcher.collection),
            **note_json(found.negation),
        }

    @reporting
    def describe(
        self,
        query: str = WITH_UPLOAD,
        picture: Any = None,
        length: str = "medium",
        k: int = 3,
        way: str = DEFAULT_WAY,
        model: str = VSE,
    ) -> dict[str, Any]:
        """Write what a picture shows, or what a sum of pictures and words arrives at, in a sentence.

        Args:
            query: [upload], the picture given; [id], a picture of the collection; words; or a sum of them
            picture: the file that [upload] in the query stands for; leave it out otherwise
            length: short, medium or long
            k: how many sentences, from 1 to 8, the best first
            way: how a sum is done, as for arithmetic
            model: who writes: vse, or the name of a model that the page offers and that has learnt to write

        Returns:
            {"query", "captions"}: the query as this app writes it, and {"text", "score"} for each sentence; score is
            the cosine of the point and what the sentence says, when the model reads it.
        """
        parsed, upload = read(query), None if picture is None else path_of_upload(picture)
        if check_k(k) > MOST_WRITTEN:
            raise QueryError(f"The number of sentences came as {k!r}: give a whole number from 1 to {MOST_WRITTEN}.")
        with reading(upload) if upload else nullcontext():
            searcher = self.collections.named(model).searcher
            found = searcher.describe(parsed, int(k), length, upload, way)
        return {
            "query": str(parsed),
            "captions": [{"text": each.text, "score": round(each.score, 4)} for each in found],
        }

    def _given(self, request: gr.Request, values: tuple[Any, ...]) -> Given:
        ask, page = self._asked(values), values[-1]
        turn = self.turns.take(request.session_hash, ask)
        return Given(ask, Fields(*values[1 : 1 + _FIELDS]), page, turn, self.collections.of(page, request))

    def _asked(self, values: tuple[Any, ...]) -> Question:
        k, way, keep_operands, upload, speech, page = values[1 + _FIELDS :]
        path = path_of_upload(upload) if upload else ""
        return Question(with_recipe(values[0], page.query), k, way, bool(keep_operands), path, speech=speech)


@dataclass(frozen=True)
class Given:
    """What the tab's components say at an event."""

    ask: Question
    fields: Fields
    page: Page
    turn: int
    service: Service


def shown(found: Sequence[Answer], collection: Collection, link: bool | None) -> tuple[str, str]:
    """The problem, and the answer; a problem of one model among two is told beside the other's answer."""
    if any(not each.problem for each in found):
        return "", answers_html(found, collection, link, FIRST_K)
    address = None if link is None else link_to(found[0], FIRST_K) if link else ""
    return view.wrong_html(found[0]), arithmetic_view.no_answer(address)


def refused(error: VSEError) -> str:
    """What is wrong with the fields, to stand under the query's box."""
    problem, pointer = problem_of(error, "")
    return view.wrong_html(Answer(Question(""), problem=problem, pointer=pointer))
