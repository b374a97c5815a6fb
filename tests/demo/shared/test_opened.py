from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo.search.handlers import SearchEvents
from demo.shared import score_script
from demo.shared.address import Page
from demo.shared.collections import Collections
from demo.shared.jobs import Loading
from demo.shared.models import Service
from demo.shared.opened import Asked, asked_of, for_page, for_programs, page_json
from demo.shared.question import Question
from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.encoders.registry import load_model
from vse.errors import QueryError
from vse.search.searcher import Searcher


@pytest.fixture
def searcher(colours: Path) -> Searcher:
    return Searcher.open(FakeEncoder(), load_collection(colours))


def told(searcher: Searcher, query: str, **asked: object) -> dict:
    return json.loads(page_json([Loading.of(searcher)], Question(query), asked))


def test_the_page_is_told_numbers_that_sum_to_the_score(searcher: Searcher):
    given = told(searcher, "red blue", item="yellow")
    assert given["score"] == pytest.approx(0.5, abs=1e-3)
    assert given["vectors"][2] == pytest.approx([0.5, 0, 0], abs=1e-3)
    assert [each["word"] for each in given["words"]] == [each["word"] for each in given["cuts"]] == ["red", "blue"]
    assert sum(each["share"] for each in given["words"]) + given["nothing"] == pytest.approx(given["score"], abs=1e-3)
    assert given["places"] is None
    assert given["ways"] == ["occlusion"]
    assert given["asked"] == {"item": "yellow", "caption": None, "model": ""}
    covered = told(searcher, "red blue", item="yellow", places="occlusion")["places"]
    assert [each["word"] for each in covered["maps"]] == ["", "red", "blue"]


def test_a_model_that_tells_places_does_so_at_once_and_little_is_sent(scenes_model: Path, scenes_folder: Path):
    searcher = Searcher.open(load_model(scenes_model), load_collection(scenes_folder))
    item = searcher.collection.items[0].id
    given = page_json([Loading.of(searcher)], Question("a dog and a cat on the beach at night"), {"item": item})
    assert json.loads(given)["places"]["way"] == "features"
    assert len(given) < 10_000
    caption = json.loads(page_json([Loading.of(searcher)], Question(f"[{item}]"), {"item": item, "caption": 1}))
    assert caption["query"] == searcher.collection.items[0].captions[1]
    assert caption["pictured"] == item
    hit = next(each for each in searcher.nearest_captions(searcher.vector_of(item), 200)
               if searcher.caption(each) == caption["query"])  # fmt: skip
    assert caption["score"] == pytest.approx(hit.score, abs=2e-3)


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({}, "The click named no score"),
        ({"item": 3}, "The click named no score"),
        ({"item": "red", "caption": -1}, "The click named no score"),
        ({"item": "red", "caption": True}, "The click named no score"),
        ({"item": "../../etc/passwd"}, "There is no picture '../../etc/passwd' here"),
        ({"item": "red", "caption": 0}, "A caption has a score where a picture is asked about"),
        ({"item": "red", "places": "x"}, "places came as 'x': give 'features' or 'occlusion'"),
        ({"item": "red", "places": "features"}, "fake tells nothing of places without looking again"),
    ],
)
def test_what_a_browser_makes_up_is_refused_in_a_sentence(searcher: Searcher, asked: dict, problem: str):
    assert problem in told(searcher, "red", **asked)["problem"]


def test_what_compares_nothing_has_no_score_and_a_picture_that_is_gone_is_named_by_its_id(searcher: Searcher):
    assert "Filters alone compare nothing" in told(searcher, "is:square", item="red")["problem"]
    path = searcher.collection.item("red").image_path
    path.unlink()
    problem = told(searcher, "red", item="red", places="occlusion")["problem"]
    assert str(path.parent) not in problem
    assert "red" in problem


def test_of_two_models_the_one_that_is_named_is_told(searcher: Searcher):
    with pytest.raises(QueryError, match="The click named no score"):
        asked_of("red")
    first, other = Loading.of(searcher), Loading.of(searcher)
    other.name = "other"
    given = json.loads(page_json([first, other], Question("red"), {"item": "red", "model": "other"}))
    assert given["model"] == "other"
    assert for_page(searcher, Question("red"), Asked("red"), "me")["model"] == "me"


def test_programs_are_told_the_largest_first(searcher: Searcher, colours: Path):
    events = SearchEvents(Collections(Service.of(searcher)))
    given = events.explain("red blue", "yellow", "occlusion")
    assert given["dimensions"][0]["dimension"] == 0
    assert given["read"][0] == {"text": "red", "score": pytest.approx(0.7071, abs=1e-3)}
    assert np.shape(given["places"]["maps"][0]["values"]) == (9, 9)
    assert for_programs(searcher, Question("[red]"), Asked("yellow"))["words"] == []
    with pytest.raises(gr.Error, match="item came as '3': give the id of a picture"):
        events.explain("red", 3)
    request = SimpleNamespace(session_hash="me", query_params={})
    shown = events.on_score(Question("red"), Page(), gr.EventData(None, {"item": "red"}), request)
    assert json.loads(shown)["score"] == pytest.approx(1, abs=1e-3)


def test_the_script_is_served_at_an_address_of_its_own():
    found = TestClient(Starlette(routes=[score_script.route()])).get(f"/{score_script.address()}")
    assert "export function open" in found.text
    assert "SCORE_STYLE" not in found.text
    assert "immutable" in found.headers["cache-control"]
