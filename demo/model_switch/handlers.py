"""What happens at the switch between models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import gradio as gr

from vse.errors import QueryError, VSEError

from ..shared import address as state
from ..shared.address import MODES, Mode, Page
from ..shared.errors import reporting
from ..shared.jobs import CancelledError, Loading
from ..shared.models import Service
from . import render as switch_view

_STEP = 0.4  # seconds between two looks at the progress
UNEXPECTED = "The model could not be loaded; the server's log says why."


class SwitchEvents:
    """The handlers: most give the page's shared state, the switch, and what stands under the head."""

    def __init__(self, service: Service) -> None:
        self.service = service

    @reporting
    def on_load(self, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """The mode of the page's address, as far as it can be had, and any fetching that is under way."""
        asked = state.read(request.query_params)
        mode = self.service.mode(asked.mode)
        page = replace(asked, mode=mode, collection="")
        told = "" if mode == asked.mode else switch_view.message_html(self.service.why_no_clip)
        yield page, switch_view.switch_html(self.service, mode), told
        under_way = self.service.fetching
        if under_way and not under_way.is_ready():
            for shown in self._follow(under_way):
                yield gr.skip(), gr.skip(), shown
            yield gr.skip(), switch_view.switch_html(self.service, mode), self._outcome(under_way)

    @reporting
    def on_select(self, page: Page, event: gr.EventData) -> tuple[Page, str]:
        """Another mode, or another CLIP, which also becomes the one that is asked."""
        wanted = event._data if isinstance(event._data, Mapping) else {}
        mode: Mode
        if wanted.get("kind") == "choose":
            self.service.choose(wanted.get("value"))
            mode = "clip" if page.mode == "vse" else page.mode
        else:
            if wanted.get("value") not in MODES:
                raise QueryError("The click named no model: reload the page and try again.")
            mode = self.service.mode(wanted.get("value"))
        self.service.retry()
        return replace(page, mode=mode), switch_view.switch_html(self.service, mode)

    @reporting
    def on_fetch(self, page: Page) -> Iterator[tuple[Any, ...]]:
        """Fetch the CLIP on offer and show how far that is; when it is there, it answers."""
        loading = self.service.fetch()
        for shown in self._follow(loading):
            yield gr.skip(), gr.skip(), shown
        mode = page.mode
        if not loading.problem():
            self.service.use(loading)
            mode = "clip" if mode == "vse" else mode
        yield replace(page, mode=mode), switch_view.switch_html(self.service, mode), self._outcome(loading)

    @reporting
    def on_cancel(self) -> str:
        """Stop fetching, which ends at its next step; or put a message away."""
        if self.service.fetching and not self.service.fetching.is_ready():
            self.service.fetching.cancel()
            return gr.skip()
        return ""

    def _follow(self, loading: Loading) -> Iterator[str]:
        while not loading.is_ready(_STEP):
            yield switch_view.progress_html(loading)

    def _outcome(self, loading: Loading) -> str:
        problem = loading.problem()
        if problem is None or isinstance(problem, CancelledError):
            return ""
        sentence = str(problem) if isinstance(problem, VSEError) else UNEXPECTED
        return switch_view.message_html(sentence, again=True)
