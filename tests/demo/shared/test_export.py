from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from demo.arithmetic.compute import Ask

from demo.arithmetic import render as arithmetic_view
from demo.shared import export
from demo.shared import render as view
from demo.shared import side_by_side as sides_view
from demo.shared.answering import answer_words
from demo.shared.answers import Answer, Query, Visit
from demo.shared.ask_models import ask_each, compute_each
from demo.shared.jobs import Loading
from tests.conftest import CAPTIONS, FakeEncoder
from vse.data import Collection, load_collection
from vse.search.searcher import Searcher


@pytest.fixture
def collection(colours: Path) -> Collection:
    return load_collection(colours)


@pytest.fixture
def both(collection: Collection) -> tuple[Loading, ...]:
    return tuple(Loading.of(Searcher.open(FakeEncoder(), collection)) for _ in range(2))


def carried(page: str) -> list[export.Row]:
    """The rows that an answer's HTML carries."""
    found = re.findall(r' data-rows="([^"]*)"', page)
    assert len(found) == 1
    return json.loads(html.unescape(found[0]))


def test_words_give_a_row_for_each_picture(both: tuple[Loading, ...], collection: Collection):
    answers = ask_each(both[:1], Visit(Query("words", 'a "red" & green'), 2))
    rows = carried(view.answer_html(answers[0], collection, 2))
    assert rows == export.rows(answers)
    assert [(row["rank"], row["id"], row["kind"]) for row in rows] == [(1, "yellow", "picture"), (2, "red", "picture")]
    assert [row["score"] for row in rows] == pytest.approx([1, 0.7071], abs=2e-4)  # vectors are kept as float16
    assert [row["captions"] for row in rows] == [CAPTIONS["yellow"], CAPTIONS["red"]]
    assert {(row["model"], row["query"]) for row in rows} == {("fake", 'a "red" & green')}
    assert rows[0]["percentile"] == round(100 - answers[0].images[0].top, 2)


def test_a_picture_gives_its_captions_first(both: tuple[Loading, ...], collection: Collection):
    answers = ask_each(both[:1], Visit(Query("item", "yellow"), 2))
    rows = carried(view.answer_html(answers[0], collection, 2))
    assert [(row["kind"], row["rank"], row["id"], row["captions"]) for row in rows] == [
        ("caption", 1, "yellow", ["Red and green."]),
        ("caption", 2, "red", ["red"]),
        ("picture", 1, "red", CAPTIONS["red"]),
        ("picture", 2, "green", CAPTIONS["green"]),
    ]
    assert {row["query"] for row in rows} == {"[yellow]"}


def test_side_by_side_gives_the_rows_of_both(both: tuple[Loading, ...], collection: Collection):
    rows = carried(sides_view.answers_html(ask_each(both, Visit(Query("words", "red"), 3)), collection, 3))
    assert [row["rank"] for row in rows] == [1, 2, 3, 1, 2, 3]


def test_a_sum_gives_its_answers_and_not_those_of_its_parts(both: tuple[Loading, ...], collection: Collection):
    found = compute_each(both, Ask("[yellow] - red + blue", 2))
    rows = carried(arithmetic_view.sums_html(found, collection))
    assert [row["id"] for row in rows] == [image.item.id for each in found for image in each.images]
    assert {row["query"] for row in rows} == {"[yellow] - red + blue"}


def test_where_a_visitors_picture_is_kept_is_not_told():
    assert export.written(Query("upload", "/tmp/gradio/secret.png")) == "[upload]"
    assert export.written(Query("item", "a]b")) == "[a\\]b]"


def test_what_cannot_be_answered_has_no_rows_and_no_buttons(collection: Collection):
    page = view.answer_html(Answer(Query("words", "x"), problem="No."), collection, 12)
    assert "data-rows" not in page
    assert "data-save" not in page


def test_an_unknown_percentile_stays_open(both: tuple[Loading, ...]):
    answer = answer_words(both[0].result().searcher, "red", 2)
    assert [row["percentile"] for row in export.rows([answer])] == [None, None]
