from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from PIL import Image

from demo.search.handlers import SearchEvents, remembered
from demo.shared.address import Page
from demo.shared.answers import Query, Visit
from demo.shared.jobs import Loading
from demo.shared.models import Service
from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.search.searcher import Searcher

SKIP = gr.skip()
FIRST = Visit(Query("words", "red"), 12)
PAGE = Page()


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
    picture, visit, html = tab.on_words("green", FIRST, PAGE, request())
    assert (picture, visit) == (None, Visit(Query("words", "green"), 12))
    assert html.index('data-item="green"') < html.index('data-item="red"')
    assert 'data-address="q=green"' in html


def test_a_clicked_picture_empties_the_words(tab: SearchEvents):
    words, picture, visit, html = tab.on_click(FIRST, PAGE, click("item", "yellow"), request())
    assert (words, picture, visit) == ("", None, Visit(Query("item", "yellow"), 12))
    assert 'data-address="image=yellow"' in html


def test_another_number_of_answers_leaves_the_words_and_the_picture_alone(tab: SearchEvents):
    words, picture, visit, html = tab.on_click(FIRST, PAGE, click("count", 6), request())
    assert (words, picture, visit) == (SKIP, SKIP, Visit(FIRST.query, 6))
    assert html.count('aria-pressed="true">6<') == 1


def test_a_click_from_a_strange_page_is_one_sentence(tab: SearchEvents):
    with pytest.raises(gr.Error, match="reload the page and try again"):
        tab.on_click(FIRST, PAGE, click("upload", "/etc/hostname"), request())


def test_an_uploaded_picture_empties_the_words_and_a_removed_one_changes_nothing(tab: SearchEvents, tmp_path: Path):
    Image.new("RGB", (8, 8), (0, 255, 0)).save(tmp_path / "mine.png")
    words, visit, html = tab.on_picture({"path": str(tmp_path / "mine.png")}, FIRST, PAGE, request())
    assert (words, visit.query.kind) == ("", "upload")
    assert 'data-address=""' in html
    assert tab.on_picture(None, FIRST, PAGE, request()) == (SKIP, SKIP, SKIP)


def test_a_page_opens_with_what_its_address_asks_for(tab: SearchEvents):
    *_, (words, visit, html) = tab.on_load(request())
    assert (words, visit) == ("red", FIRST)
    assert "data-address" not in html
    *_, (words, visit, _) = tab.on_load(request(q="blue"))
    assert (words, visit.query) == ("blue", Query("words", "blue"))
    *_, (words, visit, html) = tab.on_load(request(image="nothing"))
    assert words == ""
    assert "No picture &#x27;nothing&#x27;" in html


def test_the_first_answer_never_replaces_one_that_was_asked_for_while_loading(colours: Path, searcher: Searcher):
    service = Service("slow", colours)
    service.vse._started.acquire()  # nothing loads until the test says so
    tab = SearchEvents(service)
    hasty, patient = tab.on_load(request("hasty")), tab.on_load(request("patient"))
    for stream in (hasty, patient):
        assert next(stream) == (SKIP, FIRST, SKIP)  # what a switch would ask again
        assert "Loading the model slow" in next(stream)[2]
    tab.turns.take("hasty")
    service.vse.finish(Loading.of(searcher).result())
    assert list(hasty) == []
    assert [visit for _, visit, _ in patient] == [FIRST]


def test_a_switch_asks_other_models_the_same_and_leaves_the_address_alone(searcher: Searcher):
    tab = SearchEvents(Service.of(searcher, searcher))
    [html] = tab.on_switch(FIRST, Page("both"), request())
    assert html.count('<ol class="cards"') == 2
    assert html.count("also #1") == 2
    assert "data-address" not in html
    [html] = tab.on_switch(FIRST, Page("clip"), request())
    assert html.count('<ol class="cards"') == 1


def test_a_switch_asks_the_question_whose_answer_is_still_on_its_way(searcher: Searcher):
    tab = SearchEvents(Service.of(searcher, searcher))
    tab.on_click(FIRST, PAGE, click("item", "blue"), request("mine"))
    [html] = tab.on_switch(FIRST, Page("clip"), request("mine"))  # the page still holds what it asked before
    assert "blue" in html.split("</figure>")[0]
    [other] = tab.on_switch(FIRST, Page("clip"), request("yours"))
    assert other != html


def test_a_link_may_ask_two_models(searcher: Searcher):
    *_, (_, visit, html) = SearchEvents(Service.of(searcher, searcher)).on_load(request(image="red", model="both"))
    assert visit.query == Query("item", "red")
    assert html.count('<ol class="captions"') == html.count('<ol class="cards"') == 2
    assert 'data-address="image=red"' in html


def test_what_was_asked_is_there_for_the_other_views():
    page = Page("both", query="old", selection="old")
    assert remembered(page, Visit(Query("words", "a - b"), 6)) == Page("both", query='"a - b"')
    assert remembered(page, Visit(Query("item", "red"), 6)) == Page("both", selection="red")
    assert remembered(page, Visit(Query("upload", "/tmp/x.png"), 6)) == Page("both")


def test_a_switch_back_ends_the_wait_for_the_other_model(colours: Path, searcher: Searcher):
    service = Service.of(searcher)
    slow = Loading("slow", searcher.collection)
    slow._started.acquire()  # nothing loads until the test says so
    service.clips = [slow]
    tab = SearchEvents(service)
    waiting = tab.on_switch(FIRST, Page("clip"), request())
    assert "Loading the model slow" in next(waiting)
    [html] = tab.on_switch(FIRST, Page("vse"), request())
    assert 'data-item="red"' in html
    slow.finish(Loading.of(searcher).result())
    assert list(waiting) == []
