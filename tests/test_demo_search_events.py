from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from PIL import Image

from demo.answers import Query, Visit
from demo.search_events import SearchEvents
from demo.service import Service
from tests.conftest import FakeEncoder
from vse.collections import load_collection
from vse.searcher import Searcher

SKIP = gr.skip()
FIRST = Visit(Query("words", "red"), 12)


def request(session: str = "me", **parameters: str) -> Any:
    return SimpleNamespace(session_hash=session, query_params=parameters)


def click(kind: str, value: object) -> gr.EventData:
    return gr.EventData(None, {"kind": kind, "value": value})


@pytest.fixture
def searcher(colours: Path) -> Searcher:
    return Searcher.open(FakeEncoder(), load_collection(colours))


@pytest.fixture
def tab(searcher: Searcher) -> SearchEvents:
    return SearchEvents(Service.of(searcher))


def test_words_replace_the_picture(tab: SearchEvents):
    picture, visit, html = tab.on_words("green", FIRST, request())
    assert (picture, visit) == (None, Visit(Query("words", "green"), 12))
    assert html.index('data-item="green"') < html.index('data-item="red"')
    assert 'data-address="q=green"' in html


def test_a_clicked_picture_empties_the_words(tab: SearchEvents):
    words, picture, visit, html = tab.on_click(FIRST, click("item", "yellow"), request())
    assert (words, picture, visit) == ("", None, Visit(Query("item", "yellow"), 12))
    assert 'data-address="image=yellow"' in html


def test_another_number_of_answers_leaves_the_words_and_the_picture_alone(tab: SearchEvents):
    words, picture, visit, html = tab.on_click(FIRST, click("count", 6), request())
    assert (words, picture, visit) == (SKIP, SKIP, Visit(FIRST.query, 6))
    assert html.count('aria-pressed="true">6<') == 1


def test_a_click_from_a_strange_page_is_one_sentence(tab: SearchEvents):
    with pytest.raises(gr.Error, match="reload the page and try again"):
        tab.on_click(FIRST, click("upload", "/etc/hostname"), request())


def test_an_uploaded_picture_empties_the_words_and_a_removed_one_changes_nothing(tab: SearchEvents, tmp_path: Path):
    Image.new("RGB", (8, 8), (0, 255, 0)).save(tmp_path / "mine.png")
    words, visit, html = tab.on_picture({"path": str(tmp_path / "mine.png")}, FIRST, request())
    assert (words, visit.query.kind) == ("", "upload")
    assert 'data-address=""' in html
    assert tab.on_picture(None, FIRST, request()) == (SKIP, SKIP, SKIP)


def test_a_page_opens_with_what_its_address_asks_for(tab: SearchEvents):
    [(words, visit, html)] = tab.on_load(request())
    assert (words, visit) == ("red", FIRST)
    assert "data-address" not in html
    [(words, visit, _)] = tab.on_load(request(q="blue"))
    assert (words, visit.query) == ("blue", Query("words", "blue"))
    [(words, visit, html)] = tab.on_load(request(image="nothing"))
    assert words == ""
    assert "No picture &#x27;nothing&#x27;" in html


def test_the_first_answer_never_replaces_one_that_was_asked_for_while_loading(colours: Path, searcher: Searcher):
    service = Service("slow", colours)
    service._started.acquire()  # nothing loads until the test says so
    tab = SearchEvents(service)
    hasty, patient = tab.on_load(request("hasty")), tab.on_load(request("patient"))
    for stream in (hasty, patient):
        assert "Loading the model slow" in next(stream)[2]
    tab.note(request("hasty"))
    service._searcher.set_result(searcher)
    assert list(hasty) == [(SKIP, SKIP, SKIP)]
    assert [visit for _, visit, _ in patient] == [FIRST]
    tab.note(request("late"))
    assert tab.early == {"hasty"}
