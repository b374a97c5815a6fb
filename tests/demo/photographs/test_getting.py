"""Photographs for those who have none: fetched behind the page, and opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from demo.photographs import getting as getting_module
from demo.photographs.getting import GOES_ON, THERE, TITLE, Getting
from demo.photographs.handlers import IndexEvents
from demo.photographs.open_folder import NOT_HERE, OpenFolder
from demo.photographs.render import choice_html, getting_html
from demo.shared.collections import Collections
from demo.shared.models import Service
from tests.conftest import FakeEncoder
from tests.data.test_open_photographs import WANTED, server
from tests.file_server import Server
from vse.data import Collection, open_photographs
from vse.data.open_photographs import TERMS

__all__ = ["server"]  # a fixture
LONG = 60.0


def request(host: str = "127.0.0.1:7860") -> Any:
    return SimpleNamespace(headers={"host": host}, query_params={}, session_hash="s")


@pytest.fixture
def events(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> IndexEvents:
    monkeypatch.setenv("VSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(open_photographs, "photographs", lambda *_: WANTED)
    monkeypatch.setattr("demo.shared.jobs.open_encoder", lambda model, progress: FakeEncoder())
    open_folder = OpenFolder("fake")
    open_folder.getting.address = server.url
    return IndexEvents(Collections(Service("none", Collection("none", ()), offer=None), open_folder), open_folder)


def menu(events: IndexEvents, host: str = "127.0.0.1:7860") -> str:
    return choice_html(events.collections, events.open_folder, "", request(host))


def test_a_click_fetches_them_and_opens_them_with_their_captions(events: IndexEvents):
    assert TITLE in menu(events)
    assert TERMS.split(".")[0].split("'")[0] in menu(events)
    *under_way, last = events.on_get(request())
    assert "Fetching " in under_way[0]
    assert "data-cancel" in under_way[0]
    assert "data-go" in last
    run = events.open_folder.opened()
    assert run.folder == events.open_folder.getting.folder
    assert run.is_over(LONG)
    assert run.status.searchable == len(WANTED)
    collection = run.snapshot().searcher.collection
    assert collection.items[0].captions == ("photo 7, 0", "photo 7, 1")
    assert collection.items[0].credit == "https://example.org/7 (CC BY 2.0)"
    assert "data-get" not in menu(events)  # it is open


def test_fetched_once_they_are_opened_without_the_network(events: IndexEvents, server: Server):
    list(events.on_get(request()))
    asked = len(server.asked)
    later = Getting(lambda folder: None, server.url)
    assert later.is_there
    assert later.start().result() == later.folder
    assert len(server.asked) == asked
    events.open_folder.run = None
    assert THERE in menu(events)
    assert "130 MB" not in menu(events)


def test_only_the_person_at_the_machine_may(events: IndexEvents):
    assert "data-get" not in menu(events, "demo.example.org")
    with pytest.raises(gr.Error, match=NOT_HERE):
        list(events.on_get(request("demo.example.org")))
    with pytest.raises(gr.Error, match=NOT_HERE):
        events.on_stop(request("demo.example.org"))
    assert events.open_folder.getting.job is None


def test_without_network_a_sentence_says_so_and_a_new_try_goes_on(events: IndexEvents, server: Server):
    picture = f"/val2017/{WANTED[-1].name}"
    kept = server.files.pop(picture)
    events.open_folder.getting.address = "http://127.0.0.1:9"
    *_, last = events.on_get(request())
    assert "cannot be reached" in last
    assert GOES_ON in last
    assert "data-fetch" in last
    assert events.on_stop(request()) == ""
    assert events.open_folder.run is None
    server.files[picture] = kept
    events.open_folder.getting.address = server.url
    *_, last = events.on_get(request())
    assert "data-go" in last


def test_cancelled_it_says_nothing_more_and_goes_on_later(events: IndexEvents, monkeypatch: pytest.MonkeyPatch):
    begun, go = Event(), Event()
    fetched = getting_module.get_photographs

    def slowly(to: Path, shows: Callable[..., Any], address: str) -> object:
        begun.set()
        assert go.wait(LONG)
        return fetched(to, shows, address)

    monkeypatch.setattr(getting_module, "get_photographs", slowly)
    getting = events.open_folder.getting
    job = getting.start()
    assert begun.wait(LONG)
    assert getting.start() is job  # another window joins
    first: Iterator[Any] = events.on_load(request())
    next(first)
    assert "data-cancel" in next(first)[-1]  # a page that is opened meanwhile follows it
    events.on_stop(request())
    go.set()
    assert job.is_ready(LONG)
    assert job.was_cancelled()
    assert getting_html(getting) == ""
    assert events.open_folder.run is None
    assert getting.start().result() == getting.folder
