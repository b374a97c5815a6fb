"""What happens on the Evaluate tab: from an event to what its components show next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import gradio as gr
from markupsafe import Markup

from ..shared.address import TAB, Mode, Page, choice_of, encoded, number_of
from ..shared.collections import Collections
from ..shared.errors import reporting
from ..shared.jobs import Job, Jobs, Loading
from ..shared.latest import Turns
from ..shared.lists import (
    MOST_PAGES,
    busy,
    choices,
    direction_names,
    empty,
    failed,
    measure,
    offer,
    section,
    why_not,
    wish,
)
from ..shared.render import declaring
from .ablation import photographs_html
from .curves import curves_html
from .data import Measured, Measures, has_counterparts
from .misses import KINDS, Shown, misses_html
from .render import ModelRow, tables

ID = "evaluate"
TABLES = "How good the models are"
_KEPT = 48  # measurements; a folder that is indexed anew has others
STEP = 0.5  # seconds between two looks at the progress
LONG = "This model reads the whole collection before it can be measured, which may take minutes."


class EvaluateEvents:
    """The handlers; a visitor's choices travel as their `Shown`, figures are everybody's."""

    def __init__(self, collections: Collections) -> None:
        self.collections, self.jobs = collections, Jobs(_KEPT)
        self.turns = Turns()  # of the list; that of the tables has its own
        self.tables_turns = Turns()

    def evaluating(self, page: Page, request: gr.Request) -> Evaluating:
        """What there is to show of a page's collection."""
        return Evaluating(Measures(self.collections.of(page, request), self.jobs))

    @reporting
    def on_tables(self, page: Page, request: gr.Request) -> Iterator[tuple[str, str]]:
        """The tables, once the view is opened, and what ships about learning from photographs."""
        for figures in self.follow_tables(page, request):
            yield figures, photographs_html()

    def follow_tables(self, page: Page, request: gr.Request) -> Iterator[str]:
        """The tables as far as they are known, again and again until all is known that needs no long reading."""
        turn = self.tables_turns.take(request.session_hash)
        while status := self.collections.loading_folder(page, request):
            yield section(TABLES, empty(status), is_busy=True)
            if self.tables_turns.is_over(request.session_hash, turn):
                return
        here = self.evaluating(page, request)
        if problem := here.problem:
            yield section(TABLES, empty(problem))
            return
        yield here.tables_now()
        while any(here.advance(each) for each in here.measures.models()):
            if self.tables_turns.is_over(request.session_hash, turn):
                return
            yield here.tables_now()
        yield here.tables_now()

    @reporting
    def on_open(self, shown: Shown, page: Page, request: gr.Request) -> Iterator[tuple[Shown, str, str]]:
        """The first look: what the address says, else the misses of the model that the page asks."""
        yield from self.follow(shown, page, request, at_address=True)

    @reporting
    def on_return(self, shown: Shown, page: Page, request: gr.Request) -> Iterator[tuple[Shown, str, str]]:
        """A step back or forward led to this view, or to another one."""
        if request.query_params.get(TAB) == ID:
            yield from self.follow(shown, page, request, at_address=True)
        else:
            yield gr.skip(), gr.skip(), gr.skip()

    @reporting
    def on_switch(self, shown: Shown, page: Page, request: gr.Request) -> Iterator[tuple[Shown, str, str]]:
        """Other models answer now: the list goes along, once the view was opened."""
        if not shown.model:
            yield gr.skip(), gr.skip(), gr.skip()
            return
        here = self.evaluating(page, request)
        name = shown.model if page.mode == "both" else here.model_of(page)
        yield from self.follow(replace(shown, model=name, page=0), page, request)

    @reporting
    def on_indexed(self, shown: Shown, page: Page, request: gr.Request) -> Iterator[str]:
        """More of a folder is there: its tables anew, once the view was opened."""
        if shown.model:
            yield from self.follow_tables(page, request)
        else:
            yield gr.skip()

    @reporting
    def on_choice(
        self, shown: Shown, page: Page, event: gr.EventData, request: gr.Request
    ) -> Iterator[tuple[Shown, str, str]]:
        """Another model, direction, kind of misses or page."""
        names = self.evaluating(page, request).names
        kind, value = wish(event._data, {"model": names, "direction": direction_names(), "kind": tuple(KINDS)})
        changed: dict[str, Any] = {"page": 0, kind: value}
        yield from self.follow(replace(shown, **changed), page, request)

    @reporting
    def on_measure(
        self, shown: Shown, page: Page, event: gr.EventData, request: gr.Request
    ) -> Iterator[tuple[Shown, str, str]]:
        """Measure a model although that takes long, or once more where it failed; its list then shows how far it is."""
        loading = self.evaluating(page, request).measure_again(event)
        yield from self.follow(replace(shown, model=loading.name, page=0), page, request)

    @reporting
    def on_measure_tables(self, page: Page, event: gr.EventData, request: gr.Request) -> Iterator[str]:
        """As `on_measure`, for the tables."""
        self.evaluating(page, request).measure_again(event)
        yield from self.follow_tables(page, request)

    def follow(
        self, shown: Shown, page: Page, request: gr.Request, at_address: bool = False
    ) -> Iterator[tuple[Shown, str, str]]:
        """A model's curves and misses, again and again until its misses are known.

        `at_address` begins with what the page's address says.
        """
        turn = self.turns.take(request.session_hash)
        while self.collections.loading_folder(page, request):  # which the tables tell
            if self.turns.is_over(request.session_hash, turn):
                return
        here = self.evaluating(page, request)
        if at_address:
            shown = here.shown_at(request.query_params, shown, page)
        loading = here.loading(shown.model)
        shown = replace(shown, model=loading.name)
        if here.problem:
            yield shown, here.curves(loading), declaring(Markup(), "")
            return
        job = here.begun(loading)
        done = job is None or job.is_ready()  # before it is looked at: what ends in between is looked at once more
        yield shown, here.curves(loading), (listed := here.list_now(loading, shown, page))
        while job is not None and not done:
            done = job.is_ready(STEP)
            if self.turns.is_over(request.session_hash, turn):
                return
            before, listed = listed, here.list_now(loading, shown, page)
            if listed != before:  # drawn anew, it would take a case away from under a click
                yield gr.skip(), gr.skip(), listed


class Evaluating:
    """What is shown of one collection and its models."""

    def __init__(self, measures: Measures) -> None:
        self.measures, self.service = measures, measures.service

    @property
    def names(self) -> list[str]:
        return [each.name for each in self.measures.models()]

    @property
    def problem(self) -> str:
        """Why nothing is measured, in a sentence; empty where something is."""
        return why_not(self.service)

    def measure_again(self, event: gr.EventData) -> Loading:
        loading = self.loading(wish(event._data, {"measure": self.names})[1])
        if loading in self.service.clips and loading.problem():
            self.service.retry(Page(clip=loading.name))
            loading = self.loading(loading.name)
        self.measures.measured(loading, again=True)
        return loading

    def shown_at(self, parameters: Mapping[str, str], shown: Shown, page: Page) -> Shown:
        """What an address of this view says; what was shown, where it is of another."""
        usual = Shown(self.model_of(page))
        if parameters.get(TAB) != ID:
            return shown if shown.model else usual
        return Shown(
            choice_of(parameters, "of", self.names, usual.model),
            choice_of(parameters, "direction", direction_names(), usual.direction),
            choice_of(parameters, "kind", KINDS, usual.kind),
            max(0, number_of(parameters, "part", 1, MOST_PAGES) - 1),
        )

    def parameters_of(self, shown: Shown, page: Page) -> str:
        """What an address says of it, encoded; what is as usual goes without saying."""
        usual = Shown(self.model_of(page))
        return encoded(
            of="" if shown.model == usual.model else shown.model,
            direction="" if shown.direction == usual.direction else shown.direction,
            kind="" if shown.kind == usual.kind else shown.kind,
            part=shown.page + 1 if shown.page else "",
        )

    def model_of(self, page: Page) -> str:
        return self.service.loadings(page)[0].name

    def loading(self, name: str) -> Loading:
        """The model of that name, the first one where it is gone."""
        models = self.measures.models()
        return next((each for each in models if each.name == name), models[0])

    def mode_of(self, loading: Loading, page: Page) -> Mode | str:
        """Which mode of the page asks this model; "" for a CLIP that is not the page's."""
        if loading is self.service.vse:
            return "vse"
        return "clip" if loading is self.service.clip_of(page) else ""

    def begun(self, loading: Loading) -> Job[Measured] | None:
        """The model's measurement: begun where that is quick, None where nobody asked for it yet."""
        if self.problem:
            return None
        if self.measures.is_quick(loading):
            return self.measures.measured(loading)
        return self.measures.jobs.known(("measured", loading))

    def advance(self, loading: Loading) -> bool:
        """Wait a moment for what is under way of a model's figures; whether something still is."""
        measured = self.begun(loading)
        if measured is None:
            return False
        if not measured.is_ready():
            measured.is_ready(STEP)
            return True
        scored = None if measured.problem() else self.measures.arithmetic(loading)
        return scored is not None and not scored.is_ready(0) and not scored.is_ready(STEP)

    def tables_now(self) -> str:
        rows = [self.row(each) for each in self.measures.models()]
        rows += [ModelRow(name, evaluation) for name, evaluation in self.measures.others().items()]
        return tables(rows, self.service.collection)

    def row(self, loading: Loading) -> ModelRow:
        """What is known of a model now, and what is being done about the rest."""
        jobs = self.measures.jobs
        measured, scored = (jobs.known((kind, loading)) for kind in ("measured", "arithmetic"))
        found = measured.value() if measured else None
        doing = now(measured) if measured else measure(loading.name, "Measure")
        doing_arithmetic = now(scored) if scored else doing
        return ModelRow(
            loading.name,
            found.evaluation if found else self.measures.shipped(loading),
            scored.value() if scored else None,
            doing,
            doing_arithmetic if has_counterparts(self.service.collection) else "",
        )

    def curves(self, loading: Loading) -> str:
        """The choice of a model, and how it learnt."""
        names = {each.name: each.name for each in self.measures.models()}
        pick = choices("model", names, loading.name, "Whose training and misses") if len(names) > 1 else ""
        return section(f"How {loading.name} learnt", curves_html(self.measures.history(loading)), beside=pick)

    def list_now(self, loading: Loading, shown: Shown, page: Page) -> str:
        """The model's misses, or why they are not there, with what the address says of them."""
        return declaring(self.misses(loading, shown, page), self.parameters_of(shown, page))

    def misses(self, loading: Loading, shown: Shown, page: Page) -> Markup:
        job = self.begun(loading)
        if job and (found := job.value()):
            return misses_html(
                found.misses, found.evaluation.directions, shown, self.mode_of(loading, page), self.service.collection
            )
        if job is None:
            body = offer(LONG, f"Measure {loading.name}", loading.name)
        elif job.problem():
            body = failed(job.problem(), loading.name)
        else:
            body = busy(job, f"Measuring {loading.name}")
        return section(f"Misses of {loading.name}", body, is_busy=bool(job and not job.is_ready()))


def now(job: Job[Any]) -> str:
    """What a job is at, or what went wrong."""
    return job.problem() or f"{job.status} …"
