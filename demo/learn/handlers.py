"""What happens on the Learn tab: a visitor's run, from the wish to its last frame."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from vse.errors import QueryError, TrainingError
from vse.training.films.settings import FilmSettings

from ..shared.errors import reporting
from .training import Queue, Run

ID, TITLE = "learn", "Learn"
UNREAD = "The page asked for nothing that can be trained: reload it and try again."
_STEP = 0.3  # seconds between two looks at a run


@dataclass(frozen=True)
class Wish:
    """What the browser asks: the settings of a run, and which of its turns this is."""

    settings: FilmSettings
    turn: int

    def told(self, **news: Any) -> dict[str, Any]:
        """News with the turn before it: the browser leaves those of a run that another one has overtaken."""
        return gr.update(news=f"{self.turn} {json.dumps(news, separators=(',', ':'))}")


class LearnEvents:
    """The tab's handlers around the queue of runs."""

    def __init__(self, queue: Queue | None = None) -> None:
        self.queue = queue or Queue()

    @reporting
    def on_train(self, event: gr.EventData, request: gr.Request) -> Iterator[dict[str, Any]]:
        """News of a run as they come: {"before": how many wait before it}, {"from": epoch, "frames"}, and at last
        {"film"}, {"problem"} or {"stopped"}."""
        wish = wish_of(event._data)
        try:
            run = self.queue.begin(request.session_hash, wish.settings)
        except TrainingError as error:
            yield wish.told(problem=str(error))
            return
        sent, place = 0, -1
        while not run.ended.is_set():
            before = self.queue.place(run)
            if before != place:
                place = before
                yield wish.told(before=before)
            if len(run.frames) > sent:
                frames = run.frames[sent:]
                yield wish.told(**{"from": sent, "frames": frames})
                sent += len(frames)
            run.ended.wait(_STEP)
        yield wish.told(**last_news(run, sent))

    @reporting
    def on_stop(self, request: gr.Request) -> None:
        """End the visitor's own run."""
        self.queue.stop(request.session_hash)

    def on_leave(self, request: gr.Request) -> None:
        """A page is closed or loaded again: its run is nobody's."""
        self.queue.stop(request.session_hash)


def last_news(run: Run, sent: int) -> dict[str, Any]:
    """What is said of a run that has ended, after so many frames."""
    if run.film is not None:
        return {"film": run.film}
    return {"from": sent, "frames": run.frames[sent:], **({"problem": run.problem} if run.problem else {"stopped": 1})}


def wish_of(data: Any) -> Wish:
    """What the browser asks; it may send anything.

    Raises:
        QueryError: when it is not {"settings": those of a run, "turn": a whole number}.
        ConfigError: for a setting that is out of its range.
    """
    given = data if isinstance(data, Mapping) else {}
    settings, turn = given.get("settings"), given.get("turn")
    if not isinstance(settings, Mapping) or type(turn) is not int:
        raise QueryError(UNREAD)
    return Wish(FilmSettings.from_json(dict(settings)), turn)
