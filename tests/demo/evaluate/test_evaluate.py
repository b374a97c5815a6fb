"""The Evaluate view's data, handlers and HTML, on fakes of which every answer is known."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from demo.evaluate import data as evaluate_data
from demo.evaluate import handlers as evaluate_events
from demo.evaluate.data import HISTORY, METRICS, OVERALL, Measures, shipped
from demo.evaluate.handlers import EvaluateEvents, Evaluating
from demo.evaluate.misses import ALL, HELD_OUT, TRUE, WRONG, Shown, is_of, misses_html
from demo.evaluate.render import ModelRow, tables
from demo.shared.address import Page
from demo.shared.collections import Collections
from demo.shared.jobs import Job, Loading, folder_of
from demo.shared.lists import PER_PAGE, part_of, wish
from demo.shared.models import Service
from demo.shared.scores import ordinal
from tests.conftest import FakeEncoder
from vse.data import Collection, load_collection
from vse.data.item import Item
from vse.errors import CheckpointError, QueryError
from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE
from vse.evaluation.misses import Miss
from vse.evaluation.report import evaluate_encoder
from vse.evaluation.retrieval import Evaluation
from vse.io.paths import cache_folder
from vse.search.searcher import Searcher

SKIP = gr.skip()
REQUEST: Any = SimpleNamespace(session_hash="me", query_params={})
BOTH = (IMAGE_TO_TEXT, TEXT_TO_IMAGE)
MISS = Miss(TEXT_TO_IMAGE, "a <b>cat</b>", "red", "green", "green", "red", "red", 7, True, False)


def click(kind: object, value: object = None) -> gr.EventData:
    return gr.EventData(None, {"kind": kind, "value": value})


def last(updates: Iterator[Any]) -> Any:
    return list(updates)[-1]


@pytest.fixture
def collection(colours: Path) -> Collection:
    return load_collection(colours)


@pytest.fixture
def service(collection: Collection) -> Service:
    other = FakeEncoder(fingerprint="other")
    other.name = "other"
    return Service.of(Searcher.open(FakeEncoder(), collection), Searcher.open(other, collection))


@pytest.fixture
def events(service: Service) -> EvaluateEvents:
    return EvaluateEvents(Collections(service))


def with_figures(folder: Path, collection: Collection) -> Path:
    """A model folder that brings the fake's figures on the collection."""
    folder.mkdir(parents=True)
    figures = {collection.name: evaluate_encoder(FakeEncoder(), collection).to_json()}
    (folder / METRICS).write_text(json.dumps(figures), encoding="utf-8")
    return folder


def test_figures_that_were_written_are_read_back(scenes_folder: Path):
    from tests.conftest import tiny_checkpoint
    from vse.encoders.vse.encoder import VSEEncoder

    collection = load_collection(scenes_folder)
    evaluation = evaluate_encoder(VSEEncoder(tiny_checkpoint(texts=collection.captions), "tiny"), collection)
    assert evaluation.held_out is not None
    assert Evaluation.from_json(json.loads(json.dumps(evaluation.to_json()))) == evaluation


def test_shipped_figures_are_of_this_very_collection(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = with_figures(tmp_path / "models/good", collection)
    assert shipped(folder, collection) is None  # the collection is another folder that has the same name
    monkeypatch.setattr(evaluate_data, "COLLECTIONS", collection.items[0].image_path.parents[2])
    assert shipped(folder, collection) == evaluate_encoder(FakeEncoder(), collection)
    assert shipped(folder, replace(collection, items=collection.items[:2])) is None
    (folder / METRICS).write_text('{"colours": {"rsum": 3}}')
    assert shipped(folder, collection) is None
    (folder / METRICS).write_text("{")
    assert shipped(folder, collection) is None
    assert shipped(tmp_path / "nowhere", collection) is None


def test_further_models_that_ship_are_in_the_tables(
    collection: Collection, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with_figures(tmp_path / "models/extra", collection)
    (tmp_path / "models/bare").mkdir()
    monkeypatch.setattr("demo.shared.jobs.MODELS", tmp_path / "models")
    monkeypatch.setattr(evaluate_data, "COLLECTIONS", collection.items[0].image_path.parents[2])
    monkeypatch.setattr(evaluate_data, "MODELS", tmp_path / "models")
    assert list(Measures(service).others()) == ["extra"]
    assert "extra</th>" in EvaluateEvents(Collections(service)).evaluating(Page(), REQUEST).tables_now()
    assert folder_of(Loading("extra", collection)) == tmp_path / "models/extra"
    assert folder_of(Loading("ViT-B-32/openai", collection)) is None


def test_a_model_s_history_is_a_list_or_nothing(collection: Collection, service: Service, tmp_path: Path):
    measures = Measures(service)
    loading = Loading(tmp_path, collection)
    assert measures.history(loading) == []
    (tmp_path / HISTORY).write_text('[{"epoch": 1}, 3]')
    assert measures.history(loading) == [{"epoch": 1}]
    (tmp_path / HISTORY).write_text('{"epoch": 1}')
    assert measures.history(loading) == []


def test_arithmetic_is_scored_once_and_kept_by_fingerprint(
    collection: Collection, service: Service, monkeypatch: pytest.MonkeyPatch
):
    scored = []
    shares = {"exact_at_1": 0.5, "exact_at_5": 1.0, "truth_at_1": 0.75, "kept": 0.25, "queries": 8}

    def score(encoder: Any, counterparts: Any, distractors: Any) -> dict[str, Any]:
        scored.append(encoder.fingerprint)
        return {OVERALL: shares, "night to day": shares}

    monkeypatch.setattr(evaluate_data, "arithmetic_score", score)
    monkeypatch.setattr(evaluate_data, "DEFAULT_COLLECTION", collection.name)
    monkeypatch.setattr(type(collection), "is_bundled", True)
    monkeypatch.setattr(evaluate_data, "list_collections", lambda: ["counterparts"])
    monkeypatch.setattr(evaluate_data, "load_collection", lambda name: collection)
    for _ in range(2):  # two starts of the app
        measures = Measures(service)
        for loading in (service.vse, service.clip):
            work = measures.arithmetic(loading)
            assert work is not None
            assert work.result()[OVERALL] == shares
    assert scored == ["fake", "other"]
    (kept,) = cache_folder().glob("figures/fake/*.json")
    whole = kept.read_text()
    for number, damaged in enumerate((whole[:-9], '{"a": {}, "all": 5}', whole.replace("8", '"8"'), "[]"), start=1):
        kept.write_text(damaged)
        for _ in range(2):
            work = Measures(service).arithmetic(service.vse)
            assert work is not None
            assert work.result()[OVERALL] == shares
        assert scored[2:] == ["fake"] * number
        assert kept.read_text() == whole


def test_without_counterparts_there_is_no_arithmetic(service: Service):
    assert Measures(service).arithmetic(service.vse) is None
    html = last(EvaluateEvents(Collections(service)).on_tables(Page(), REQUEST))[0]
    assert "Arithmetic" not in html


def test_the_tables_fill_as_models_are_measured(events: EvaluateEvents):
    first = events.evaluating(Page(), REQUEST).tables_now()
    assert first.count('data-set="measure"') == 2
    done = last(events.on_tables(Page(), REQUEST))[0]
    # "red" finds red, and "a red square" too; green is green; "Red and green." finds yellow: all four are first.
    assert done.count("100.0</td>") == 12
    assert "Is the answer true?" not in done
    assert 'data-set="measure"' not in done


def test_a_table_says_what_is_still_being_done(collection: Collection):
    html = tables([ModelRow("<me>", doing="Reading …")], collection)
    assert "&lt;me&gt;" in html
    assert "Reading …" in html
    bare = replace(collection, items=(Item.picture("a", Path()),))
    assert "nothing to measure" in tables([], bare)


def test_opening_shows_the_model_that_the_page_asks(events: EvaluateEvents):
    for mode, name in (("vse", "fake"), ("clip", "other"), ("both", "fake")):
        shown, curves, _ = next(iter(events.on_open(Shown(), Page(mode), REQUEST)))  # type: ignore[arg-type]
        assert shown.model == name
        assert f"How {name} learnt" in curves
        assert "No record of its training" in curves
    html = last(events.follow(Shown("fake"), Page(), REQUEST))[2]
    assert "Misses of fake" in html or "each finds its own answer first" in html


def test_an_address_says_what_is_listed(events: EvaluateEvents):
    def at(**parameters: str) -> Any:
        return SimpleNamespace(session_hash="me", query_params=parameters)

    link = {"tab": "evaluate", "of": "other", "direction": IMAGE_TO_TEXT.name, "kind": WRONG, "part": "3"}
    shown, _, html = next(iter(events.on_open(Shown(), Page(), at(**link))))
    assert shown == Shown("other", IMAGE_TO_TEXT.name, WRONG, 2)
    assert 'data-choices="of=other&amp;direction=image_to_text&amp;kind=wrong&amp;part=3"' in html
    wrong = {"tab": "evaluate", "of": "../x", "direction": "up", "kind": "x", "part": "0"}
    assert next(iter(events.on_return(shown, Page(), at(**wrong))))[0] == Shown("fake")
    assert list(events.on_return(shown, Page(), at(**link | {"tab": "search"}))) == [(SKIP, SKIP, SKIP)]


def test_a_switch_is_followed_once_the_view_was_opened(events: EvaluateEvents):
    assert last(events.on_switch(Shown(), Page("clip"), REQUEST)) == (SKIP, SKIP, SKIP)
    shown = next(iter(events.on_switch(Shown("fake", page=3), Page("clip"), REQUEST)))[0]
    assert (shown.model, shown.page) == ("other", 0)
    assert next(iter(events.on_switch(Shown("fake"), Page("both"), REQUEST)))[0].model == "fake"


def test_a_choice_changes_one_thing_and_goes_to_the_first_page(events: EvaluateEvents):
    seen = Shown("fake", page=2)
    for kind, value, expected in (
        ("direction", IMAGE_TO_TEXT.name, replace(seen, direction=IMAGE_TO_TEXT.name, page=0)),
        ("kind", WRONG, replace(seen, kind=WRONG, page=0)),
        ("model", "other", replace(seen, model="other", page=0)),
        ("page", "1", replace(seen, page=1)),
    ):
        assert next(iter(events.on_choice(seen, Page(), click(kind, value), REQUEST)))[0] == expected


@pytest.mark.parametrize(
    "data", [None, {"kind": "page", "value": "-1"}, {"kind": "page", "value": 1}, {"kind": "x", "value": "a"},
             {"kind": "direction", "value": ["a"]}, {"kind": ["a"], "value": "a"}]
)  # fmt: skip
def test_what_a_browser_makes_up_is_refused(data: Any, events: EvaluateEvents):
    with pytest.raises(QueryError, match="nothing that can be shown"):
        wish(data, {"direction": ("a",)})
    with pytest.raises(gr.Error, match="nothing that can be shown"):
        last(events.on_choice(Shown("fake"), Page(), gr.EventData(None, data), REQUEST))


def test_a_model_that_cannot_be_loaded_says_why_and_can_be_tried_again(
    collection: Collection, service: Service, monkeypatch: pytest.MonkeyPatch
):
    failing = Loading("no-such", collection)
    service.clips = [failing]
    failing.start().is_ready(60)
    events = EvaluateEvents(Collections(service))
    html = last(events.on_measure(Shown(), Page(), click("measure", "no-such"), REQUEST))[2]
    assert "No model &#39;no-such&#39;" in html
    assert 'data-value="no-such">Try again' in html
    assert "No model &#39;no-such&#39;" in last(events.on_tables(Page(), REQUEST))[0]
    with pytest.raises(CheckpointError, match="no-such"):
        service.clip.result()


def test_a_model_that_reads_long_is_measured_when_asked(
    events: EvaluateEvents, service: Service, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Measures, "is_quick", lambda self, loading: loading is service.vse)
    html = last(events.follow(Shown("other"), Page(), REQUEST))[2]
    assert evaluate_events.LONG in html
    assert 'data-set="measure" data-value="other"' in html
    assert 'data-value="other">Measure' in last(events.on_tables(Page(), REQUEST))[0]
    done = last(events.on_measure_tables(Page(), click("measure", "other"), REQUEST))
    assert 'data-set="measure"' not in done


def test_misses_are_filtered_by_kind():
    kinds = {kind: is_of(MISS, kind) for kind in (ALL, HELD_OUT, TRUE, WRONG)}
    assert kinds == {ALL: True, HELD_OUT: False, TRUE: True, WRONG: False}
    unknown = replace(MISS, is_true=None, held_out=True)
    assert [is_of(unknown, kind) for kind in (ALL, HELD_OUT, TRUE, WRONG)] == [True, True, False, False]


def test_a_miss_is_a_button_that_asks_its_query(collection: Collection):
    html = misses_html([MISS], BOTH, Shown("fake"), "vse", collection)
    assert 'data-ask="words" data-value="a &lt;b&gt;cat&lt;/b&gt;" data-mode="vse"' in html
    assert "<b>cat" not in html
    assert "true after all" in html
    assert "its own, 7th" in html
    other = replace(MISS, direction=IMAGE_TO_TEXT, query="red", answer="green", own="red", is_true=False)
    html = misses_html([MISS, other], BOTH, Shown("fake", IMAGE_TO_TEXT.name), "clip", collection)
    assert 'data-ask="item" data-value="red" data-mode="clip"' in html
    assert "✗ not true" in html
    assert "No query is missed" in misses_html([MISS], BOTH, Shown("fake", IMAGE_TO_TEXT.name), "vse", collection)


def test_pages_hold_twenty_and_the_last_one_is_the_last(collection: Collection):
    html = misses_html([MISS] * 45, BOTH, Shown("fake", page=1), "vse", collection)
    assert html.count("<li>") == PER_PAGE == 20
    assert "21–40 of 45" in html
    assert 'data-value="0">‹ Previous' in html
    assert 'data-value="2">Next ›' in html
    beyond = part_of(range(45), 99)
    assert (list(beyond.shown), beyond.page, beyond.total) == ([40, 41, 42, 43, 44], 2, 45)
    assert part_of([], 4).page == 0
    assert "pager" not in misses_html([MISS] * 20, BOTH, Shown("fake"), "vse", collection)


def test_ordinals():
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 112, 1003)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th", "1,003rd"
    ]  # fmt: skip


def test_what_ends_while_it_is_shown_is_shown_once_more(
    events: EvaluateEvents, service: Service, monkeypatch: pytest.MonkeyPatch
):
    go = threading.Event()
    work: Job[Any] = events.jobs.begin(("measured", service.vse), lambda: Job(lambda report: go.wait(60)))
    states = []

    def list_now(self: Evaluating, loading: Loading, shown: Shown, page: Page) -> str:
        states.append(work.is_ready())
        go.set()
        assert work.is_ready(60)
        return ""

    monkeypatch.setattr(Evaluating, "list_now", list_now)
    list(events.on_open(Shown(), Page(), REQUEST))
    assert states == [False, True]
