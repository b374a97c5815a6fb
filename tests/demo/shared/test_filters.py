"""Filters in the page and for programs: they come with the query, so each view has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.arithmetic.fields import Fields, fields_of, query_of, starting_from, with_word
from demo.shared.answer_render import answers_html
from demo.shared.answering import answer
from demo.shared.endpoints import pictures_json
from demo.shared.export import rows
from demo.shared.question import Question, is_sum
from demo.shared.unknown_words import corrected
from tests.conftest import COLOURS, FakeEncoder
from tests.photo_folders import write_jpeg
from vse.search.query import parse
from vse.search.searcher import Searcher


@pytest.fixture
def searcher(tmp_path: Path) -> Searcher:
    for number, (name, rgb) in enumerate(COLOURS.items()):
        folder = "a b" if number % 2 else "c"
        write_jpeg(tmp_path / "photos" / folder / f"{name}.jpg", rgb, f"20{20 + number}:01:01 10:00:00")
    return Searcher.open(FakeEncoder(), tmp_path / "photos")


def ids(searcher: Searcher, text: str) -> list[str]:
    found = answer(searcher, Question(text, 6))
    assert found.problem == ""
    return [each.item.id for each in found.pictures]


def test_each_kind_of_question_is_answered_among_what_fits(searcher: Searcher):
    assert ids(searcher, "red after:2020") == ["a b/yellow.jpg", "a b/green.jpg", "c/blue.jpg"]
    assert ids(searcher, '[c/red.jpg] in:"a b"') == ["a b/yellow.jpg", "a b/green.jpg"]
    assert ids(searcher, "[c/red.jpg] - red + green before:2022") == ["a b/green.jpg"]
    assert ids(searcher, "in:c") == ["c/blue.jpg", "c/red.jpg"]


def test_the_parts_of_a_sum_keep_to_the_filters(searcher: Searcher):
    found = answer(searcher, Question("[c/red.jpg] - red + green in:c", 6), parts=True)
    assert [str(part.query) for part in found.parts] == ["[c/red.jpg] + green in:c", "green in:c"]
    assert {hit.item.id for part in found.parts for hit in part.pictures} == {"c/blue.jpg", "c/red.jpg"}


def test_filters_alone_are_shown_without_scores(searcher: Searcher):
    found = answer(searcher, Question("in:c", 6))
    page = answers_html([found], searcher.collection)
    assert "Pictures for</span> <q>" in page
    assert 'aria-label="Pictures, the latest first"' in page
    assert 'class="score"' not in page
    assert "nan" not in page.lower()
    assert [each["score"] for each in pictures_json(found, searcher.collection)] == [None, None]
    assert [each["score"] for each in rows([found])] == [None, None]
    assert not is_sum("in:c")
    assert not is_sum("red before:yesterday")
    assert is_sum("[c/red.jpg] - red in:c")


def test_the_heading_and_the_link_tell_the_filters(searcher: Searcher):
    for text, heading in (("red in:c", "red in:c"), ("[c/red.jpg] in:c", "Similar pictures in:c")):
        page = answers_html([answer(searcher, Question(text, 6))], searcher.collection)
        assert heading in " ".join(page.split())
        assert "in%3Ac" in page


def test_nothing_that_fits_is_told(searcher: Searcher):
    page = answers_html([answer(searcher, Question("red in:nowhere", 6))], searcher.collection)
    assert "No picture here fits in:nowhere." in page


def test_a_mistake_is_shown_in_its_place(searcher: Searcher):
    found = answer(searcher, Question("red before:yesterday", 6))
    assert found.problem.startswith("before: came with 'yesterday'")
    assert found.pointer.splitlines()[1].index("^") == found.pointer.splitlines()[0].index("yesterday")


def test_another_word_keeps_the_filters(searcher: Searcher):
    assert str(corrected(parse("rde car in:rde"), "rde", "red")) == "red car in:rde"
    assert with_word("red in:c", parse("+ blue")) == "red + blue in:c"


def test_the_fields_of_a_sum_do_not_pretend_to_hold_filters():
    assert fields_of(parse("[a] - dog + cat in:c")) is None
    assert str(query_of(Fields(picture="in:c"))) == "[in:c]"


def test_a_sum_that_the_fields_cannot_hold_starts_from_a_picture_all_the_same():
    for query, expected in {
        "king - man + woman": "[red] - man + woman",
        "- man + 2*woman + queen in:c": "[red] - man + queen in:c",
        "- man": "[red] - man",
        "[blue] - man + [green]": "[red] - man + [green]",
    }.items():
        assert str(starting_from(parse(query), "red")) == expected
