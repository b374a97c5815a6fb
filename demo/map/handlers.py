"""What happens on the Map tab: from an event to what its components show next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import gradio as gr

from vse.data import Collection
from vse.errors import VSEError
from vse.modalities import RECIPE, SPEECH
from vse.modalities.text.tokenizer import check_text

from ..shared.address import LONGEST, TAB, Page, choice_of, text_of, write
from ..shared.answering import path_of_upload, reading, written
from ..shared.collections import Collections
from ..shared.errors import reporting
from ..shared.jobs import Job, Loading, Opened
from ..shared.latest import Turns
from ..shared.models import VSE
from ..shared.question import with_recipe, words_query
from ..shared.spoken import dictated
from . import render as map_view
from .around import around
from .axes import BETWEEN, Ends, ends_from, ends_of, examples, starting, wrong_with
from .compute import OnMap, Seen, ask_map, asked, neighbours, picked, selected, text_to_ask, words_of
from .parallelogram import with_parallelogram
from .payload import asked_json, maps_json, near_json, points_json
from .points import address_of_points
from .store import AXES, CHOICES, DEFAULT_LAYOUT, Map, MapStore, check_layout

ID, TITLE = "map", "Map"
SHOWN = ("view", "box", "layout", "problem", "progress", "points", "facts", "answers")
_STEP = 0.3  # seconds between two looks at the progress


def showing(**given: Any) -> tuple[Any, ...]:
    """A value for each of SHOWN; what is not given stays."""
    return tuple(given.get(name, gr.skip()) for name in SHOWN)


class MapEvents:
    """The tab's handlers around the collections; most take a Seen and a Page, and give values for SHOWN."""

    def __init__(self, collections: Collections) -> None:
        self.collections = collections
        self.store, self.turns = MapStore(), Turns()
        self.answers = count(1)  # each is another one to the browser, though it may say the same

    @reporting
    def on_tab(self, view: Seen, page: Page, event: gr.SelectData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Another tab came to the front; where it is this one, the map is drawn for what the page asked last."""
        if event.value != TITLE:
            yield showing(view=replace(view, visible=False))
            return
        text = text_to_ask(view, page, self.example(page, request))
        fresh = text != view.text
        view = replace(asked(view, page, text), visible=True, **laid_out(request, view))
        yield showing(view=view, box=text, layout=view.layout)
        yield from self._draw(view, page, request, again=fresh)

    @reporting
    def on_return(self, view: Seen, page: Page, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """A step back or forward led to the map, or to another view."""
        if request.query_params.get(TAB) != ID:
            yield showing()
            return
        text = page.query or self.example(page, request)
        view = replace(asked(view, page, text), visible=True, **laid_out(request, view))
        yield showing(view=view, box=text, layout=view.layout)
        yield from self._draw(view, page, request, again=True)

    @reporting
    def on_switch(self, view: Seen, page: Page, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Other models answer; a map that nobody looks at is drawn when it is next opened."""
        if view.visible:
            yield from self._draw(view, page, request)

    @reporting
    def on_layout(self, layout: Any, view: Seen, page: Page, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        yield from self._draw(replace(view, layout=layout if layout == AXES else check_layout(layout)), page, request)

    @reporting
    def on_axes(self, view: Seen, page: Page, event: gr.EventData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """The form's four ends; what is wrong with them is told, and the map stays."""
        try:
            ends = ends_from(event._data)
        except VSEError as error:
            yield showing(problem=map_view.wrong_html(str(error)))
            return
        yield from self._draw(replace(view, layout=AXES, ends=ends), page, request)

    @reporting
    def on_retry(self, view: Seen, page: Page, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        yield from self._draw(replace(view, drawn=()), page, request)

    @reporting
    def on_cancel(self, request: gr.Request) -> None:
        """Stop drawing where this visitor may, which ends at its next step and says so."""
        self.store.jobs.cancel(request.session_hash, self.collections.served.access.is_owner(request.headers))

    @reporting
    def on_ask(self, text: str, view: Seen, page: Page, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """A query from the box, or from a chip in `on_chip`."""
        text = with_recipe(text, page.query)
        view = asked(view, replace(page, query=text), text)
        yield from self._draw(view, page, request, again=True)

    @reporting
    def on_chip(self, view: Seen, page: Page, event: gr.EventData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        text = words_of(event._data)
        yield showing(box=text)
        yield from self.on_ask(text, view, page, request)

    @reporting
    def on_spoken(self, view: Seen, page: Page, event: gr.EventData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """What was said, in the words that the model made out."""
        path = path_of_upload(event._data)
        with reading(path):
            text = words_query(dictated(self.collections.of(page, request).searcher(page), path))
        yield showing(box=text)
        yield from self.on_ask(text, view, page, request)

    @reporting
    def on_load(self, request: gr.Request) -> Iterator[tuple[str]]:
        """Queries to begin with, of the collection that the address names."""
        yield (map_view.chips(self.collections.of(self.collections.page(request), request)),)

    @reporting
    def on_pick(self, view: Seen, page: Page, event: gr.EventData, request: gr.Request) -> tuple[str, Any]:
        """What was clicked, what can be done with it, and what lies around it on the maps that the visitor has;
        nothing where the choice was taken back."""
        if event._data == {}:
            return "", gr.update(near="")
        service = self.collections.of(page, request)
        found = picked(event._data, service.collection)
        ready = [each.result() for each in service.loadings(page) if each.is_ready() and not each.problem()]
        texts = [(each.name, written(each.searcher, found.vector(each.searcher))) for each in ready if not found.recipe]
        said = [(name, text) for name, text in texts if text]
        modality = RECIPE if found.recipe else SPEECH
        reads = next((each.searcher for each in ready if modality in each.searcher.indexes), None)
        near = neighbours(found, reads) if reads and (found.recipe or found.said) else ()
        beside = list(around(event._data, self._there(view, ready)))
        told = map_view.picked_html(found, said, service.collection, near, beside)
        return told, gr.update(near=near_json(event._data, beside))

    def _there(self, view: Seen, ready: Sequence[Opened]) -> list[Map]:
        """The maps of these models that are drawn by now, as the visitor has them laid out."""
        ends = view.ends if view.layout == AXES else None
        if view.layout == AXES and ends is None:
            return []
        drawings = (self.store.drawing(each, view.layout, ends).value() for each in ready)
        return [each for each in drawings if each]

    @reporting
    def on_lasso(self, page: Page, event: gr.EventData, request: gr.Request) -> str:
        collection = self.collections.of(page, request).collection
        return map_view.selected_html(selected(event._data, collection), collection)

    @reporting
    def map_points(self, model: str = VSE, layout: str = DEFAULT_LAYOUT, axes: str = "") -> dict[str, Any]:
        """Tell where each picture, caption, word and recipe of the collection stands on the map of a model.

        A map that nobody made before takes a while.

        Args:
            model: whose map: vse, clip, or the name of a model that the page offers
            layout: joint-centred, joint or per-modality
            axes: instead of a layout two axes, by their ends, as in day|night|small|big

        Returns:
            {"model", "collection", "layout", "quality", "gap", "points"}. Each point is {"id", "kind", "x", "y",
            "text"}: kind is picture, caption, word or recipe; a caption's id is its picture's with its number from 0,
            as in scene-0042#1, and a recipe's that of its dish; x and y lie within -1 to 1. Quality is
            {"trustworthiness", "neighbours_kept", "of_nearest"}, the first two from 0 to 1; gap is the distance between
            the mean picture and the mean caption, null without captions; with axes both are null.
        """
        opened = self.collections.named(model)
        ends = ends_of(check_text(axes)) if axes else None
        return points_json(self.store.drawing(opened, layout, ends).result(), opened.searcher.collection)

    def example(self, page: Page, request: gr.Request) -> str:
        """What the map shows before anything was asked."""
        return str(self.collections.of(page, request).examples[0].query)

    def _draw(self, view: Seen, page: Page, request: gr.Request, again: bool = False) -> Iterator[tuple[Any, ...]]:
        """The maps of the page's models, waited for, and the query on them; what the browser has is not sent again."""
        turn = self.turns.take(request.session_hash)
        is_over = lambda: self.turns.is_over(request.session_hash, turn)  # noqa: E731
        yield showing(view=view)
        while status := self.collections.loading(page, request):
            if is_over():
                return
            yield showing(progress=map_view.waiting_html(status))
        if is_over():
            return
        service = self.collections.of(page, request)
        problem, ends = "", None
        if view.layout == AXES:
            problem, ends = self._checked(view, service.loadings(page), service.collection)
            if problem and view.layout == view.drawn_as:
                yield showing(problem=map_view.wrong_html(problem), progress="")
                return
            view = replace(view, ends=ends)
        attempts = [self._begin(each, view.layout, ends) for each in service.loadings(page)]
        for drawing in (each for each in attempts if isinstance(each, Job)):
            while not drawing.is_ready(_STEP):
                if is_over():
                    return
                yield showing(progress=map_view.progress_html(drawing, self._may_cancel(drawing, request)))
        if not is_over():
            yield self._drawn(view, [finished(each) for each in attempts], service.collection, again, problem)

    def _checked(self, view: Seen, loadings: Sequence[Loading], collection: Collection) -> tuple[str, Ends]:
        """What is wrong with the ends that are asked for, and those to draw: where there is a problem, an example's."""
        searchers = [each.result().searcher for each in loadings if not each.problem()]
        asked = wrong_with(view.ends, searchers) if view.ends else ""
        if view.ends and not asked:
            return "", view.ends
        usual = next((each for each in starting(searchers, collection) if not wrong_with(each, searchers)), None)
        return asked, usual or examples(collection)[0]

    def _may_cancel(self, drawing: Job[Map], request: gr.Request) -> bool:
        return drawing.may_cancel(request.session_hash, self.collections.served.access.is_owner(request.headers))

    def _begin(self, loading: Loading, layout: str, ends: Ends | None) -> Job[Map] | str:
        """The map of a model that has been loaded, or why there is none."""
        try:
            return self.store.drawing(loading.result(), layout, ends)
        except VSEError as error:
            return str(error)

    def _drawn(
        self, view: Seen, outcomes: list[Map | str], collection: Collection, again: bool, wrong: str = ""
    ) -> tuple[Any, ...]:
        maps = [each for each in outcomes if isinstance(each, Map)]
        failed = next((each for each in outcomes if isinstance(each, str)), "")
        progress = map_view.failed_html(failed) if failed else ""
        models = *(each.model for each in maps), *(each.projection.fingerprint for each in maps)
        drawn = (*models, *(view.ends if view.layout == AXES and view.ends else ()), collection.key, view.layout)
        if drawn == view.drawn and not again:
            return showing(progress=progress)
        found = [with_parallelogram(each, ask_map(each, view.text)) for each in maps] if view.text else []
        marked: list[OnMap | None] = [*found] or [None] * len(maps)
        changed: dict[str, str] = {}
        points: dict[str, Any] = {
            "marks": asked_json(marked, maps),
            "address": address_of(view),
            "answer": next(self.answers),
        }
        if drawn != view.drawn:
            points["value"] = address_of_points(maps_json(maps, collection))
            changed = {"facts": map_view.facts_html(maps)}
        return showing(
            view=replace(view, drawn=drawn),
            problem=map_view.wrong_html(wrong) if wrong else map_view.problems_html(found),
            progress=progress,
            points=gr.update(**points),
            answers=map_view.answers_html(found, collection),
            **changed,
        )


def laid_out(request: gr.Request, view: Seen) -> dict[str, Any]:
    """The layout that an address of the map names, and the axes; what is there, where it is of another view."""
    parameters = request.query_params
    if parameters.get(TAB) != ID:
        return {"layout": view.layout, "ends": view.ends}
    try:
        return {"layout": AXES, "ends": ends_of(text_of(parameters, AXES))}
    except VSEError:
        return {"layout": choice_of(parameters, "layout", CHOICES, DEFAULT_LAYOUT), "ends": None}


def address_of(view: Seen) -> str:
    """What the page's address says of the map, encoded; the browser adds what it alone knows, see map_address.js."""
    query = Page(query=view.text if len(view.text) <= LONGEST else "")
    if view.layout == AXES and view.ends:
        return write(query, axes=BETWEEN.join(view.ends))
    return write(query, layout="" if view.layout == DEFAULT_LAYOUT else view.layout)


def finished(attempt: Job[Map] | str) -> Map | str:
    """The map, or why there is none."""
    if isinstance(attempt, str):
        return attempt
    return attempt.problem() or attempt.result()
