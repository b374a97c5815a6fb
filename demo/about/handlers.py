"""What happens on the About tab: which lesson is open, and what was chosen in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import gradio as gr

from vse.errors import VSEError

from ..shared.address import TAB, Page, choice_of, encoded
from ..shared.collections import Collections
from ..shared.errors import reporting
from ..shared.jobs import Loading
from ..shared.latest import Turns
from ..shared.lists import wish
from ..shared.models import Service
from ..shared.render import declaring
from ..shared.templating import render
from .lessons import IDS, TOPICS, Lesson, Topic

ID = "about"
MOST = 4  # options of a lesson


@dataclass(frozen=True)
class Seen:
    """Which lesson a visitor has open, empty for none, and which of its options they chose, from 0."""

    lesson: str = ""
    choice: int | None = None


class LessonEvents:
    """The handlers; a visitor's choices travel as their `Seen`, lessons are everybody's and made when first opened."""

    def __init__(self, collections: Collections) -> None:
        self.collections = collections
        self.turns = Turns()
        self._made: dict[tuple[str, tuple[Loading, ...]], Lesson] = {}

    @reporting
    def on_load(self, request: gr.Request) -> Iterator[tuple[Seen, str]]:
        """The lesson that an address of this view names, not answered yet; other addresses change nothing."""
        if request.query_params.get(TAB) == ID:
            yield from self.follow(Seen(choice_of(request.query_params, "lesson", IDS, "")), request)
        else:
            yield gr.skip(), gr.skip()

    @reporting
    def on_choice(self, seen: Seen, event: gr.EventData, request: gr.Request) -> Iterator[tuple[Seen, str]]:
        """Another lesson, or an answer to the one that is open."""
        kind, value = wish(event._data, {"choice": tuple(map(str, range(MOST)))})
        seen = Seen(IDS[min(value, len(IDS) - 1)]) if kind == "page" else replace(seen, choice=int(value))
        yield from self.follow(seen, request)

    def follow(self, seen: Seen, request: gr.Request) -> Iterator[tuple[Seen, str]]:
        """The lesson that is open, as soon as its models have loaded; with none open, nothing is loaded."""
        turn = self.turns.take(request.session_hash)
        topic = next((each for each in TOPICS if each.id == seen.lesson), None)
        service = self.collections.served
        page = Page("both") if topic and topic.needs_clip else Page()
        while topic and (status := self.collections.loading(page, request)):
            yield seen, lessons_html(service, seen, status=status)
            if self.turns.is_over(request.session_hash, turn):
                return
        try:
            made = self.lesson(service, topic, page) if topic else None
        except VSEError as error:
            yield seen, lessons_html(service, seen, problem=str(error))
        else:
            yield seen, lessons_html(service, seen, made)

    def lesson(self, service: Service, topic: Topic, page: Page) -> Lesson | None:
        """A lesson on the models of a page; None where it needs a CLIP and there is none.

        Raises:
            VSEError: where a model could not be loaded, or the collection does not hold what the lesson shows.
        """
        loadings = service.loadings(page)
        if len(loadings) <= topic.needs_clip:
            return None
        key = topic.id, loadings
        if key not in self._made:
            self._made[key] = topic.make(*(each.result().searcher for each in loadings))
        return self._made[key]


def lessons_html(
    service: Service, seen: Seen, lesson: Lesson | None = None, status: str = "", problem: str = ""
) -> str:
    """The list of lessons and the open one: its question, and once one was chosen its answer."""
    at = IDS.index(seen.lesson) if seen.lesson else None
    is_answered = lesson is not None and seen.choice is not None and seen.choice < len(lesson.options)
    if at is not None and not (lesson or status or problem):
        problem = service.why_no_clip
    body = render(
        "about/lessons.html.jinja",
        topics=TOPICS,
        at=at,
        lesson=lesson,
        choice=seen.choice if is_answered else None,
        collection=service.collection,
        status=status,
        problem=problem,
        model=service.vse.name,
    )
    return declaring(body, encoded(lesson=seen.lesson))
