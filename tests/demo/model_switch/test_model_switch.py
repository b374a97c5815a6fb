from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr
import pytest

from demo import main
from demo.model_switch import render as switch_view
from demo.model_switch.handlers import SwitchEvents
from demo.search.handlers import SearchEvents
from demo.shared import jobs as loading_module
from demo.shared.address import Page, read, write
from demo.shared.collections import Collections
from demo.shared.jobs import Loading
from demo.shared.models import Service
from demo.shared.offers import BUNDLED, MISSING, TURNED_OFF, UNFIT_CLIP, Offer, bundled_clip
from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.errors import DownloadError
from vse.io.paths import DEFAULT_MODEL, photo_model
from vse.search.searcher import Searcher

SKIP = gr.skip()
OFFER = Offer("Tiny/test", "A tiny CLIP", "1 MB")


def request(**parameters: str) -> Any:
    return SimpleNamespace(session_hash="me", query_params=parameters, headers={"host": "127.0.0.1:7860"})


def click(kind: object, value: object = None) -> gr.EventData:
    return gr.EventData(None, {"kind": kind, "value": value})


def named(name: str) -> FakeEncoder:
    encoder = FakeEncoder(fingerprint=name)
    encoder.name = name
    return encoder


@pytest.fixture
def searcher(colours: Path) -> Searcher:
    return Searcher.open(named("words"), load_collection(colours))


@pytest.fixture
def both(searcher: Searcher) -> Service:
    return Service.of(searcher, Searcher.open(named("clippy"), searcher.collection))


@pytest.fixture
def fetchable(searcher: Searcher, monkeypatch: pytest.MonkeyPatch) -> Service:
    """Without a CLIP, with one on offer that is there at once."""
    monkeypatch.setattr(loading_module, "open_encoder", lambda model, progress: named(model))
    service = Service.of(searcher)
    service.offer = OFFER
    return service


def pressed(html: str) -> list[str]:
    return [mode for mode in ("vse", "clip", "both") if f'data-mode="{mode}" aria-pressed="true"' in html]


def test_the_address_chooses_who_answers(both: Service):
    for mode in ("vse", "clip", "both"):
        [(page, html, told)] = SwitchEvents(Collections(both)).on_load(request(model=mode, q="a dog", image="red"))
        assert page == Page(mode, query="a dog")
        assert pressed(html) == [mode]
        assert told == ""
    assert "clippy" in html
    assert "words" in html


def test_without_a_clip_the_switch_says_why_and_words_go_on(searcher: Searcher):
    service = Service.of(searcher)
    [(page, html, told)] = SwitchEvents(Collections(service)).on_load(request(model="both"))
    assert page.mode == "vse"
    assert pressed(html) == ["vse"]
    assert html.count('aria-disabled="true"') == html.count(MISSING) == 2
    assert MISSING in told
    assert SwitchEvents(Collections(service)).on_select(page, click("mode", "clip"), request())[0].mode == "vse"


def test_a_click_changes_the_mode_and_nothing_else(both: Service):
    page, html = SwitchEvents(Collections(both)).on_select(Page(query="a dog"), click("mode", "both"), request())
    assert page == Page("both", query="a dog")
    assert pressed(html) == ["both"]
    for data in (click("mode", "gpt"), click(None), click("choose", "nobody"), gr.EventData(None, "clip")):
        with pytest.raises(gr.Error, match="reload the page"):
            SwitchEvents(Collections(both)).on_select(Page(), data, request())


def test_another_clip_can_be_chosen(both: Service):
    more = Loading.of(Searcher.open(named("second"), both.collection))
    both.clips.append(more)
    html = switch_view.switch_html(both, Page())
    assert 'data-choose="clippy" aria-pressed="true"' in html
    page, html = SwitchEvents(Collections(both)).on_select(Page(), click("choose", "second"), request())
    assert (page.mode, both.clip_of(page)) == ("clip", more)
    assert 'data-choose="second" aria-pressed="true"' in html
    back, html = SwitchEvents(Collections(both)).on_select(
        replace(page, mode="both"), click("choose", "clippy"), request()
    )
    assert back == Page("both")  # the app's own goes without saying
    assert 'data-choose="clippy" aria-pressed="true"' in html


def test_each_visitor_has_a_clip_of_their_own(both: Service):
    both.add(Loading.of(Searcher.open(named("second"), both.collection)))
    switch, search = SwitchEvents(Collections(both)), SearchEvents(Collections(both))
    mine, _ = switch.on_select(Page(), click("choose", "second"), request())
    yours, html = switch.on_select(Page(), click("mode", "clip"), request())
    assert pressed(html) == ["clip"]
    assert 'data-choose="clippy" aria-pressed="true"' in html
    assert [[each.name for each in both.loadings(page)] for page in (mine, yours)] == [["second"], ["clippy"]]
    for page, name, other in ((mine, "second", "clippy"), (yours, "clippy", "second")):
        _, _, shown = search.on_words("red", search.first, replace(page, mode="both"), request())
        assert f">{name}</" in shown
        assert other not in shown
    assert both.named("clip").name == "clippy"  # programs too are asked nothing by a visitor
    [(again, html, _)] = switch.on_load(request(model="clip", clip="second"))
    assert again == mine
    assert read(dict(parse_qsl(write(mine)))) == mine
    assert 'data-clip="second"' in html
    [(unknown, _, told)] = switch.on_load(request(model="clip", clip="../third"))
    assert (unknown, told) == (Page("clip"), "")


def test_a_clip_that_was_fetched_is_there_for_all_and_chosen_for_one(both: Service, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(loading_module, "open_encoder", lambda model, progress: named(model))
    both.offer = OFFER
    *_, (mine, _, _) = SwitchEvents(Collections(both)).on_fetch(Page("both"), request())
    assert mine == Page("both", clip="Tiny/test")
    yours, html = SwitchEvents(Collections(both)).on_select(Page(), click("mode", "both"), request())
    assert [each.name for each in both.loadings(yours)] == ["words", "clippy"]
    assert 'data-choose="Tiny/test" aria-pressed="false"' in html
    # a page that still offers to get it joins in
    *_, (late, _, _) = SwitchEvents(Collections(both)).on_fetch(yours, request())
    assert late == mine
    assert [each.name for each in both.clips] == ["clippy", "Tiny/test"]


def test_fetching_ends_with_the_new_model_answering(fetchable: Service):
    assert 'data-fetch="Tiny/test"' in switch_view.switch_html(fetchable, Page())
    *under_way, (page, html, told) = SwitchEvents(Collections(fetchable)).on_fetch(Page(query="red"), request())
    assert all(each[:2] == (SKIP, SKIP) for each in under_way)
    assert (page, told) == (Page("clip", query="red"), "")
    assert pressed(html) == ["clip"]
    assert "Tiny/test" in html
    assert "data-fetch" not in html
    assert fetchable.named("clip").name == fetchable.named("Tiny/test").name == "Tiny/test"


def test_fetching_that_fails_is_one_sentence_and_changes_nothing(fetchable: Service, monkeypatch: pytest.MonkeyPatch):
    def offline(model, progress):
        raise DownloadError("No network: <b>connect</b> and try again.")

    monkeypatch.setattr(loading_module, "open_encoder", offline)
    page, html, told = list(SwitchEvents(Collections(fetchable)).on_fetch(Page("vse"), request()))[-1]
    assert page.mode == "vse"
    assert fetchable.clip is None
    assert "data-fetch" in html
    assert "No network: &lt;b&gt;connect" in told
    assert "Try again" in told
    monkeypatch.setattr(loading_module, "open_encoder", lambda model, progress: named(model))
    assert list(SwitchEvents(Collections(fetchable)).on_fetch(Page("vse"), request()))[-1][0].mode == "clip"
    assert fetchable.searcher().encoder.name == "words"


def test_fetching_is_shown_and_stopped(fetchable: Service, monkeypatch: pytest.MonkeyPatch):
    events = SwitchEvents(Collections(fetchable))

    def waits(model, progress):
        while True:
            progress(250_000, 1_000_000)

    monkeypatch.setattr(loading_module, "open_encoder", waits)
    stream = events.on_fetch(Page(), request())
    *_, shown = next(stream)
    assert 'role="progressbar"' in shown
    assert "data-cancel" in shown
    again = events.on_load(request())
    next(again)
    assert "data-cancel" in next(again)[-1]  # another page sees it too
    stranger = SimpleNamespace(session_hash="you", query_params={}, headers={"host": "example.org"})
    assert events.on_cancel(Page(), stranger) == SKIP
    assert not fetchable.fetching.stopped.is_set()
    assert events.on_cancel(Page(), request()) == SKIP
    assert list(stream)[-1][-1] == ""
    assert events.on_cancel(Page(), request()) == ""  # nothing is under way any more


def test_a_clip_that_failed_is_tried_again_on_the_next_click(both: Service, monkeypatch: pytest.MonkeyPatch):
    both.clips.clear()
    both.add(Loading("no-such-model", both.collection))
    with pytest.raises(Exception, match="No model 'no-such-model'"):
        both.searcher(Page("clip"))
    monkeypatch.setattr(loading_module, "open_encoder", lambda model, progress: named("late"))
    SwitchEvents(Collections(both)).on_select(Page(), click("mode", "clip"), request())
    assert both.searcher(Page("clip")).encoder.name == "late"
    assert [each.name for each in both.clips] == ["no-such-model"]


def test_nothing_from_outside_is_markup(searcher: Searcher):
    hostile = '"><img src=x onerror=alert(1)>'
    service = Service.of(searcher)
    service.why_no_clip, service.offer = hostile, Offer(hostile, hostile, hostile)
    loading = Loading(hostile, searcher.collection)
    pages = [switch_view.progress_html(loading, True), switch_view.message_html(hostile)]
    pages.append(switch_view.switch_html(service, Page()))
    service.clips = [loading, Loading("b", searcher.collection)]
    for page in (*pages, switch_view.switch_html(service, Page(clip=hostile))):
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


def test_photographs_are_served_with_the_model_for_photographs(colours: Path, scenes_folder: Path):
    def model(folder: Path, *arguments: str) -> str:
        return main.service_of(main.parse(["--collection", str(folder), *arguments])).vse.name

    assert model(colours) == photo_model().name
    assert model(colours, "--model", "scenes-vse") == "scenes-vse"
    assert model(scenes_folder) == DEFAULT_MODEL
    drawn = main.service_of(main.parse(["--collection", str(scenes_folder)])).clip
    assert drawn is not None
    assert drawn.name == BUNDLED


def test_what_the_command_line_chooses(colours: Path, tmp_path: Path):
    def service(*arguments: str) -> Service:
        return main.service_of(main.parse(["--collection", str(colours), *arguments]))

    assert service().clip is None
    assert service().why_no_clip == UNFIT_CLIP
    assert service("--no-clip").clip is None
    assert service("--no-clip").why_no_clip == TURNED_OFF
    assert service("--no-clip").on_offer() is None
    chosen = service("--clip", "ViT-B-32/openai").clip
    assert chosen is not None
    assert chosen.name == "ViT-B-32/openai"
    assert bundled_clip(tmp_path) is None
    (tmp_path / BUNDLED).mkdir()
    assert bundled_clip(tmp_path) == tmp_path / BUNDLED
    with pytest.raises(SystemExit, match="2"):
        main.parse(["--clip", "a", "--no-clip"])
