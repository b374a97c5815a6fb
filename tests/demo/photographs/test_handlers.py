from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from demo.arithmetic.tab import Arithmetic
from demo.page.page import first_view
from demo.photographs.handlers import SHOWN, IndexSeen, PhotoEvents
from demo.photographs.open_folder import NOT_HERE, OpenFolder
from demo.photographs.tab import Photographs
from demo.search.tab import Search
from demo.shared.access import Access
from demo.shared.address import Page
from demo.shared.question import Question
from tests.conftest import FakeEncoder, write_pictures

SKIP = gr.skip()


def request(host: str = "127.0.0.1:7860", **parameters: str) -> Any:
    """What the handlers look at of a request."""
    return SimpleNamespace(headers={"host": host}, query_params=parameters, session_hash="s")


def passed_on(asked: Any) -> Any:
    asked.headers["via"] = "1.1 proxy"
    return asked


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pictures(tmp_path / "photos")
    return tmp_path / "photos"


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> PhotoEvents:
    encoder = FakeEncoder()
    monkeypatch.setattr("demo.photographs.open_folder.open_encoder", lambda model, progress: encoder)
    return PhotoEvents(OpenFolder("fake"))


@pytest.fixture
def opened(events: PhotoEvents, folder: Path) -> PhotoEvents:
    assert events.open_folder.open(folder).is_over(60)
    return events


def named(values: tuple[Any, ...]) -> dict[str, Any]:
    """What of SHOWN is given, by name."""
    assert len(values) == len(SHOWN)
    return {name: value for name, value in zip(SHOWN, values, strict=True) if value != SKIP}


def click(kind: str, value: Any = None) -> Any:
    return gr.EventData(None, {"kind": kind, "value": value})


def test_without_a_folder_the_tab_explains_itself_once(events: PhotoEvents):
    _, _, choose, *rest = events.on_load(request())
    assert not Photographs().opens(Page(), events.open_folder)
    assert choose["visible"] is True
    shown = named(tuple(rest))
    assert "Search a folder of your own photographs" in shown["empty"]
    assert named(events.on_tick(shown["told"], events.first, request())) == {}


def test_a_visitor_from_elsewhere_has_no_field_and_may_name_nothing(events: PhotoEvents, folder: Path):
    elsewhere = request("demo.example.org")
    _, _, choose, *_ = events.on_load(elsewhere)
    assert choose["visible"] is False
    with pytest.raises(gr.Error, match=NOT_HERE):
        events.on_folder(str(folder), IndexSeen(), events.first, elsewhere)
    assert events.open_folder.run is None


def test_a_folder_that_is_named_is_indexed(events: PhotoEvents, folder: Path):
    _, box, asked, words, picture, *rest = events.on_folder(str(folder), IndexSeen(), events.first, request())
    assert (box, asked, words, picture) == ("", events.first, "", None)
    assert "progress" in named(tuple(rest))
    assert events.open_folder.opened().is_over(60)
    for wrong, said in (("", "No folder was named"), (None, "No folder was named"), ("/nowhere", "There is no folder")):
        with pytest.raises(gr.Error, match=said):
            events.on_folder(wrong, IndexSeen(), events.first, request())


def test_a_fresh_page_is_told_everything_and_then_only_news(opened: PhotoEvents):
    _, _, _, *rest = opened.on_load(request())
    assert Photographs().opens(Page(), opened.open_folder)
    shown = named(tuple(rest))
    assert set(shown) == set(SHOWN)
    assert shown["answer"].count("data-photo=") == 4
    assert set(named(opened.on_tick(shown["told"], opened.first, request()))) == {"told", "progress"}


def test_an_address_asks_photographs_and_never_names_their_folder(opened: PhotoEvents, folder: Path):
    words, asked, *_ = opened.on_load(request(photos="a red square", k="6", tab="photographs"))
    assert (words, asked) == ("a red square", Question("a red square", 6))
    words, picture, asked, html = opened.on_return(request(photos="[red.png]", k="zz", tab="photographs"))
    assert (words, picture, asked) == ("", None, Question("[red.png]"))
    assert 'data-choices="photos=%5Bred.png%5D"' in html
    assert str(folder) not in html
    assert opened.on_return(request(photos="red", tab="search")) == (SKIP,) * 4


def test_a_link_to_a_search_opens_the_search(opened: PhotoEvents):
    assert not Photographs().opens(Page(query="a dog"), opened.open_folder)
    assert first_view([Search(), Photographs(), Arithmetic()], Page(), opened.open_folder) == "photographs"
    assert first_view([Search(), Photographs(), Arithmetic()], Page(query="a dog"), opened.open_folder) == "search"
    assert (
        first_view([Search(), Photographs(), Arithmetic()], Page(query="[x] - dog"), opened.open_folder) == "arithmetic"
    )


def test_the_answer_is_sought_again_when_more_was_indexed(opened: PhotoEvents, folder: Path):
    told = named(opened.on_tick(IndexSeen(), opened.first, request()))["told"]
    write_pictures(folder / "more")
    run = opened.open_folder.opened()
    assert run.start().is_over(60)
    assert named(opened.on_tick(told, opened.first, request()))["answer"].count("data-photo=") == 8


def test_words_pictures_and_clicks_ask(opened: PhotoEvents):
    picture, asked, shown = opened.on_words("blue", opened.first, request())
    assert (picture, asked) == (None, Question("blue"))
    assert "Photographs for <q>blue</q>" in shown
    words, picture, asked, shown = opened.on_click(asked, click("count", 6), request())
    assert (words, picture, asked.k) == (SKIP, SKIP, 6)
    key = opened.open_folder.opened().snapshot().keys["red.png"]
    words, picture, asked, shown = opened.on_click(asked, click("item", key), request())
    assert (words, picture, asked) == ("", None, Question("[red.png]", 6))
    assert "Similar photographs" in shown
    assert opened.on_picture(None, asked, request()) == (SKIP, SKIP, SKIP)
    with pytest.raises(gr.Error, match="No picture came"):
        opened.on_picture({"path": ""}, asked, request())
    with pytest.raises(gr.Error, match="named neither words nor a picture"):
        opened.on_click(asked, click("file", "/etc/passwd"), request())
    with pytest.raises(gr.Error, match="no longer in the index: search again"):
        opened.on_click(asked, click("item", "red.png"), request())


def test_a_question_without_a_folder_is_one_sentence(events: PhotoEvents):
    with pytest.raises(gr.Error, match="No folder of photographs is open"):
        events.on_words("blue", events.first, request())


def test_buttons_start_and_a_late_cancel_says_so(opened: PhotoEvents):
    with pytest.raises(gr.Error, match="had ended already, or was cancelled in another window"):
        opened.on_control(IndexSeen(), opened.first, click("cancel"), request())
    shown = named(opened.on_control(IndexSeen(), opened.first, click("again"), request()))
    assert "controls" in shown
    assert opened.open_folder.opened().is_over(60)
    with pytest.raises(gr.Error, match="named nothing that can be done"):
        opened.on_control(IndexSeen(), opened.first, click("delete"), request())


def test_programs_get_the_same_answers(opened: PhotoEvents):
    key = opened.open_folder.opened().snapshot().keys["green.png"]
    found = [{"id": "green.png", "score": 1.0, "fit": None, "rank": 1, "image": f"photos/small/{key}"}]
    assert opened.search_photos(request(), "green", 1) == {"answers": found, "note": "", "instead": ""}
    negated = opened.search_photos(request(), "green without blue", 1)
    assert negated["note"] == "This space cannot negate: 'green without blue' is read as if it asked for blue."
    assert negated["instead"] == "green - blue"
    with pytest.raises(gr.Error, match="give a whole number from 1 to 48"):
        opened.search_photos(request(), "green", 0)


def test_whoever_is_passed_on_or_calls_this_machine_otherwise_sees_no_photographs(opened: PhotoEvents):
    """As a page elsewhere does whose name was made to lead here."""
    for stranger in (request("evil.example:7860"), passed_on(request())):
        assert "data-photo" not in str(opened.on_load(stranger))
        assert set(named(opened.on_tick(IndexSeen(), opened.first, stranger))) == {"told", "empty", "timer"}
        for call in (
            lambda stranger=stranger: opened.on_words("blue", opened.first, stranger),
            lambda stranger=stranger: opened.search_photos(stranger, "blue", 1),
        ):
            with pytest.raises(gr.Error, match="shown only at the machine"):
                call()
        with pytest.raises(gr.Error, match="begun and stopped only at the machine"):
            opened.on_control(IndexSeen(), opened.first, click("cancel"), stranger)


def test_a_server_for_others_shows_them_photographs_but_no_buttons(opened: PhotoEvents):
    opened.open_folder.access = Access("0.0.0.0")
    shown = named(opened.on_tick(IndexSeen(), opened.first, request("10.0.0.7:7860")))
    assert "data-photo" in shown["answer"]
    assert shown["controls"] == ""
    with pytest.raises(gr.Error, match="begun and stopped only at the machine"):
        opened.on_control(IndexSeen(), opened.first, click("again"), request("10.0.0.7:7860"))


def test_a_folder_that_failed_tells_visitors_from_elsewhere_its_name_only(events: PhotoEvents, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    assert events.open_folder.open(tmp_path / "empty").is_over(60)
    here = named(events.on_tick(IndexSeen(), events.first, request("localhost")))
    events.open_folder.access = Access("0.0.0.0")
    elsewhere = named(events.on_tick(IndexSeen(), events.first, request("a.org")))
    events.open_folder.access = Access()
    assert f"{tmp_path}/empty holds no pictures" in here["progress"]
    assert str(tmp_path) not in "".join(map(str, elsewhere.values()))
    assert "empty holds no pictures" in elsewhere["progress"]
    assert named(events.on_tick(here["told"], events.first, request())).keys() == {"told", "progress"}
