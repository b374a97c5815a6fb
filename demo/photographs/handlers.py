"""What happens where the collection is chosen: from an event to what its components show next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from vse.errors import CollectionError, QueryError

from ..shared.address import FOLDER, Page
from ..shared.answering import answer, checked
from ..shared.collections import Collections
from ..shared.endpoints import fit_json, note_json, score_json
from ..shared.errors import reporting
from ..shared.pictures import address
from ..shared.question import CHOICES, DEFAULT_K, Question
from . import render as photos_view
from .getting import Getting
from .index_job import Run
from .open_folder import NOT_HERE, NOT_YOURS, OpenFolder
from .several import Several

BUSY, IDLE = 1.0, 5.0  # seconds between two looks at the index
_STEP = 0.4  # seconds between two looks at what is fetched
SHOWN = ("told", "timer", "choice", "progress", "controls", "unreadable", "getting")


@dataclass(frozen=True)
class IndexSeen:
    """What a page was told of the index, so that only what is new is sent.

    run: the number of the run it was told of. left_out: how many files and folders are left out. answered: how many
    photographs its answers are to be sought among, and ended: whether these are all.
    """

    run: int = -1
    phase: str = ""
    left_out: int = 0
    answered: int = -1
    ended: bool = False

    @property
    def grown(self) -> str:
        """Another text whenever what was asked is to be asked again."""
        return f"{self.run} {self.answered} {self.ended}"


def showing(**given: Any) -> tuple[Any, ...]:
    """A value for each of SHOWN; what is not given stays."""
    return tuple(given.get(name, gr.skip()) for name in SHOWN)


class IndexEvents:
    """The handlers around the collections, and the folder that all visitors share."""

    def __init__(self, collections: Collections, open_folder: OpenFolder) -> None:
        self.collections, self.open_folder = collections, open_folder

    @reporting
    def on_load(self, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """A fresh page: what can be chosen, and how far the index of its folder is. The views ask by themselves."""
        chosen = self.collections.chosen(request)
        choice = photos_view.choice_html(self.collections, self.open_folder, chosen, request)
        told, timer, _, *rest = self.news(Page(collection=chosen), IndexSeen(), request)
        yield told, timer, choice, *rest
        getting = self.open_folder.getting
        if getting.is_working and self.open_folder.may_choose(request.headers):
            for shown in self._follow(getting):
                yield showing(getting=shown)

    @reporting
    def on_tick(self, told: IndexSeen, page: Page, request: gr.Request) -> tuple[Any, ...]:
        return self.news(page, told, request)

    def news(self, page: Page, told: IndexSeen, request: gr.Request) -> tuple[Any, ...]:
        """What has changed since a page was told last; where `grown` has changed it asks again, see progress.js."""
        is_folder = (
            page.collection == FOLDER or told.run >= 0
        )  # what the page shows may still be on its way to its state
        run = self.open_folder.run_for(request.headers) if is_folder else None
        if run is None:
            return showing(timer=gr.Timer(IDLE, active=False), progress="", controls="", unreadable="")
        may_choose = self.open_folder.may_choose(request.headers)
        status, fresh = run.status, told.run != run.number
        left_out = len(status.skipped) + len(status.passed_over)
        now = replace(told, run=run.number, phase=status.phase, left_out=left_out)
        if has_more(run, now, told):
            now = replace(now, answered=status.searchable, ended=not status.is_working)
        progress = photos_view.progress_html(run, self.open_folder.name, may_choose, now.grown)
        given: dict[str, Any] = {"progress": progress}
        if fresh:
            given["choice"] = photos_view.choice_html(self.collections, self.open_folder, FOLDER, request)
        if fresh or now.phase != told.phase:
            given["controls"] = photos_view.controls_html(status) if may_choose else ""
            given["timer"] = gr.Timer(BUSY if status.is_working else IDLE, active=True)
        if fresh or now.left_out != told.left_out:
            given["unreadable"] = photos_view.left_out_html(status)
        return showing(told=now, **given)

    @reporting
    def on_control(self, told: IndexSeen, page: Page, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
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
        return self.news(page, replace(told, phase=""), request)

    @reporting
    def on_folder(self, event: gr.EventData, request: gr.Request) -> None:
        """A folder that somebody at this machine names, alone or beside what is open; the page then goes to it."""
        if not self.open_folder.may_choose(request.headers):
            raise CollectionError(NOT_HERE)
        data = event._data if isinstance(event._data, Mapping) else {}
        folder = data.get("folder")
        self.open_folder.open(folder if isinstance(folder, str) else "", add=data.get("add") is True)

    @reporting
    def on_get(self, request: gr.Request) -> Iterator[str]:
        """Fetch photographs for somebody at this machine, and show how far that is; the page then goes to them."""
        if not self.open_folder.may_choose(request.headers):
            raise CollectionError(NOT_HERE)
        self.open_folder.getting.start()
        yield from self._follow(self.open_folder.getting)

    @reporting
    def on_stop(self, request: gr.Request) -> str:
        """Stop fetching, which ends at its next step; or put a message away."""
        if not self.open_folder.may_choose(request.headers):
            raise CollectionError(NOT_HERE)
        if self.open_folder.getting.is_working:
            self.open_folder.getting.cancel()
            return gr.skip()
        return ""

    def _follow(self, getting: Getting) -> Iterator[str]:
        while getting.is_working:
            yield photos_view.getting_html(getting)
            if getting.job is not None:
                getting.job.is_ready(_STEP)
        yield photos_view.getting_html(getting)

    @reporting
    def search_photos(self, request: gr.Request, query: str, k: int = DEFAULT_K) -> dict[str, Any]:
        """Find the k photographs of the open folder nearest to words or to a sum, of those that are indexed by now.

        Args:
            query: what the photographs should show, or a sum such as [day 2/beach.jpg] - dog + cat; filters such as
                in:holiday before:2020-06 -after:2021 on:2020-05-01 camera:canon is:portrait name:IMG keep to some
            k: how many, from 1 to 48

        Returns:
            {"answers", "note", "instead"}. Each answer is {"id", "score", "fit", "rank", "image"}: id is the path in
            the folder; score is the cosine, from -1 to 1, and null where filters alone were asked; fit, from 0 to 1,
            says how well it fits, where less than half is a weak match, and is null where that is not known; rank
            counts from 1; image is where a small copy is served, relative to the address of this app. Where the query
            negates, note says how it is read, for this space cannot negate, and instead is the sum to ask for; both are
            empty otherwise.
        """
        service = self.open_folder.service(self.collections.served, request.headers)
        found = checked(answer(service.searcher(), Question(query, k)))
        answers = [
            {
                "id": hit.item.id,
                "score": score_json(hit.score),
                "fit": fit_json(hit.fit),
                "rank": hit.rank,
                "image": address(service.collection, hit.item.id),
            }
            for hit in found.pictures
        ]
        return {"answers": answers, **note_json(found.negation)}


def has_more(run: Run | Several, now: IndexSeen, told: IndexSeen) -> bool:
    """Whether what a page asked is to be asked again.

    That is so once indexing has ended; and while so few are there that they fill no page.
    """
    status = run.status
    if status.phase in ("looking", "loading"):
        return False
    if told.run != now.run or (now.phase != told.phase and not status.is_working):
        return True
    return status.searchable != told.answered and told.answered < CHOICES[-1]
