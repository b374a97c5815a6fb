from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from PIL import Image

from demo.search.handlers import SearchEvents
from demo.search.tab import remember
from demo.shared.address import Page
from demo.shared.collections import Collections
from demo.shared.jobs import Loading
from demo.shared.models import Service
from demo.shared.question import Question, about_picture
from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.errors import QueryError
from vse.search.searcher import Searcher

SKIP = gr.skip()
FIRST = Question("red", 12)
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
    return SearchEvents(Collections(Service.of(searcher)))


def test_words_replace_the_picture(tab: SearchEvents):
    picture, asked, html = tab.on_words("green", FIRST, PAGE, request())
    assert (picture, asked) == (None, Question("green", 12))
    assert html.index('data-item="green"') < html.index('data-item="red"')
    assert 'data-address="q=green"' in html


def test_a_clicked_picture_empties_the_words(tab: SearchEvents):
    words, picture, asked, html = tab.on_click(FIRST, PAGE, click("item", "yellow"), request())
    assert (words, picture, asked) == ("", None, Question("[yellow]", 12))
    assert 'data-address="image=yellow"' in html


def test_another_number_of_answers_leaves_the_words_and_the_picture_alone(tab: SearchEvents):
    words, picture, asked, html = tab.on_click(FIRST, PAGE, click("count", 6), request())
    assert (words, picture, asked) == (SKIP, SKIP, Question("red", 6))
    assert html.count('aria-pressed="true">6<') == 1


def test_a_click_from_a_strange_page_is_one_sentence(tab: SearchEvents):
    with pytest.raises(gr.Error, match="reload the page and try again"):
        tab.on_click(FIRST, PAGE, click("upload", "/etc/hostname"), request())


def test_an_uploaded_picture_empties_the_words_and_a_removed_one_changes_nothing(tab: SearchEvents, tmp_path: Path):
    Image.new("RGB", (8, 8), (0, 255, 0)).save(tmp_path / "mine.png")
    words, picture, asked, html = tab.on_picture({"path": str(tmp_path / "mine.png")}, FIRST, PAGE, request())
    assert (words, picture, asked) == ("", None, Question("[upload]", 12, upload=str(tmp_path / "mine.png")))
    assert 'data-address=""' in html
    assert tab.on_picture(None, FIRST, PAGE, request()) == (SKIP,) * 4


def test_a_page_opens_with_what_its_address_asks_for(tab: SearchEvents):
    *_, (words, _, asked, html, _) = tab.on_load(request())
    assert (words, asked) == ("red", FIRST)
    assert 'data-address=""' in html
    *_, (words, _, asked, html, _) = tab.on_load(request(q="blue", k="6"))
    assert (words, asked) == ("blue", Question("blue", 6))
    assert 'data-address="q=blue&amp;k=6"' in html
    for wrong in ("0", "49", "-1", "six", "²", "9" * 99):
        assert list(tab.on_load(request(q="blue", k=wrong)))[-1][2] == Question("blue", 12)
    *_, (words, _, asked, html, _) = tab.on_load(request(image="nothing"))
    assert words == ""
    assert "picture [nothing] in the collection; ids look like [red]." in html


def test_the_first_answer_never_replaces_one_that_was_asked_for_while_loading(colours: Path, searcher: Searcher):
    service = Service("slow", colours)
    service.vse._started.acquire()  # nothing loads until the test says so
    tab = SearchEvents(Collections(service))
    hasty, patient = tab.on_load(request("hasty")), tab.on_load(request("patient"))
    for stream in (hasty, patient):
        assert next(stream)[:4] == (SKIP, None, FIRST, SKIP)  # what a switch would ask again
        assert "Loading the model slow" in next(stream)[3]
    tab.turns.take("hasty")
    service.vse.finish(Loading.of(searcher).result())
    assert list(hasty) == []
    assert [asked for _, _, asked, *_ in patient] == [FIRST]


def test_a_switch_asks_other_models_the_same_and_leaves_the_address_alone(searcher: Searcher):
    tab = SearchEvents(Collections(Service.of(searcher, searcher)))
    [html] = tab.on_switch(FIRST, Page("both"), request())
    assert html.count('<ol class="cards"') == 2
    assert html.count("also #1") == 2
    assert "data-address" not in html
    [html] = tab.on_switch(FIRST, Page("clip"), request())
    assert html.count('<ol class="cards"') == 1


def test_a_switch_asks_the_question_whose_answer_is_still_on_its_way(searcher: Searcher):
    tab = SearchEvents(Collections(Service.of(searcher, searcher)))
    tab.on_click(FIRST, PAGE, click("item", "blue"), request("mine"))
    [html] = tab.on_switch(FIRST, Page("clip"), request("mine"))  # the page still holds what it asked before
    assert "blue" in html.split("</figure>")[0]
    [other] = tab.on_switch(FIRST, Page("clip"), request("yours"))
    assert other != html


def test_a_link_may_ask_two_models(searcher: Searcher):
    *_, (_, _, asked, html, _) = SearchEvents(Collections(Service.of(searcher, searcher))).on_load(
        request(image="red", model="both")
    )
    assert asked.text == "[red]"
    assert html.count('<ol class="captions"') == html.count('<ol class="cards"') == 2
    assert 'data-address="image=red"' in html


def test_what_was_asked_is_there_for_the_other_views():
    page = Page("both", query="old")
    assert remember(page, Question('"a - b"', 6)) == Page("both", query='"a - b"')
    assert remember(page, Question("[red]", 6)) == Page("both", query="[red]")
    assert remember(page, Question("[upload] + red", upload="/tmp/x.png")) == Page("both")


def test_a_switch_back_ends_the_wait_for_the_other_model(colours: Path, searcher: Searcher):
    service = Service.of(searcher)
    slow = Loading("slow", searcher.collection)
    slow._started.acquire()  # nothing loads until the test says so
    service.clips = [slow]
    tab = SearchEvents(Collections(service))
    waiting = tab.on_switch(FIRST, Page("clip"), request())
    assert "Loading the model slow" in next(waiting)
    [html] = tab.on_switch(FIRST, Page("vse"), request())
    assert 'data-item="red"' in html
    slow.finish(Loading.of(searcher).result())
    assert list(waiting) == []


SUM = "[yellow] - red + blue"  # (1, 1, 0) / sqrt 2, minus red, plus blue: nearest to blue, then to green


def test_a_sum_that_is_typed_is_answered_as_one(tab: SearchEvents):
    picture, asked, html = tab.on_words(SUM, FIRST, PAGE, request())
    assert (picture, asked) == (None, Question(SUM, 12))
    assert html.startswith('<section class="answer sum" data-address="q=%5Byellow%5D%20-%20red%20%2B%20blue"')
    assert html.index('data-item="blue"') < html.index('data-item="green"')
    assert "Without the subtraction" in html
    *_, (words, _, asked, again, _) = tab.on_load(request(q=SUM, tab="search"))
    assert (words, asked.text) == (SUM, SUM)
    assert 'class="answer sum"' in again
    found = tab.search_text(SUM, 2)
    assert [each["id"] for each in found["answers"]] == ["blue", "green"]


def test_a_mistake_in_a_sum_is_told_with_its_place(tab: SearchEvents):
    html = tab.on_words("[yelow] + red", FIRST, PAGE, request())[-1]
    assert "did you mean [yellow]?" in html
    assert "  [yelow] + red\n  ^" in html
    assert 'data-address="q=%5Byelow%5D%20%2B%20red"' in html
    with pytest.raises(gr.Error, match="did you mean"):
        tab.search_text("[yelow] + red")


def test_a_sum_with_the_picture_that_was_brought_keeps_it_and_other_words_let_it_go(tab: SearchEvents, tmp_path: Path):
    Image.new("RGB", (8, 8), (0, 255, 0)).save(tmp_path / "mine.png")
    _, _, mine, _ = tab.on_picture({"path": str(tmp_path / "mine.png")}, FIRST, PAGE, request())
    picture, asked, html = tab.on_words("[upload] - red", mine, PAGE, request())
    assert (picture, asked.upload) == (SKIP, mine.upload)
    assert 'data-item="green"' in html
    assert 'data-address=""' in html
    picture, asked, _ = tab.on_words("blue", mine, PAGE, request())
    assert (picture, asked.upload) == (None, "")


def test_a_picture_that_is_opened_larger_is_asked_about_elsewhere():
    assert about_picture({"item": "day 2/red.png"}) == Question("[day 2/red.png]")
    for data in (None, {}, {"item": 3}, "red"):
        with pytest.raises(QueryError, match="named no picture"):
            about_picture(data)


def test_another_view_asks(tab: SearchEvents):
    words, picture, asked, html = tab.on_asked(Question("red - blue"), request(), FIRST, PAGE)
    assert (words, picture, asked) == ("red - blue", None, Question("red - blue", 12))
    assert 'class="answer sum"' in html
