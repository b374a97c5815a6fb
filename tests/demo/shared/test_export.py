from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from PIL import Image

from demo.shared import export
from demo.shared.answer_render import answers_html
from demo.shared.answering import answer
from demo.shared.answers import Answer
from demo.shared.ask_models import ask_each
from demo.shared.jobs import Loading
from demo.shared.question import Question, words_query
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
    answers = ask_each(both[:1], Question(words_query('a "red" & green'), 2))
    rows = carried(answers_html(answers, collection))
    assert rows == export.rows(answers)
    assert [(row["rank"], row["id"], row["kind"]) for row in rows] == [(1, "yellow", "picture"), (2, "red", "picture")]
    assert [row["score"] for row in rows] == pytest.approx([1, 0.7071], abs=2e-4)  # vectors are kept as float16
    assert [row["captions"] for row in rows] == [CAPTIONS["yellow"], CAPTIONS["red"]]
    assert {(row["model"], row["query"]) for row in rows} == {("fake", answers[0].question.text)}
    assert rows[0]["percentile"] == round(answers[0].pictures[0].percentile, 2)


def test_a_picture_gives_its_captions_first(both: tuple[Loading, ...], collection: Collection):
    answers = ask_each(both[:1], Question("[yellow]", 2))
    rows = carried(answers_html(answers, collection))
    assert [(row["kind"], row["rank"], row["id"], row["captions"]) for row in rows] == [
        ("caption", 1, "yellow", ["Red and green."]),
        ("caption", 2, "red", ["red"]),
        ("picture", 1, "red", CAPTIONS["red"]),
        ("picture", 2, "green", CAPTIONS["green"]),
    ]
    assert {row["query"] for row in rows} == {"[yellow]"}


def test_side_by_side_gives_the_rows_of_both(both: tuple[Loading, ...], collection: Collection):
    rows = carried(answers_html(ask_each(both, Question("red", 3)), collection))
    assert [row["rank"] for row in rows] == [1, 2, 3, 1, 2, 3]


def test_a_sum_gives_its_answers_and_not_those_of_its_parts(both: tuple[Loading, ...], collection: Collection):
    found = ask_each(both, Question("[yellow] - red + blue", 2))
    rows = carried(answers_html(found, collection))
    assert [row["id"] for row in rows] == [image.item.id for each in found for image in each.pictures]
    assert {row["query"] for row in rows} == {"[yellow] - red + blue"}


def test_where_a_visitors_picture_is_kept_is_not_told(both: tuple[Loading, ...], tmp_path: Path):
    Image.new("RGB", (9, 9), (0, 0, 200)).save(tmp_path / "secret.png")
    answers = ask_each(both[:1], Question("[upload]", 2, upload=str(tmp_path / "secret.png")))
    assert {row["query"] for row in export.rows(answers)} == {"[upload]"}
    assert "secret" not in str(export.rows(answers))


def test_what_cannot_be_answered_has_no_rows_and_no_buttons(collection: Collection):
    page = answers_html([Answer(Question("x"), problem="No.")], collection)
    assert "data-rows" not in page
    assert "data-save" not in page


def test_an_unknown_percentile_stays_open(both: tuple[Loading, ...]):
    found = answer(both[0].result().searcher, Question("red", 2))
    assert [row["percentile"] for row in export.rows([found])] == [None, None]
