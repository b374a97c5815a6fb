"""The Compare view's data, handlers and HTML, and the endpoint's answers, on fakes of which every answer is known."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest

from demo.compare import data as compare_data
from demo.compare import handlers as compare_events
from demo.compare.data import Comparing, pair_of
from demo.compare.endpoint import compare_query
from demo.compare.handlers import CompareEvents
from demo.compare.render import Seen
from demo.shared.address import Page
from demo.shared.collections import Collections
from demo.shared.jobs import Job, Loading
from demo.shared.models import Service
from tests.conftest import FakeEncoder
from vse.data import Collection, load_collection
from vse.data.item import Item
from vse.errors import QueryError
from vse.evaluation.bench import latency as bench
from vse.evaluation.metrics import IMAGE_TO_TEXT
from vse.search.searcher import Searcher

SKIP = gr.skip()
REQUEST: Any = SimpleNamespace(session_hash="me", query_params={})


class Turned(FakeEncoder):
    """Takes red for green, green for blue and blue for red, in captions alone."""

    def __init__(self) -> None:
        super().__init__("turned")
        self.name = "turned"

    def encode_texts(self, texts: Sequence[str], progress: object = None, *, strict: bool = True) -> np.ndarray:
        return np.roll(super().encode_texts(texts, progress, strict=strict), 1, axis=1)


def click(kind: object, value: object = None) -> gr.EventData:
    return gr.EventData(None, {"kind": kind, "value": value})


def last(updates: Iterator[Any]) -> Any:
    return list(updates)[-1]


@pytest.fixture
def collection(colours: Path) -> Collection:
    return load_collection(colours)


@pytest.fixture
def service(collection: Collection) -> Service:
    return Service.of(Searcher.open(FakeEncoder(), collection), Searcher.open(Turned(), collection))


@pytest.fixture
def events(service: Service) -> CompareEvents:
    return CompareEvents(Collections(service))


def test_two_models_are_compared_once_for_everybody(service: Service):
    comparing = Comparing()
    pair = pair_of(service, Page())
    assert pair == (service.vse, service.clip)
    work = comparing.compared(pair)
    found = work.result()
    assert found.names == ("fake", "turned")
    assert found.figures[0].text_ms is None
    assert [each.bytes for each in found.figures] == [None, None]
    assert comparing.compared(pair) is work
    assert found.only_right("b") == []
    assert len(found.only_right("a")) == sum(counts.only_a for counts in found.counts.values()) > 0


def test_without_a_second_model_the_view_says_why(collection: Collection):
    service = Service.of(Searcher.open(FakeEncoder(), collection))
    seen, html = last(CompareEvents(Collections(service)).on_open(Seen(), Page(), REQUEST))
    assert seen.opened
    assert service.why_no_clip in html
    with pytest.raises(QueryError, match="no second model"):
        compare_query(service, "red", 2)


def test_without_captions_there_is_nothing_to_compare(service: Service, collection: Collection):
    service.collection = replace(
        collection, items=tuple(Item.picture(each.id, each.image_path) for each in collection.items)
    )
    assert "nothing to measure" in last(CompareEvents(Collections(service)).on_open(Seen(), Page(), REQUEST))[1]


def test_the_view_fills_and_lists_what_only_one_gets_right(events: CompareEvents):
    updates = list(events.on_open(Seen(right="a"), Page(), REQUEST))
    assert updates[0][0] == Seen(True, right="a")
    html = updates[-1][1]
    assert 'aria-busy="true"' not in html
    assert "Only one of them is right" in html
    assert "overlap@10" in html
    assert 'data-ask="words" data-value="green" data-mode="both"' in html
    assert "✓ right" in html
    assert "✗ right at" in html
    assert "A first answer is right when it is the query&#39;s own." in html


def test_an_address_says_what_is_listed(events: CompareEvents):
    def at(**parameters: str) -> Any:
        return SimpleNamespace(session_hash="me", query_params=parameters)

    link = {"tab": "compare", "direction": IMAGE_TO_TEXT.name, "right": "a", "part": "3"}
    seen, html = next(iter(events.on_open(Seen(), Page(), at(**link))))
    assert seen == Seen(True, IMAGE_TO_TEXT.name, "a", 2)
    assert 'data-choices="direction=image_to_text&amp;right=a&amp;part=3"' in html
    wrong = {"tab": "compare", "direction": "up", "right": "ab", "part": "-3"}
    assert next(iter(events.on_return(seen, Page(), at(**wrong))))[0] == Seen(True)
    assert list(events.on_return(seen, Page(), at(**link | {"tab": "search"}))) == [(SKIP, SKIP)]


def test_choices(events: CompareEvents):
    seen = Seen(True, page=4)
    assert next(iter(events.on_choice(seen, Page(), click("page", "2"), REQUEST)))[0].page == 2
    changed, _ = next(iter(events.on_choice(seen, Page(), click("direction", IMAGE_TO_TEXT.name), REQUEST)))
    assert changed == Seen(True, direction=IMAGE_TO_TEXT.name, page=0)
    _, html = last(events.on_choice(seen, Page(), click("right", "b"), REQUEST))
    assert "There is no query in this direction on which only turned is right." in html
    with pytest.raises(gr.Error, match="nothing that can be shown"):
        last(events.on_choice(seen, Page(), click("right", "c"), REQUEST))


def test_a_switch_is_followed_once_the_view_was_opened(events: CompareEvents):
    assert last(events.on_switch(Seen(), Page(), REQUEST)) == (SKIP, SKIP)
    assert "fake and turned" in next(iter(events.on_switch(Seen(True), Page(), REQUEST)))[1]


def test_the_clip_that_a_visitor_chose_is_compared(service: Service, events: CompareEvents):
    straight = FakeEncoder("straight")
    straight.name = "straight"
    service.add(Loading.of(Searcher.open(straight, service.collection)))
    assert "fake and straight" in last(events.on_open(Seen(), Page(clip="straight"), REQUEST))[1]
    assert "fake and turned" in last(events.on_open(Seen(), Page(), REQUEST))[1]


def test_times_are_measured_when_asked(events: CompareEvents, monkeypatch: pytest.MonkeyPatch):
    times = {"fake": (1.25, 2.5), "turned": (4.0, 0.5)}
    monkeypatch.setattr(bench, "encode_ms", lambda encoder, collection: times[encoder.name])
    html = last(events.on_open(Seen(), Page(), REQUEST))[1]
    assert 'data-value="times">Measure here' in html
    html = last(events.on_choice(Seen(True), Page(), click("measure", "times"), REQUEST))[1]
    assert "<td><b>1.3 ms</b></td><td>4.0 ms</td>" in html
    assert "<td>2.5 ms</td><td><b>0.5 ms</b></td>" in html
    assert "Measure here" not in html


def test_a_model_that_reads_long_is_compared_when_asked(events: CompareEvents, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Comparing, "is_quick", lambda self, pair: False)
    html = last(events.on_open(Seen(), Page(), REQUEST))[1]
    assert compare_events.LONG.format("turned") in html
    html = last(events.on_choice(Seen(True), Page(), click("measure", "comparison"), REQUEST))[1]
    assert "overlap@10" in html


def test_what_goes_wrong_is_a_sentence_with_a_way_to_try_again(service: Service, collection: Collection):
    failing = Loading("no-such", collection)
    service.clips = [failing]
    events = CompareEvents(Collections(service))
    assert failing.start().is_ready(60)
    html = last(events.on_open(Seen(), Page(), REQUEST))[1]
    assert "No model &#39;no-such&#39;" in html
    assert 'data-value="comparison">Try again' in html


def test_bundled_models_are_quick(service: Service, collection: Collection, monkeypatch: pytest.MonkeyPatch, tmp_path):
    (tmp_path / "one").mkdir()
    monkeypatch.setattr(compare_data, "MODELS", tmp_path)
    comparing = Comparing()
    assert comparing.is_quick((service.vse, Loading(tmp_path / "one", collection)))
    assert not comparing.is_quick((service.vse, Loading("two", collection)))


def test_the_endpoint_places_every_answer_in_the_other_model(service: Service):
    # Red alone finds red, yellow, green; turned, it means green and finds green, yellow, red.
    found = compare_query(service, "red", 2)
    assert found["query"] == "red"
    assert found["shared"] == 1
    first, second = found["models"]
    assert [(each["id"], each["rank"], each["rank_in_other"], each["shared"]) for each in first["images"]] == [
        ("red", 1, 3, False),
        ("yellow", 2, 2, True),
    ]
    assert [each["id"] for each in second["images"]] == ["green", "yellow"]
    assert (first["model"], second["model"]) == ("fake", "turned")
    assert first["captions"] == []
    assert first["images"][0]["captions"] == ["red", "a red square"]
    assert first["images"][0]["score"] == 1
    assert 0 <= first["images"][1]["percentile"] < first["images"][0]["percentile"] <= 100  # type: ignore[operator]


def test_the_endpoint_takes_a_picture_by_its_id(service: Service):
    found = compare_query(service, " [green] ", 1)
    first, second = found["models"]
    assert first["captions"][0]["text"] == "green"
    assert second["captions"][0]["text"] != "green"
    assert first["images"][0]["id"] == second["images"][0]["id"]  # pictures are read alike
    with pytest.raises(QueryError, match=r"No picture \[purple\]"):
        compare_query(service, "[purple]", 1)


def test_the_endpoint_takes_a_sum(service: Service):
    # Without its red, yellow is green; to turned, that word means green, and yellow without green is red.
    found = compare_query(service, "[yellow] - red", 1)
    assert [side["images"][0]["id"] for side in found["models"]] == ["green", "red"]
    assert found["shared"] == 0


@pytest.mark.parametrize(("query", "k"), [(3, 2), (None, 2), ("red", 0), ("red", "x")])
def test_the_endpoint_refuses_what_is_no_query(service: Service, query: object, k: object):
    with pytest.raises(QueryError, match=r"was expected|give a whole number"):
        compare_query(service, query, k)


def test_what_ends_while_it_is_shown_is_shown_once_more(events: CompareEvents):
    go, pair = threading.Event(), pair_of(events.collections.served, Page())
    work: Job[Any] = events.comparing.jobs.begin(("compared", pair), lambda: Job(lambda report: go.wait(60)))
    states = []

    def view(service: Service, pair: object, seen: Seen) -> str:
        states.append(work.is_ready())
        go.set()
        assert work.is_ready(60)
        return ""

    events.view = view  # type: ignore[method-assign, assignment]
    list(events.on_open(Seen(), Page(), REQUEST))
    assert states == [False, True]
