"""What happens at the switch between models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import gradio as gr

from vse.errors import QueryError

from ..shared import address as state
from ..shared.address import MODES, Page, mode_of
from ..shared.collections import Collections
from ..shared.errors import reporting
from ..shared.jobs import Loading
from ..shared.models import Service
from . import render as switch_view

_STEP = 0.4  # seconds between two looks at the progress


class SwitchEvents:
    """The handlers: most give the page's shared state, the switch, and what stands under the head."""

    def __init__(self, collections: Collections) -> None:
        self.collections = collections

    @reporting
    def on_load(self, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """What of the page's address can be had, why all else cannot, and any fetching that is under way."""
        page = self.collections.page(request)
        service = self.collections.of(page, request)
        problem = self.collections.problem(request)
        if not problem and page.mode != state.read(request.query_params).mode:
            problem = service.why_no_clip
        yield page, self.switch(service, page, request), switch_view.message_html(problem) if problem else ""
        under_way = service.fetching
        if under_way and not under_way.is_ready():
            for shown in self._follow(under_way, request):
                yield gr.skip(), gr.skip(), shown
            yield gr.skip(), self.switch(service, page, request), self._outcome(under_way)

    @reporting
    def on_select(self, page: Page, event: gr.EventData, request: gr.Request) -> tuple[Page, str]:
        """Another mode, or another CLIP for this visitor, which also becomes the one that is asked."""
        service = self.collections.of(page, request)
        wanted = event._data if isinstance(event._data, Mapping) else {}
        if wanted.get("kind") == "choose":
            page = asking_clip(service.choose(wanted.get("value"), page))
        else:
            if wanted.get("value") not in MODES:
                raise QueryError("The click named no model: reload the page and try again.")
            page = service.page(replace(page, mode=mode_of(wanted.get("value"))))
        service.retry(page)
        return page, self.switch(service, page, request)

    @reporting
    def on_fetch(self, page: Page, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Fetch the CLIP on offer and show how far that is; when it is there, it answers this visitor."""
        service = self.collections.of(page, request)
        loading = service.fetch()
        for shown in self._follow(loading, request):
            yield gr.skip(), gr.skip(), shown
        if not loading.problem():
            service.add(loading)
            page = asking_clip(service.choose(loading.name, page))
        yield page, self.switch(service, page, request), self._outcome(loading)

    @reporting
    def on_cancel(self, page: Page, request: gr.Request) -> str:
        """Stop fetching, which ends at its next step, where this visitor may; or put a message away."""
        fetching = self.collections.of(page, request).fetching
        if fetching and not fetching.is_ready():
            if self._may_cancel(fetching, request):
                fetching.cancel()
            return gr.skip()
        return ""

    @reporting
    def on_indexed(self, page: Page, request: gr.Request) -> str:
        """More of a folder can be found."""
        return self.switch(self.collections.of(page, request), page, request)

    def switch(self, service: Service, page: Page, request: gr.Request) -> str:
        return switch_view.switch_html(service, page, self.collections.name(page, request))

    def _may_cancel(self, loading: Loading, request: gr.Request) -> bool:
        return loading.may_cancel(request.session_hash, self.collections.served.access.is_owner(request.headers))

    def _follow(self, loading: Loading, request: gr.Request) -> Iterator[str]:
        may_cancel = self._may_cancel(loading, request)
        while not loading.is_ready(_STEP):
            yield switch_view.progress_html(loading, may_cancel)

    def _outcome(self, loading: Loading) -> str:
        problem = "" if loading.was_cancelled() else loading.problem()
        return switch_view.message_html(problem, again=True) if problem else ""


def asking_clip(page: Page) -> Page:
    """A page on which the CLIP answers, alone or beside the VSE."""
    return replace(page, mode="clip") if page.mode == "vse" else page
