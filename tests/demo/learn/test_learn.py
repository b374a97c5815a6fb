"""The Learn tab: its queue, its handlers as plain functions, and what it is made of."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo.learn import files, training, worker
from demo.learn.handlers import LearnEvents, wish_of
from demo.learn.presets import OFFERS, offers
from demo.learn.training import FAILED, FULL, OFF, Queue
from tests.demo.learn import processes
from vse.errors import ConfigError, QueryError, TrainingError
from vse.training.films.film import film_file, open_film
from vse.training.films.pictures import FILMS
from vse.training.films.presets import PRESETS
from vse.training.films.settings import FilmSettings

USUAL = FilmSettings()


def request(session: str) -> Any:
    return SimpleNamespace(session_hash=session)


def news_of(events: LearnEvents, session: str, **data: Any) -> Iterator[dict[str, Any]]:
    """What the browser is told, one after the other, each after its turn."""
    event = gr.EventData(None, {"settings": asdict(USUAL), "turn": 7, **data})
    for update in events.on_train(event, request(session)):
        turn, _, text = update["news"].partition(" ")
        assert turn == "7"
        yield json.loads(text)


def waited(is_so: Callable[[], object]) -> None:
    until = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


def processes_here() -> list[Any]:
    return [each for each in multiprocessing.active_children() if each.name == "a visitor's run"]


@pytest.fixture
def queue() -> Iterator[Queue]:
    made = Queue()
    yield made
    for owner in "abcd":
        made.stop(owner)
    waited(lambda: not processes_here())


def test_a_run_tells_its_frames_and_its_film(queue: Queue, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(worker, "train", processes.quick)
    told = list(news_of(LearnEvents(queue), "a"))
    assert told[0] == {"before": 0}
    assert told[-1] == {"film": {"frames": [processes.FRAME] * 2}}
    assert not processes_here()


def test_the_second_waits_and_begins_once_the_first_is_stopped(queue: Queue, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(worker, "train", processes.endless)
    events = LearnEvents(queue)
    first, second = news_of(events, "a"), news_of(events, "b")
    assert next(first) == {"before": 0}
    assert next(second) == {"before": 1}
    third = news_of(events, "c")
    assert next(third) == {"before": 2}
    assert next(first) == {"from": 0, "frames": [processes.FRAME]}
    (process,) = processes_here()
    events.on_stop(request("a"))
    assert list(first) == [{"from": 1, "frames": [], "stopped": 1}]
    waited(lambda: not process.is_alive())
    assert next(second) == {"before": 0}
    assert next(third) == {"before": 1}
    events.on_leave(request("b"))
    assert list(second)[-1]["stopped"] == 1
    assert next(third) == {"before": 0}


def test_a_visitor_has_one_run_and_what_nobody_asks_for_ends(queue: Queue, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(worker, "train", processes.endless)
    one = queue.begin("a", USUAL)
    two = queue.begin("a", USUAL)
    assert one.stopped.is_set()
    one.ended.wait(20)
    waited(lambda: two.frames)
    waiting = queue.begin("b", USUAL)
    monkeypatch.setattr(training, "PATIENCE", 0.0)
    assert two.ended.wait(20)
    assert waiting.ended.wait(20)  # its page has left, too
    waited(lambda: not processes_here())


def test_a_run_that_takes_too_long_or_breaks_off_says_so(queue: Queue, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(worker, "train", processes.broken)
    assert list(news_of(LearnEvents(queue), "a"))[-1]["problem"] == FAILED
    monkeypatch.setattr(worker, "train", processes.refusing)
    assert list(news_of(LearnEvents(queue), "a"))[-1]["problem"] == "There are no pictures."
    monkeypatch.setattr(worker, "train", processes.endless)
    monkeypatch.setattr(training, "LIMIT", 0.0)
    assert list(news_of(LearnEvents(queue), "a"))[-1]["problem"] == training.TOO_LONG


def test_a_server_may_train_nothing_and_a_queue_is_not_endless(queue: Queue, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(training, "MOST", 0)
    with pytest.raises(TrainingError, match=FULL):
        queue.begin("a", USUAL)
    monkeypatch.setenv(training.SETTING, "0")
    assert list(news_of(LearnEvents(queue), "a")) == [{"problem": OFF}]


@pytest.mark.parametrize("data", [None, [], "x", {}, {"settings": {}}, {"settings": [], "turn": 1},
                                  {"settings": {}, "turn": "1"}, {"settings": {}, "turn": True}])  # fmt: skip
def test_what_is_no_wish_is_refused(data: Any):
    with pytest.raises(QueryError, match="The page asked for nothing that can be trained"):
        wish_of(data)


def test_settings_from_a_browser_are_checked():
    assert wish_of({"settings": {"loss": "infonce", "margin": 0}, "turn": 1}).settings.loss == "infonce"
    with pytest.raises(ConfigError, match="The run: The configuration says epochs = 1000; expected 1 to 60"):
        wish_of({"settings": {"epochs": 1000}, "turn": 1})
    with pytest.raises(ConfigError, match="The run says loss = 7; expected text"):
        wish_of({"settings": {"loss": 7}, "turn": 1})


def test_each_film_is_told_about():
    assert list(OFFERS) == list(PRESETS)
    assert all(offer.title and offer.told.endswith(".") for offer, _ in offers().values())


def test_what_the_tab_is_made_of_is_served():
    client = TestClient(Starlette(routes=list(files.routes())))
    frame = client.get(files.address(files.FRAME)).text
    assert frame.count("data-run=") == len(PRESETS) + 1
    assert frame.count("<option") > 200
    for name in PRESETS:
        assert files.film_address(name) in frame
    film = client.get(files.film_address("hardest"))
    assert film.json() == open_film(film_file(FILMS, "hardest")).to_json()
    assert "immutable" in film.headers["cache-control"]
    sheet = client.get(files.address(files.SHEET))
    assert sheet.headers["content-type"] == "image/webp"
    assert len(sheet.content) < 250_000
    assert client.get("learn/nothing.json").status_code == 404
    assert client.get("learn/..%2fsum.json").status_code == 404
    for name in (files.STYLES, files.SCRIPT):
        assert client.get(files.address(name)).status_code == 200


def test_the_script_knows_where_the_frame_is():
    assert f'fetch("{files.address(files.FRAME)}")' in files.own_script()
