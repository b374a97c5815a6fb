"""What happens on the Compare tab: from an event to what its components show next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import gradio as gr
from markupsafe import Markup

from ..shared.address import TAB, Page, choice_of, encoded, number_of
from ..shared.collections import Collections
from ..shared.errors import reporting
from ..shared.jobs import Job
from ..shared.latest import Turns
from ..shared.lists import (
    MOST_PAGES,
    busy,
    direction_names,
    empty,
    failed,
    is_measurable,
    offer,
    section,
    sizes,
    why_not,
    wish,
)
from ..shared.models import Service
from ..shared.question import DEFAULT_K
from ..shared.render import declaring
from .data import Comparing, Pair, Times, pair_of
from .endpoint import Comparison as ModelAnswers
from .endpoint import compare_query
from .render import Seen, comparison_html

if TYPE_CHECKING:
    from vse.evaluation.compare import Comparison

ID = "compare"
TITLE = "Two models side by side"
KIND = "compared"  # of a section, for the style sheet
STEP = 0.5  # seconds between two looks at the progress
LONG = "{} reads the whole collection before it can be compared, which may take minutes."
ALLOWED = {"right": ("a", "b"), "measure": ("times", "comparison")}


class CompareEvents:
    """The handlers; a visitor's choices travel as their `Seen`, comparisons are everybody's."""

    def __init__(self, collections: Collections) -> None:
        self.collections = collections
        self.comparing = Comparing()
        self.turns = Turns()

    @reporting
    def on_open(self, seen: Seen, page: Page, request: gr.Request) -> Iterator[tuple[Seen, str]]:
        yield from self.follow(replace(seen_at(request.query_params, seen), opened=True), page, request)

    @reporting
    def on_return(self, seen: Seen, page: Page, request: gr.Request) -> Iterator[tuple[Seen, str]]:
        """A step back or forward led to this view, or to another one."""
        if is_here(request.query_params):
            yield from self.follow(replace(seen_at(request.query_params, seen), opened=True), page, request)
        else:
            yield gr.skip(), gr.skip()

    @reporting
    def on_switch(self, seen: Seen, page: Page, request: gr.Request) -> Iterator[tuple[Seen, str]]:
        """The CLIP may be another one now; nothing to do before the view was opened."""
        if seen.opened:
            yield from self.follow(seen, page, request)
        else:
            yield gr.skip(), gr.skip()

    @reporting
    def on_choice(self, seen: Seen, page: Page, event: gr.EventData, request: gr.Request) -> Iterator[tuple[Seen, str]]:
        """Other queries or another page of them; or something that is measured when asked for."""
        kind, value = wish(event._data, {**ALLOWED, "direction": direction_names()})
        pair = pair_of(self.collections.of(page, request), page)
        if kind == "measure" and pair:
            if value == "times":
                self.comparing.times(pair)
            else:
                self.comparing.compared(pair, again=True)
        elif kind == "page":
            seen = replace(seen, page=value)
        elif kind != "measure":
            seen = replace(seen, page=0, **{kind: value})
        yield from self.follow(replace(seen, opened=True), page, request)

    @reporting
    def compare(self, query: str, k: int = DEFAULT_K) -> ModelAnswers:
        """Ask both models, the VSE and the CLIP, the same, and tell where each puts the other's answers.

        Args:
            query: words, a picture of the collection as its id in brackets, such as [scene-0042], or a sum
            k: how many pictures of each model, from 1 to 48

        Returns:
            {"query", "models", "shared", "note", "instead"}: shared counts the pictures that both give; of each model
            {"model", "images", "captions", "problem"}, where problem is a sentence if it cannot answer. Images, note
            and instead are as those of search_text, captions (for a picture, at most ten) as those of search_image,
            with more: "percentile", the share of this model's scores for pairs at random that lie below, from 0 to 100;
            "rank_in_other", where the other model puts it, null where it is none of its first 100; and "shared",
            whether the other model shows it too.
        """
        return compare_query(self.collections.served, query, k)

    def follow(self, seen: Seen, page: Page, request: gr.Request) -> Iterator[tuple[Seen, str]]:
        """The view, again and again until nothing is under way."""
        turn = self.turns.take(request.session_hash)
        while status := self.collections.loading_folder(page, request):
            yield seen, declaring(section(TITLE, empty(status), is_busy=True, kind=KIND), parameters_of(seen))
            if self.turns.is_over(request.session_hash, turn):
                return
        service = self.collections.of(page, request)
        pair = pair_of(service, page)
        job = self.under_way(pair) if pair else None
        yield seen, (shown := declaring(self.view(service, pair, seen), parameters_of(seen)))
        while pair and job:
            job.is_ready(STEP)
            if self.turns.is_over(request.session_hash, turn):
                return
            job = self.under_way(pair)  # before it is looked at: what ends in between is looked at once more
            before, shown = shown, declaring(self.view(service, pair, seen), parameters_of(seen))
            if shown != before:  # drawn anew, it would take a case away from under a click
                yield gr.skip(), shown

    def jobs(self, pair: Pair) -> tuple[Job[Comparison] | None, Job[Times] | None]:
        """The comparison, begun where that is quick, and the times, where somebody asked for them."""
        known = self.comparing.jobs.known
        if is_measurable(pair[0].collection) and self.comparing.is_quick(pair):
            return self.comparing.compared(pair), known(("times", pair))
        return known(("compared", pair)), known(("times", pair))

    def under_way(self, pair: Pair) -> Job[Comparison] | Job[Times] | None:
        return next((job for job in self.jobs(pair) if job and not job.is_ready()), None)

    def view(self, service: Service, pair: Pair | None, seen: Seen) -> Markup:
        """Figures, or why there are none."""
        collection = service.collection
        if problem := why_not(service):
            return section(TITLE, empty(problem), kind=KIND)
        if pair is None:
            return section(TITLE, empty(service.why_no_clip), kind=KIND)
        title, about, is_busy = " and ".join(each.name for each in pair), sizes(collection), False
        compared, times = self.jobs(pair)
        if compared and (found := compared.value()):
            body = comparison_html(found, times, seen, collection)
        elif compared is None:
            body = offer(LONG.format(pair[1].name), "Compare them", "comparison")
        elif compared.problem():
            body = failed(compared.problem(), "comparison")
        else:
            body, is_busy = busy(compared, "Comparing"), not compared.is_ready()
        return section(title, body, about, is_busy=is_busy, kind=KIND)


def is_here(parameters: Mapping[str, str]) -> bool:
    """Whether an address is of this view."""
    return parameters.get(TAB) == ID


def seen_at(parameters: Mapping[str, str], seen: Seen) -> Seen:
    """What an address of this view says; what was seen, where it is of another."""
    if not is_here(parameters):
        return seen
    usual = Seen()
    return Seen(
        seen.opened,
        choice_of(parameters, "direction", direction_names(), usual.direction),
        choice_of(parameters, "right", ALLOWED["right"], usual.right),
        max(0, number_of(parameters, "part", 1, MOST_PAGES) - 1),
    )


def parameters_of(seen: Seen) -> str:
    """What an address says of it, encoded; what is as usual goes without saying."""
    usual = Seen()
    return encoded(
        direction="" if seen.direction == usual.direction else seen.direction,
        right="" if seen.right == usual.right else seen.right,
        part=seen.page + 1 if seen.page else "",
    )
