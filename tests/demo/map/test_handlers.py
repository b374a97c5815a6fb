from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo.arithmetic.fields import Fields
from demo.arithmetic.handlers import ArithmeticEvents
from demo.map import points
from demo.map.compute import Seen, question_about
from demo.map.handlers import SHOWN, MapEvents
from demo.search.handlers import SearchEvents
from demo.shared.address import Page
from demo.shared.collections import Collections
from demo.shared.models import Service
from demo.shared.question import Question
from demo.shared.sum_examples import Example
from demo.shared.view import Asking, front_and_ask
from tests.maps.test_points import Knowing
from vse.data import load_collection
from vse.errors import CollectionError
from vse.search.query import parse
from vse.search.searcher import Searcher

SKIP = gr.skip()


def named(name: str) -> Knowing:
    encoder = Knowing(fingerprint=name)
    encoder.name = name
    return encoder


@pytest.fixture
def service(colours: Path) -> Service:
    first = Searcher.open(named("words"), load_collection(colours))
    return Service.of(first, Searcher.open(named("clippy"), first.collection))


@pytest.fixture
def tab(service: Service) -> MapEvents:
    vars(service)["examples"] = (Example("", parse("[yellow] - red")),)
    return MapEvents(Collections(service))


def request(session: str = "me", **parameters: str) -> Any:
    return SimpleNamespace(session_hash=session, query_params=parameters, headers={"host": "127.0.0.1:7860"})


def event(**data: Any) -> Any:
    return gr.EventData(None, data)


def front(title: str) -> gr.SelectData:
    return gr.SelectData(None, {"index": 0, "value": title})


def last(updates: Any) -> dict[str, Any]:
    """What the browser shows after all updates."""
    found: dict[str, Any] = {}
    for update in updates:
        shown = {name: value for name, value in zip(SHOWN, update, strict=True) if value != SKIP}
        points = {**found.get("points", {}), **shown.pop("points", {})}
        found |= {**shown, "points": points}
    return found


def points_of(shown: dict[str, Any]) -> dict[str, Any]:
    """What the browser fetches to draw."""
    return TestClient(Starlette(routes=[points.route()])).get(shown["points"]["value"]).json()


def opened(tab: MapEvents, view: Seen | None = None, page: Page | None = None) -> dict[str, Any]:
    return last(tab.on_tab(view or Seen(), page or Page(), front("Map"), request()))


def test_opening_the_tab_draws_the_map_and_an_example(tab: MapEvents):
    shown = opened(tab)
    assert shown["box"] == "[yellow] - red"
    assert shown["problem"] == shown["progress"] == ""
    assert [side["model"] for side in points_of(shown)["sides"]] == ["words"]
    assert [label for label, *_ in json.loads(shown["points"]["marks"])[0]["steps"]] == ["[yellow]", "− red"]
    assert 'data-pick="green"' in shown["answers"]
    assert "Trustworthiness" in shown["facts"]
    assert shown["view"].visible


def test_what_the_page_asked_stands_in_the_box(tab: MapEvents):
    view = opened(tab, page=Page(query="red"))["view"]
    assert view.text == "red"
    assert opened(tab, view, Page(query="[blue]"))["box"] == "[blue]"


def test_points_are_sent_once(tab: MapEvents):
    view = opened(tab)["view"]
    again = opened(tab, view)
    assert again["points"] == {}
    asked = last(tab.on_ask("blue", view, Page(), request()))
    assert set(asked["points"]) == {"marks", "address", "answer", "__type__"}
    assert "facts" not in asked
    other = last(tab.on_layout("per-modality", view, Page(), request()))
    assert points_of(other)["sides"][0]["layout"] == "per-modality"
    assert other["view"].layout == "per-modality"


def test_side_by_side_shows_two_maps_and_only_where_someone_looks(tab: MapEvents):
    view = opened(tab)["view"]
    shown = last(tab.on_switch(view, Page("both"), request()))
    assert [side["model"] for side in points_of(shown)["sides"]] == ["words", "clippy"]
    assert shown["answers"].count("<h2>Answers") == 2
    [away] = tab.on_tab(view, Page(), front("Search"), request())
    hidden = dict(zip(SHOWN, away, strict=True))["view"]
    assert list(tab.on_switch(hidden, Page("both"), request())) == []


def test_an_address_names_the_layout_and_a_step_back_asks_again(tab: MapEvents):
    link = {"tab": "map", "layout": "per-modality"}
    shown = last(tab.on_tab(Seen(), Page(query="red"), front("Map"), request(**link)))
    assert shown["layout"] == shown["view"].layout == "per-modality"
    assert shown["points"]["address"] == "q=red&layout=per-modality"
    back = last(tab.on_return(shown["view"], Page(query="blue"), request(tab="map", layout="../x")))
    assert (back["box"], back["layout"]) == ("blue", "joint-centred")
    assert back["points"]["address"] == "q=blue"
    assert back["points"]["answer"] != shown["points"]["answer"]
    assert last(tab.on_return(back["view"], Page(), request(tab="search", layout="joint"))) == {"points": {}}


def test_a_chip_fills_the_box_and_asks(tab: MapEvents):
    view = opened(tab)["view"]
    shown = last(tab.on_chip(view, Page(), event(value="blue"), request()))
    assert shown["box"] == shown["view"].text == "blue"
    assert json.loads(shown["points"]["marks"])[0]["answers"][0] == 2


def test_a_wrong_query_leaves_the_map_and_takes_the_marks_away(tab: MapEvents):
    view = opened(tab)["view"]
    shown = last(tab.on_ask("[nothing] - red", view, Page(), request()))
    assert "No picture [nothing]" in shown["problem"]
    assert json.loads(shown["points"]["marks"]) == [None]
    assert "value" not in shown["points"]
    assert shown["answers"] == ""


def test_a_map_that_fails_is_told_and_can_be_tried_again(tab: MapEvents, monkeypatch: pytest.MonkeyPatch):
    def broken(*given: object) -> None:
        raise CollectionError("A picture <is> gone.")

    with monkeypatch.context() as patch:
        patch.setattr("demo.map.store.map_of_model", broken)
        shown = opened(tab)
    assert "A picture &lt;is&gt; gone." in shown["progress"]
    assert "data-retry" in shown["progress"]
    shown = last(tab.on_retry(shown["view"], Page(), request()))
    assert shown["progress"] == ""
    assert points_of(shown)["ids"] == ["red", "green", "blue", "yellow"]


def test_an_older_question_gives_way(tab: MapEvents):
    first = tab.on_ask("red", opened(tab)["view"], Page(), request())
    next(first)
    newer = last(tab.on_ask("blue", Seen(), Page(), request()))
    assert list(first) == []
    assert newer["view"].text == "blue"


def test_clicks_and_lassos_fill_their_places(tab: MapEvents):
    view = opened(tab)["view"]
    told, lines = tab.on_pick(view, Page(), event(kind="picture", id="red"), request())
    assert 'data-use="search"' in told
    assert "The 3 pictures nearest to it in the space are near in this plane as well." in told
    assert json.loads(lines["near"]) == {
        "kind": "picture",
        "id": "red",
        "sides": [
            {
                "model": "words",
                "layout": "joint-centred",
                "row": 0,
                "near": [3, 1, 2],
                "torn": [False] * 3,
                "strangers": [],
            }
        ],
    }
    assert tab.on_pick(view, Page(), event(), request()) == ("", gr.update(near=""))
    assert tab.on_pick(Seen(), Page(), event(kind="word", id="pink"), request())[1]["near"] == ""  # not on the map
    assert "2 pictures" in tab.on_lasso(Page(), event(pictures=["red", "blue"], captions=[], words=[]), request())
    with pytest.raises(gr.Error, match="named nothing on the map"):
        tab.on_pick(view, Page(), event(kind="picture"), request())


def test_what_was_clicked_is_asked_on_the_other_tabs(tab: MapEvents, service: Service):
    search = front_and_ask("search", Asking(SearchEvents(Collections(service)).on_asked, (), ()), question_about)
    before = Question("red", 6)
    tabs, words, picture, after, html = search(event(kind="picture", id="blue"), request(), before, Page())
    assert (tabs.selected, words, picture) == ("search", "", None)
    assert after == Question("[blue]", 6)
    assert "Similar pictures" in html
    _, words, _, after, _ = search(event(kind="word", id="green"), request(), before, Page())
    assert (words, after) == ("green", Question("green", 6))
    _, _, _, after, html = search(event(kind="spoken caption", id="blue"), request(), before, Page())
    assert after == Question("[speech blue]", 6)
    assert "reads image and text, not" in html
    with pytest.raises(gr.Error, match="named nothing on the map"):
        search(event(kind="picture"), request(), before, Page())

    arithmetic = front_and_ask(
        "arithmetic", Asking(ArithmeticEvents(Collections(service)).on_asked, (), ()), question_about
    )
    given = ("[red] - red", "red", "red", 1, "", 1, 6, "plain", False, None, "", Page())
    tabs, box, *fields = arithmetic(event(kind="picture", id="yellow"), request(), *given)
    assert (tabs.selected, box, tuple(fields[:2])) == ("arithmetic", "[yellow] - red", ("yellow", "red"))
    _, box, *fields = arithmetic(event(kind="word", id="blue"), request(), *given)
    assert (box, Fields(*fields[:5]).plus) == ("[red] - red + blue", "blue")
    for none in ("", "[red"):  # nothing that a word could be added to
        assert arithmetic(event(kind="word", id="blue"), request(), none, *given[1:])[1] == "blue"
