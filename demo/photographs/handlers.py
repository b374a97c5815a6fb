"""What happens on the Photographs tab: from an event to what its components show next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from vse.errors import CollectionError, QueryError

from ..shared import links
from ..shared.answering import DEFAULT_K, path_of_upload, query_of_link, visit_after_click
from ..shared.answers import Query, Visit
from ..shared.errors import reporting
from ..shared.latest import Turns
from . import render as photos_view
from .compute import BROWSE, ask
from .index_job import Run
from .open_folder import NOT_HERE, NOT_YOURS, Desk

TAB = "photographs"
BUSY, IDLE = 1.0, 5.0  # seconds between two looks at the index
SHOWN = ("told", "timer", "empty", "progress", "controls", "unreadable", "asking", "answer")


@dataclass(frozen=True)
class Told:
    """What a page was told of the index, so that only what is new is sent.

    run: the number of the run it was told of. answered: how many photographs the answer was sought among.
    """

    run: int = -1
    phase: str = ""
    skipped: int = 0
    answered: int = -1


def showing(**given: Any) -> tuple[Any, ...]:
    """A value for each of SHOWN; what is not given stays."""
    return tuple(given.get(name, gr.skip()) for name in SHOWN)


class PhotoEvents:
    """The tab's handlers around the shared desk; what a visitor asks now travels as their `Visit`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.first = Visit(BROWSE, DEFAULT_K)
        self.turns = Turns()

    @reporting
    def on_load(self, request: gr.Request) -> tuple[Any, ...]:
        """A fresh page: the tabs, the folder's field where it may be used, and everything of SHOWN."""
        tabs, run = gr.skip(), self.desk.run_for(request.headers)
        if run is not None and query_of_link(request.query_params):
            tabs = gr.Tabs(selected="search")
        elif run is not None and not links.asked(request.query_params):
            tabs = gr.Tabs(selected=TAB)
        may_choose = self.desk.may_choose(request.headers)
        return tabs, gr.update(visible=may_choose), *self.news(run, Told(), self.first, may_choose)

    @reporting
    def on_tick(self, told: Told, visit: Visit, request: gr.Request) -> tuple[Any, ...]:
        return self.news(self.desk.run_for(request.headers), told, visit, self.desk.may_choose(request.headers))

    def news(self, run: Run | None, told: Told, visit: Visit, may_choose: bool) -> tuple[Any, ...]:
        """What has changed since a page was told last; the answer too, where there is more to answer with."""
        if run is None:
            if told.phase == "none":
                return showing()
            empty, timer = photos_view.empty_html(may_choose), gr.Timer(IDLE, active=True)
            return showing(told=Told(phase="none"), empty=empty, timer=timer)
        status, fresh = run.status, told.run != run.number
        now = Told(run.number, status.phase, len(status.skipped), told.answered)
        given: dict[str, Any] = {"progress": photos_view.progress_html(run, self.desk.name, may_choose)}
        if fresh or now.phase != told.phase:
            given["controls"] = photos_view.controls_html(status) if may_choose else ""
            given["timer"] = gr.Timer(BUSY if status.is_working else IDLE, active=True)
        if fresh or now.skipped != told.skipped:
            given["unreadable"] = photos_view.unreadable_html(status.skipped)
        if fresh:
            given |= {"empty": "", "asking": gr.update(visible=True)}
        if self._has_more(run, now, told, visit, fresh):
            given["answer"] = photos_view.found_html(ask(run, visit.query, visit.k), visit.k)
            now = replace(now, answered=status.searchable)
        return showing(told=now, **given)

    def _has_more(self, run: Run, now: Told, told: Told, visit: Visit, fresh: bool) -> bool:
        """Whether the answer on the page is to be sought again.

        That is so for a fresh page; once indexing has ended; and while so few are there that they fill no page.
        """
        status = run.status
        if status.phase in ("looking", "loading"):
            return fresh
        if fresh or (now.phase != told.phase and not status.is_working):
            return fresh or status.searchable != told.answered
        return status.searchable != told.answered and told.answered < visit.k

    def show(self, visit: Visit, request: gr.Request) -> tuple[Visit, str]:
        """What is asked, to be remembered, and the answer."""
        found = ask(self.desk.opened(request.headers), visit.query, visit.k)
        return visit, photos_view.found_html(found, visit.k)

    @reporting
    def on_words(self, words: Any, visit: Visit, request: gr.Request) -> tuple[Any, ...]:
        return None, *self.show(replace(visit, query=Query("words", words if isinstance(words, str) else "")), request)

    @reporting
    def on_click(self, visit: Visit, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        after = visit_after_click(event._data, visit)
        if after.query == visit.query:
            return gr.skip(), gr.skip(), *self.show(after, request)
        return after.query.value if after.query.kind == "words" else "", None, *self.show(after, request)

    @reporting
    def on_picture(self, payload: Any, visit: Visit, request: gr.Request) -> tuple[Any, ...]:
        if payload is None:  # the picture was taken away, its answer may stay
            return gr.skip(), gr.skip(), gr.skip()
        return "", *self.show(replace(visit, query=Query("upload", path_of_upload(payload))), request)

    @reporting
    def on_control(self, told: Told, visit: Visit, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """One of the index's buttons; another page may have pressed it before."""
        wish = event._data.get("kind") if isinstance(event._data, Mapping) else None
        if not self.desk.may_choose(request.headers):
            raise CollectionError(NOT_YOURS)
        run = self.desk.opened()
        if wish == "cancel":
            if not run.status.is_working:
                raise QueryError("Indexing had ended already, or was cancelled in another window.")
            run.cancel()
        elif wish in ("resume", "again", "retry"):
            run.start()
        else:
            raise QueryError("The click named nothing that can be done: reload the page and try again.")
        return self.news(run, told, visit, True)

    @reporting
    def on_folder(self, path: Any, told: Told, visit: Visit, request: gr.Request) -> tuple[Any, ...]:
        """A folder that somebody at this machine names; the question is put away with the folder before."""
        if not self.desk.may_choose(request.headers):
            raise CollectionError(NOT_HERE)
        self.desk.open(path if isinstance(path, str) else "")
        closed = gr.Accordion("Another folder", open=False)
        return closed, "", self.first, "", None, *self.news(self.desk.run, Told(), self.first, True)

    @reporting
    def search_photos(self, request: gr.Request, query: str, k: int = DEFAULT_K) -> list[dict[str, Any]]:
        """Find the k photographs of the open folder nearest to words or to a sum, of those that are indexed by now.

        Args:
            query: what the photographs should show, or a sum such as [day 2/beach.jpg] - dog + cat
            k: how many, from 1 to 48

        Returns:
            a list of {"id", "score", "rank", "image"}: id is the path in the folder; score is the cosine, from -1 to 1;
            rank counts from 1; image is where a small copy is served, relative to the address of this app.
        """
        found = ask(self.desk.opened(request.headers), Query("words", query), k)
        if found.problem:
            raise QueryError(found.problem)
        return [photos_view.photo_json(photo) for photo in found.photos]
