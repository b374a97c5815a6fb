from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from demo.arithmetic.handlers import ArithmeticEvents
from demo.compare.handlers import CompareEvents
from demo.compare.render import Seen as Compared
from demo.evaluate.handlers import EvaluateEvents
from demo.evaluate.misses import Shown
from demo.map.compute import Seen
from demo.map.handlers import MapEvents
from demo.photographs.handlers import SHOWN, IndexEvents, IndexSeen
from demo.photographs.open_folder import NOT_HERE, NOT_SHOWN, OpenFolder
from demo.photographs.render import COMMAND
from demo.search.handlers import SearchEvents
from demo.shared.access import Access
from demo.shared.address import FOLDER, Page, read
from demo.shared.collections import NONE, Collections
from demo.shared.jobs import Loading
from demo.shared.lists import NO_CAPTIONS
from demo.shared.models import Service
from demo.shared.question import Question
from tests.conftest import FakeEncoder, write_pictures
from vse.data import load_collection
from vse.search.searcher import Searcher

SKIP = gr.skip()
PAGE = Page(collection=FOLDER)


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
def events(colours: Path, monkeypatch: pytest.MonkeyPatch) -> IndexEvents:
    encoder = FakeEncoder()
    monkeypatch.setattr("demo.shared.jobs.open_encoder", lambda model, progress: encoder)
    open_folder = OpenFolder("fake")
    served = Service.of(Searcher.open(encoder, load_collection(colours)))
    return IndexEvents(Collections(served, open_folder), open_folder)


@pytest.fixture
def opened(events: IndexEvents, folder: Path) -> IndexEvents:
    assert events.open_folder.open(folder).is_over(60)
    return events


def named(values: tuple[Any, ...]) -> dict[str, Any]:
    """What of SHOWN is given, by name."""
    assert len(values) == len(SHOWN)
    return {name: value for name, value in zip(SHOWN, values, strict=True) if value != SKIP}


def loaded(events: IndexEvents, asked: Any) -> dict[str, Any]:
    [values] = events.on_load(asked)
    return named(values)


def click(kind: str, value: Any = None) -> Any:
    return gr.EventData(None, {"kind": kind, "value": value})


def naming(folder: Any) -> Any:
    return gr.EventData(None, {"folder": folder})


def test_only_the_person_at_the_machine_is_offered_to_open_a_folder(events: IndexEvents, folder: Path):
    here, elsewhere = (loaded(events, request(host))["choice"] for host in ("127.0.0.1:7860", "demo.example.org"))
    assert "<form" in here
    assert "<form" not in elsewhere
    assert COMMAND in elsewhere
    with pytest.raises(gr.Error, match=NOT_HERE):
        events.on_folder(naming(str(folder)), request("demo.example.org"))
    assert events.open_folder.run is None


def test_a_folder_that_is_named_is_indexed(events: IndexEvents, folder: Path):
    events.on_folder(naming(str(folder)), request())
    assert events.open_folder.opened().is_over(60)
    for wrong, said in (("", "No folder was named"), (None, "No folder was named"), ("/nowhere", "There is no folder")):
        with pytest.raises(gr.Error, match=said):
            events.on_folder(naming(wrong), request())


def test_a_fresh_page_is_told_everything_and_then_only_news(opened: IndexEvents, folder: Path):
    assert set(loaded(opened, request())) == {"timer", "choice", "progress", "controls", "unreadable"}
    shown = loaded(opened, request(collection=FOLDER))
    assert set(shown) == set(SHOWN) - {"getting"}
    assert shown["choice"].count('aria-current="true"') == 1
    told = shown["told"]
    assert set(named(opened.on_tick(told, PAGE, request()))) == {"told", "progress"}
    assert named(opened.on_tick(told, Page(), request()))["progress"]  # its state is on its way
    write_pictures(folder / "more")
    assert opened.open_folder.opened().start().is_over(60)
    later = named(opened.on_tick(told, PAGE, request()))
    assert later["told"].grown != told.grown
    assert later["told"].grown in later["progress"]


def test_an_address_names_the_folder_and_never_where_it_lies(opened: IndexEvents, folder: Path):
    collections = opened.collections
    assert collections.page(request(collection=FOLDER, q="red")) == Page(collection=FOLDER, query="red")
    assert collections.name(PAGE, request()) == FOLDER
    assert read({"tab": "photographs", "photos": "a red square"}) == Page(collection=FOLDER, query="a red square")
    *_, (words, _, asked, html, starters) = SearchEvents(collections).on_load(request(tab="photographs", photos="blue"))
    assert (words, asked.text, starters) == ("blue", "blue", SKIP)
    assert 'src="photos/small/' in html
    assert str(folder) not in html
    *_, (words, _, asked, html, _) = SearchEvents(collections).on_load(request(collection=FOLDER))
    assert (words, asked.text) == ("", "")
    assert html.count('class="card"') == 4  # some of them, where nothing was asked
    for wrong, told in (("colours", ""), ("nothing", "There is no collection &#39;nothing&#39; here")):
        assert collections.page(request(collection=wrong)).collection == ""
        assert collections.problem(request(collection=wrong)).replace("'", "&#39;").startswith(told)


def test_an_app_that_was_started_with_photographs_begins_with_them(opened: IndexEvents):
    collections = Collections(opened.collections.served, opened.open_folder)
    assert collections.page(request()).collection == FOLDER
    assert [collections.page(request(**each)).collection for each in ({"q": "red"}, {"tab": "map"})] == ["", ""]
    assert collections.page(request(collection="colours")).collection == ""
    assert collections.name(Page(), request()) == "colours"
    assert collections.page(request("evil.example")).collection == ""
    assert opened.collections.page(request()).collection == ""  # which was opened later
    assert opened.collections.name(Page(), request()) == ""


def test_buttons_start_and_a_late_cancel_says_so(opened: IndexEvents):
    with pytest.raises(gr.Error, match="had ended already, or was cancelled in another window"):
        opened.on_control(IndexSeen(), PAGE, click("cancel"), request())
    shown = named(opened.on_control(IndexSeen(), PAGE, click("again"), request()))
    assert "controls" in shown
    assert opened.open_folder.opened().is_over(60)
    with pytest.raises(gr.Error, match="named nothing that can be done"):
        opened.on_control(IndexSeen(), PAGE, click("delete"), request())


def test_programs_get_the_same_answers(opened: IndexEvents):
    key = opened.open_folder.opened().snapshot().keys["green.png"]
    found = [{"id": "green.png", "score": 1.0, "fit": None, "rank": 1, "image": f"photos/small/{key}"}]
    assert opened.search_photos(request(), "green", 1) == {"answers": found, "note": "", "instead": ""}
    negated = opened.search_photos(request(), "green without blue", 1)
    assert negated["note"] == "This space cannot negate: 'green without blue' is read as if it asked for blue."
    assert negated["instead"] == "green - blue"
    with pytest.raises(gr.Error, match="give a whole number from 1 to 48"):
        opened.search_photos(request(), "green", 0)


def test_filters_know_what_the_files_say(opened: IndexEvents):
    listed = opened.search_photos(request(), "is:square -name:red")["answers"]
    assert [each["id"] for each in listed] == ["blue.png", "green.png", "yellow.png"]
    assert [each["score"] for each in listed] == [None] * 3
    assert opened.search_photos(request(), "green is:portrait")["answers"] == []


SUM = ("red - blue", "", "red", 1, "blue", 1, 6, "plain", False, None, None, PAGE)
POINT = gr.EventData(None, {"kind": "picture", "id": "red.png"})
LASSO = gr.EventData(None, {"pictures": ["red.png"]})
ASKED: dict[str, Callable[[IndexEvents, Any], Any]] = {
    "programs": lambda events, asked: events.search_photos(asked, "blue", 1),
    "search": lambda events, asked: SearchEvents(events.collections).on_words("blue", Question(""), PAGE, asked),
    "a switch": lambda events, asked: list(SearchEvents(events.collections).on_switch(Question("blue"), PAGE, asked)),
    "starters": lambda events, asked: SearchEvents(events.collections).on_indexed(PAGE, asked),
    "arithmetic": lambda events, asked: ArithmeticEvents(events.collections).on_query(asked, *SUM),
    "sources": lambda events, asked: ArithmeticEvents(events.collections).on_indexed(PAGE, asked),
    "map": lambda events, asked: list(MapEvents(events.collections).on_ask("blue", Seen(), PAGE, asked)),
    "a point": lambda events, asked: MapEvents(events.collections).on_pick(Seen(), PAGE, POINT, asked),
    "a lasso": lambda events, asked: MapEvents(events.collections).on_lasso(PAGE, LASSO, asked),
}


@pytest.mark.parametrize("stranger", [request("evil.example:7860"), passed_on(request())], ids=["renamed", "passed on"])
@pytest.mark.parametrize("view", ASKED)
def test_whoever_is_passed_on_or_calls_this_machine_otherwise_sees_no_photographs(
    opened: IndexEvents, view: str, stranger: Any
):
    """As a page elsewhere does whose name was made to lead here."""
    with pytest.raises(gr.Error, match="shown only at the machine"):
        ASKED[view](opened, stranger)
    assert ASKED[view](opened, request())


def test_a_stranger_is_told_nothing_of_the_folder(opened: IndexEvents):
    for stranger in (request("evil.example:7860", collection=FOLDER), passed_on(request(collection=FOLDER))):
        shown = loaded(opened, stranger)
        assert FOLDER not in shown["choice"].replace("no folder", "")
        assert shown["progress"] == shown["controls"] == shown["unreadable"] == ""
        assert set(named(opened.on_tick(IndexSeen(), PAGE, stranger))) == {
            "timer",
            "progress",
            "controls",
            "unreadable",
        }
        assert opened.collections.page(stranger).collection == ""
        assert opened.collections.problem(stranger) == NOT_SHOWN
        with pytest.raises(gr.Error, match="begun and stopped only at the machine"):
            opened.on_control(IndexSeen(), PAGE, click("cancel"), stranger)


def test_without_a_folder_its_address_shows_what_is_served(events: IndexEvents):
    assert events.collections.page(request(collection=FOLDER)).collection == ""
    assert events.collections.problem(request(collection=FOLDER)) == NONE
    with pytest.raises(gr.Error, match="No folder of photographs is open"):
        ASKED["search"](events, request())


def test_a_server_for_others_shows_them_photographs_but_no_buttons(opened: IndexEvents):
    opened.open_folder.access = Access("0.0.0.0")
    asked = request("10.0.0.7:7860", collection=FOLDER)
    shown = loaded(opened, asked)
    assert "photos" in shown["choice"]
    assert "<form" not in shown["choice"]
    assert shown["controls"] == ""
    assert "data-item" in ASKED["search"](opened, asked)[-1]
    with pytest.raises(gr.Error, match="begun and stopped only at the machine"):
        opened.on_control(IndexSeen(), PAGE, click("again"), asked)


def test_a_folder_that_failed_tells_visitors_from_elsewhere_its_name_only(events: IndexEvents, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    assert events.open_folder.open(tmp_path / "empty").is_over(60)
    here = named(events.on_tick(IndexSeen(), PAGE, request("localhost")))
    events.open_folder.access = Access("0.0.0.0")
    elsewhere = loaded(events, request("a.org", collection=FOLDER))
    events.open_folder.access = Access()
    assert f"{tmp_path}/empty holds no pictures" in here["progress"]
    assert str(tmp_path) not in "".join(map(str, elsewhere.values()))
    assert "empty holds no pictures" in elsewhere["progress"]
    assert named(events.on_tick(here["told"], PAGE, request())).keys() == {"told", "progress"}


def test_what_needs_captions_says_that_photographs_have_none(opened: IndexEvents):
    asked = request(collection=FOLDER)
    [(tables, _)] = EvaluateEvents(opened.collections).on_tables(PAGE, asked)
    [(_, compared)] = CompareEvents(opened.collections).on_open(Compared(), PAGE, asked)
    assert NO_CAPTIONS in tables
    assert NO_CAPTIONS in compared


def test_a_captioned_folder_is_read_with_its_captions(events: IndexEvents, folder: Path):
    lines = [("red", "a red one"), ("green", "a green one"), ("green", "green <b>"), ("blue", "red and blue")]
    (folder / "captions.tsv").write_text("image\tcaption\n" + "".join(f"{n}.png\t{said}\n" for n, said in lines))
    assert events.open_folder.open(folder).is_over(60)
    collections, asked = events.collections, request(collection=FOLDER)
    service = collections.of(PAGE, asked)
    assert service.collection.captions == ("red and blue", "a green one", "green <b>", "a red one")
    searching = SearchEvents(collections)
    _, html = searching.show(Question("[red.png]", 4), PAGE, asked)
    assert "Nearest captions" in html
    assert "green &lt;b&gt;" in html
    assert "a red one" in searching.show(Question("red", 2), PAGE, asked)[1]
    [*_, (tables, _)] = EvaluateEvents(collections).on_tables(PAGE, asked)
    assert "R@1" in tables
    [*_, (_, _, misses)] = EvaluateEvents(collections).on_open(Shown(), PAGE, asked)
    assert "Misses of fake" in misses
    other = FakeEncoder(fingerprint="other")
    other.name = "other"
    service.add(Loading.of(Searcher.open(other, service.collection)))
    assert other.encoded == ["images", "texts"]
    [*_, (_, compared)] = CompareEvents(collections).on_open(Compared(), PAGE, asked)
    assert "fake and other" in compared
    assert "overlap@10" in compared


def test_a_caption_file_that_cannot_be_read_is_told_and_the_photographs_are_found(events: IndexEvents, folder: Path):
    (folder / "captions.tsv").write_text("no header\n")
    assert events.open_folder.open(folder).is_over(60)
    shown = loaded(events, request(collection=FOLDER))["progress"]
    assert "captions.tsv" in shown
    assert "4 photographs indexed" in shown
    events.open_folder.access = Access(host="0.0.0.0")
    elsewhere = loaded(events, request("demo.example.org", collection=FOLDER))["progress"]
    assert "captions.tsv" in elsewhere
    assert str(folder) not in elsewhere
    (folder / "captions.tsv").write_text("image\tcaption\nred.png\ta red one\n")
    assert events.open_folder.opened().start().is_over(60)
    assert "captions.tsv" not in loaded(events, request(collection=FOLDER))["progress"]
    assert events.collections.of(PAGE, request(collection=FOLDER)).collection.captions == ("a red one",)
