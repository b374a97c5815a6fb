"""What happens on the Photographs tab: from an event to what its components show next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from vse.errors import CollectionError, QueryError

from ..shared.address import COUNT, FIT, LONGEST, TAB, encoded, fit_of, fit_text, number_of, text_of
from ..shared.answering import checked, path_of_upload
from ..shared.endpoints import note_json
from ..shared.errors import reporting
from ..shared.question import (
    CHOICES,
    DEFAULT_K,
    WITH_UPLOAD,
    Question,
    after_click,
    picture_of,
    picture_query,
    query_or_none,
    with_text,
)
from ..shared.render import declaring
from . import render as photos_view
from .compute import ask
from .index_job import Run
from .open_folder import NOT_HERE, NOT_YOURS, OpenFolder

ID, QUERY = "photographs", "photos"  # in the page's address
BUSY, IDLE = 1.0, 5.0  # seconds between two looks at the index
SHOWN = ("told", "timer", "empty", "progress", "controls", "unreadable", "asking", "answer")


@dataclass(frozen=True)
class IndexSeen:
    """What a page was told of the index, so that only what is new is sent.

    run: the number of the run it was told of. left_out: how many files and folders are left out. answered: how many
    photographs the answer was sought among.
    """

    run: int = -1
    phase: str = ""
    left_out: int = 0
    answered: int = -1


def showing(**given: Any) -> tuple[Any, ...]:
    """A value for each of SHOWN; what is not given stays."""
    return tuple(given.get(name, gr.skip()) for name in SHOWN)


class PhotoEvents:
    """The handlers around the folder that all visitors share; what a visitor asks travels as their `Question`."""

    def __init__(self, open_folder: OpenFolder) -> None:
        self.open_folder = open_folder
        self.first = Question("")

    @reporting
    def on_load(self, request: gr.Request) -> tuple[Any, ...]:
        """A fresh page: the words, what is asked, the folder's field where it may be used, and everything of SHOWN."""
        may_choose, asked = self.open_folder.may_choose(request.headers), self.asked_at(request.query_params)
        return (
            words_of(asked),
            asked,
            gr.update(visible=may_choose),
            *self.news(self.open_folder.run_for(request.headers), IndexSeen(), asked, may_choose),
        )

    @reporting
    def on_return(self, request: gr.Request) -> tuple[Any, ...]:
        """After a step back or forward, to this view or another: the words, the picture, what is asked, the answer."""
        if request.query_params.get(TAB) != ID or self.open_folder.run_for(request.headers) is None:
            return (gr.skip(),) * 4
        asked = self.asked_at(request.query_params)
        return words_of(asked), None, *self.show(asked, request)

    def asked_at(self, parameters: Mapping[str, str]) -> Question:
        """What an address asks of the photographs; it never names their folder."""
        k = number_of(parameters, COUNT, 0, CHOICES[-1]) if parameters.get(TAB) == ID else 0
        fit = fit_of(parameters, self.first.min_fit)
        return replace(self.first, text=text_of(parameters, QUERY), k=k or self.first.k, min_fit=fit)

    @reporting
    def on_tick(self, told: IndexSeen, asked: Question, request: gr.Request) -> tuple[Any, ...]:
        return self.news(
            self.open_folder.run_for(request.headers), told, asked, self.open_folder.may_choose(request.headers)
        )

    def news(self, run: Run | None, told: IndexSeen, asked: Question, may_choose: bool) -> tuple[Any, ...]:
        """What has changed since a page was told last; the answer too, where there is more to answer with."""
        if run is None:
            if told.phase == "none":
                return showing()
            empty, timer = photos_view.empty_html(may_choose), gr.Timer(IDLE, active=True)
            return showing(told=IndexSeen(phase="none"), empty=empty, timer=timer)
        status, fresh = run.status, told.run != run.number
        now = IndexSeen(run.number, status.phase, len(status.skipped) + len(status.passed_over), told.answered)
        given: dict[str, Any] = {"progress": photos_view.progress_html(run, self.open_folder.name, may_choose)}
        if fresh or now.phase != told.phase:
            given["controls"] = photos_view.controls_html(status) if may_choose else ""
            given["timer"] = gr.Timer(BUSY if status.is_working else IDLE, active=True)
        if fresh or now.left_out != told.left_out:
            given["unreadable"] = photos_view.left_out_html(status)
        if fresh:
            given |= {"empty": "", "asking": gr.update(visible=True)}
        if self._has_more(run, now, told, asked, fresh):
            given["answer"] = answer_html(run, asked)
            now = replace(now, answered=status.searchable)
        return showing(told=now, **given)

    def _has_more(self, run: Run, now: IndexSeen, told: IndexSeen, asked: Question, fresh: bool) -> bool:
        """Whether the answer on the page is to be sought again.

        That is so for a fresh page; once indexing has ended; and while so few are there that they fill no page.
        """
        status = run.status
        if status.phase in ("looking", "loading"):
            return fresh
        if fresh or (now.phase != told.phase and not status.is_working):
            return fresh or status.searchable != told.answered
        return status.searchable != told.answered and told.answered < asked.k

    def show(self, asked: Question, request: gr.Request) -> tuple[Question, str]:
        """What is asked, to be remembered, and the answer."""
        return asked, answer_html(self.open_folder.opened(request.headers), asked)

    @reporting
    def on_words(self, words: Any, asked: Question, request: gr.Request) -> tuple[Any, ...]:
        after = with_text(asked, words if isinstance(words, str) else "")
        return gr.skip() if after.upload else None, *self.show(after, request)

    @reporting
    def on_click(self, asked: Question, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        data = event._data
        if isinstance(data, Mapping) and data.get("kind") == "item" and isinstance(data.get("value"), str):
            # A browser knows a photograph by its key.
            data = {
                "kind": "words",
                "value": picture_query(self.open_folder.opened(request.headers).snapshot().path(data["value"])),
            }
        after = after_click(data, asked)
        if after.text == asked.text:
            return gr.skip(), gr.skip(), *self.show(after, request)
        return words_of(after), None, *self.show(after, request)

    @reporting
    def on_picture(self, payload: Any, asked: Question, request: gr.Request) -> tuple[Any, ...]:
        if payload is None:  # the picture was taken away, its answer may stay
            return gr.skip(), gr.skip(), gr.skip()
        return "", *self.show(replace(asked, text=WITH_UPLOAD, upload=path_of_upload(payload)), request)

    @reporting
    def on_control(self, told: IndexSeen, asked: Question, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """One of the index's buttons; another page may have pressed it before."""
        wish = event._data.get("kind") if isinstance(event._data, Mapping) else None
        if not self.open_folder.may_choose(request.headers):
            raise CollectionError(NOT_YOURS)
        run = self.open_folder.opened()
        if wish == "cancel":
            if not run.status.is_working:
                raise QueryError("Indexing had ended already, or was cancelled in another window.")
            run.cancel()
        elif wish in ("resume", "again", "retry"):
            run.start()
        else:
            raise QueryError("The click named nothing that can be done: reload the page and try again.")
        return self.news(run, told, asked, True)

    @reporting
    def on_folder(self, path: Any, told: IndexSeen, asked: Question, request: gr.Request) -> tuple[Any, ...]:
        """A folder that somebody at this machine names; the question is put away with the folder before."""
        if not self.open_folder.may_choose(request.headers):
            raise CollectionError(NOT_HERE)
        self.open_folder.open(path if isinstance(path, str) else "")
        closed = gr.Accordion("Another folder", open=False)
        return closed, "", self.first, "", None, *self.news(self.open_folder.run, IndexSeen(), self.first, True)

    @reporting
    def search_photos(self, request: gr.Request, query: str, k: int = DEFAULT_K) -> dict[str, Any]:
        """Find the k photographs of the open folder nearest to words or to a sum, of those that are indexed by now.

        Args:
            query: what the photographs should show, or a sum such as [day 2/beach.jpg] - dog + cat
            k: how many, from 1 to 48

        Returns:
            {"answers", "note", "instead"}. Each answer is {"id", "score", "fit", "rank", "image"}: id is the path in
            the folder; score is the cosine, from -1 to 1; fit, from 0 to 1, says how well it fits, where less than half
            is a weak match, and is null where that is not known; rank counts from 1; image is where a small copy is
            served, relative to the address of this app. Where the query negates, note says how it is read, for this
            space cannot negate, and instead is the sum to ask for; both are empty otherwise.
        """
        found = ask(self.open_folder.opened(request.headers), Question(query, k))
        checked(found.answer)
        return {"answers": photos_view.photos_json(found), **note_json(found.answer.negation)}


def words_of(asked: Question) -> str:
    """What stands in the words' box: the query, but for a photograph alone."""
    return "" if picture_of(query_or_none(asked.text)) else asked.text


def answer_html(run: Run, asked: Question) -> str:
    """The answer, with what the page's address says of it; nothing of one that rests on a visitor's own picture."""
    query = query_or_none(asked.text)
    text = "" if (query and query.needs_upload) or len(asked.text) > LONGEST else asked.text
    parameters = encoded(**{QUERY: text, COUNT: "" if asked.k == DEFAULT_K else asked.k, FIT: fit_text(asked)})
    return declaring(photos_view.found_html(ask(run, asked)), parameters)
