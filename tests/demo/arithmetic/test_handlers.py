from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from demo.arithmetic.fields import Fields
from demo.arithmetic.handlers import ArithmeticEvents
from demo.arithmetic.tab import Arithmetic
from demo.shared.address import Mode, Page, read
from demo.shared.collections import Collections
from demo.shared.jobs import Loading
from demo.shared.models import Service
from demo.shared.question import Question
from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.io.paths import DEFAULT_WAY
from vse.modalities.speech.decoding import wav_bytes
from vse.search.searcher import Searcher

SKIP = gr.skip()
EMPTY = astuple(Fields())
ANSWER = 8  # after the query, five fields, k and the problem


@pytest.fixture
def searcher(colours: Path) -> Searcher:
    return Searcher.open(FakeEncoder(), load_collection(colours))


@pytest.fixture
def tab(searcher: Searcher) -> ArithmeticEvents:
    return ArithmeticEvents(Collections(Service.of(searcher)))


def request(session: str = "me", **parameters: str) -> Any:
    return SimpleNamespace(session_hash=session, query_params=parameters)


def given(
    text: str = "", fields: Fields | None = None, k: int = 3, upload: Any = None, mode: Mode = "vse"
) -> tuple[Any, ...]:
    return (text, *astuple(fields or Fields()), k, "plain", False, upload, "", Page(mode))


def test_running_a_query_fills_the_fields_and_leaves_the_box(tab: ArithmeticEvents):
    box, *fields, k, problem, html = tab.on_query(request(), *given("[yellow]  - 0.5*red + blue"))
    assert (box, fields, k, problem) == (SKIP, ["yellow", "red", 0.5, "blue", 1], 3, "")
    assert 'data-address="q=%5Byellow%5D%20-%200.5%2Ared%20%2B%20blue&amp;k=3&amp;way=plain"' in html
    assert "plain sum" in html
    assert tab.on_query(request(), *given("red - blue + green"))[1:6] == EMPTY


def test_an_error_keeps_the_box_and_the_fields(tab: ArithmeticEvents):
    box, *fields, _, problem, html = tab.on_query(request(), *given("[yellow - red", Fields("green", "red")))
    assert [box, *fields] == [SKIP] * 6
    assert "<pre" in problem
    assert 'data-address="q=%5Byellow%20-%20red&amp;k=3&amp;way=plain"' in html


def test_fields_rewrite_the_query(tab: ArithmeticEvents):
    assert tab.on_typing("yellow", "red", 1, "blue", 0.5) == ("[yellow] - red + 0.5*blue", "")
    assert tab.on_typing("", "", 1, "", 1) == ("", "")
    box, problem = tab.on_typing("yellow", "red", 4, "", 1)
    assert box == SKIP
    assert "A weight came as 4" in problem
    fields = Fields("yellow", "red", 1, "blue", 1)
    box, *shown, k, problem, html = tab.on_fields(request(), *given("anything", fields))
    assert (box, tuple(shown), k, problem) == ("[yellow] - red + blue", astuple(fields), 3, "")
    assert html.index('data-item="blue"') < html.index('data-item="green"')


def test_a_clicked_picture_goes_into_the_sum_and_clicked_words_are_a_query(tab: ArithmeticEvents):
    def click(kind: str, value: object) -> Any:
        return gr.EventData(None, {"kind": kind, "value": value})

    asked = given("whatever", Fields("yellow", "red", 1, "blue", 1))
    assert tab.on_click(click("item", "green"), request(), *asked)[:2] == ("[green] - red + blue", "green")
    assert tab.on_click(click("words", "[red] + blue"), request(), *asked)[:5] == ("[red] + blue", "red", "", 1, "blue")
    box, *_, k, _, html = tab.on_click(click("count", 24), request(), *given("red"))
    assert (box, k) == (SKIP, 24)
    assert 'aria-pressed="true">24<' in html
    with pytest.raises(gr.Error, match="reload the page"):
        tab.on_click(click("upload", "/etc/hostname"), request(), *asked)


def test_an_upload_becomes_the_source(tab: ArithmeticEvents, tmp_path: Path):
    Image.new("RGB", (9, 9), (255, 0, 0)).save(tmp_path / "mine.png")
    asked = given("", Fields("yellow", "red", 1, "blue", 1), upload={"path": str(tmp_path / "mine.png")})
    box, picture, *_, html = tab.on_upload(request(), *asked)
    assert (box, picture) == ("[upload] - red + blue", "upload")
    assert 'data-address=""' in html
    assert tab.on_upload(request(), *given("red")) == (SKIP,) * 9


def test_the_sum_starts_from_what_was_said(tab: ArithmeticEvents, tmp_path: Path):
    (tmp_path / "said.wav").write_bytes(wav_bytes(np.sin(np.arange(16_000) / 5), 16_000))
    said = gr.EventData(None, {"path": str(tmp_path / "said.wav")})
    box, picture, *_, problem, _, speech = tab.on_spoken(
        said, request(), *given("", Fields("yellow", "red", 1, "blue", 1))
    )
    assert (box, picture, speech) == ("[speech] - red + blue", "speech", str(tmp_path / "said.wav"))
    assert "fake does not hear: choose a model that does" in problem
    with pytest.raises(gr.Error, match="no longer kept"):
        tab.on_spoken(gr.EventData(None, {"path": "/etc/hostname"}), request(), *given("red"))


def test_the_page_opens_here_for_a_query_that_is_no_plain_text(tab: ArithmeticEvents):
    *_, last = tab.on_load(request(q="[yellow] - red + blue"))
    assert last[:2] == ("[yellow] - red + blue", "yellow")
    assert 'data-address="q=' in last[ANSWER]
    for parameters in ({}, {"q": "red"}, {"q": " "}, {"q": '"red - blue"'}, {"image": "red"}):
        assert not Arithmetic().opens(read(parameters))
        [only] = tab.on_load(request(**parameters))
        assert only[0] == str(tab.collections.served.examples[0].query)
        assert only[ANSWER] == SKIP
    for query in ("[yellow] - red + blue", "[yellow", "- red", "2*red"):
        assert Arithmetic().opens(read({"q": query}))
    assert "<pre" in list(tab.on_load(request(q="[yellow")))[-1][ANSWER - 1]
    *_, last = tab.on_load(request(q="red", tab="arithmetic"))
    assert last[0] == "red"


def test_the_example_is_answered_when_it_is_first_looked_at_and_not_again(tab: ArithmeticEvents):
    list(tab.on_load(request("curious")))
    [(_, picture, *_, html)] = tab.on_open(request("curious"), *given(""))
    assert str(tab.collections.served.examples[0].query).startswith(f"[{picture}]")
    assert 'data-address=""' in html
    assert list(tab.on_open(request("curious"), *given("red"))) == [(SKIP,) * 9]


def test_what_was_asked_before_the_tab_came_to_the_front_stays(tab: ArithmeticEvents):
    list(tab.on_load(request("sent here")))
    tab.on_asked(Question("[green]"), request("sent here"), *given("", Fields()))
    assert list(tab.on_open(request("sent here"), *given("[green]"))) == [(SKIP,) * 9]
    list(tab.on_load(request("with a link", q="[yellow] - red")))
    assert list(tab.on_open(request("with a link"), *given("[yellow] - red"))) == [(SKIP,) * 9]


def test_an_address_says_how_a_sum_is_done(tab: ArithmeticEvents):
    first, last = tab.on_load(request(q="[yellow] - red", k="3", way="centred", keep="1"))
    assert (first[ANSWER + 1]["value"], *first[ANSWER + 2 : ANSWER + 4]) == ("centred", True, None)
    assert last[ANSWER - 2] == 3
    assert 'data-address="q=%5Byellow%5D%20-%20red&amp;k=3&amp;way=centred&amp;keep=1"' in last[ANSWER]
    first, last = tab.on_load(request(q="[yellow] - red", k="99", way="../x", keep="yes"))
    assert (first[ANSWER + 1]["value"], *first[ANSWER + 2 : ANSWER + 4]) == (DEFAULT_WAY, False, None)
    assert 'data-address="q=%5Byellow%5D%20-%20red"' in last[ANSWER]


def test_another_view_adds_to_the_sum(tab: ArithmeticEvents):
    asked = given("[yellow] - red", Fields("yellow", "red"))
    assert tab.on_asked(Question("[green]"), request(), *asked)[0] == "[green] - red"
    box, *_, html = tab.on_asked(Question("blue"), request(), *asked)
    assert box == "[yellow] - red + blue"
    assert html.index('data-item="blue"') < html.index('data-item="green"')
    assert tab.on_asked(Question("blue"), request(), *given("[yellow"))[0] == "blue"
    assert tab.on_asked(Question("[green] - red"), request(), *asked)[0] == "[green] - red"


def test_the_first_answer_never_replaces_one_that_was_asked_for_while_loading(colours: Path, searcher: Searcher):
    service = Service("slow", colours)
    service.vse._started.acquire()  # nothing loads until the test says so
    tab = ArithmeticEvents(Collections(service))
    hasty, patient = (tab.on_load(request(name, tab="arithmetic")) for name in ("hasty", "patient"))
    for stream in (hasty, patient):
        next(stream)
        assert "Loading the model slow" in next(stream)[ANSWER]
    tab.turns.take("hasty")
    service.vse.finish(Loading.of(searcher).result())
    assert list(hasty) == []
    assert len(list(patient)) == 1


def test_a_switch_asks_other_models_the_same(searcher: Searcher):
    tab = ArithmeticEvents(Collections(Service.of(searcher, searcher)))
    fields = Fields("yellow", "red", 1, "blue", 1)
    [(box, *_, problem, html)] = tab.on_switch(request(), *given("[yellow] - red + blue", fields, mode="both"))
    assert (box, problem) == (SKIP, "")
    assert html.count('<div class="side">') == 2
    assert html.count('<div class="compare">') == 1
    assert "data-address" not in html
    [(*_, problem, html)] = tab.on_switch(request(), *given("[yellow", mode="both"))
    assert "<pre" in problem
    assert "No answer" in html
