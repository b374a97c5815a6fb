from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from demo.shared.answer_render import answers_html
from demo.shared.ask_models import DEEP, ask_each, beside
from demo.shared.jobs import Loading
from demo.shared.question import Question
from demo.shared.scores import place
from demo.shared.templating import macros
from tests.conftest import FakeEncoder
from vse.data import Collection, load_collection
from vse.errors import TextError
from vse.search.searcher import Searcher


class Other(FakeEncoder):
    """Sees green before what is asked for, and knows no word for yellow."""

    def __init__(self) -> None:
        super().__init__(fingerprint="other")
        self.name = "other"

    def encode_texts(self, texts, progress=None, *, strict=True):
        if strict and "yellow" in texts[0]:
            raise TextError("The model knows none of these words: yellow.")
        return super().encode_texts([f"{text} green" for text in texts], progress, strict=strict)


@pytest.fixture
def collection(colours: Path) -> Collection:
    return load_collection(colours)


@pytest.fixture
def both(collection: Collection) -> tuple[Loading, ...]:
    return tuple(Loading.of(Searcher.open(each, collection)) for each in (FakeEncoder(), Other()))


def seen(answers: object) -> list[list[tuple[str, int | None]]]:
    return [[(each.item.id, each.rank_in_other) for each in answer.pictures] for answer in answers]


def test_one_model_answers_as_it_did_with_the_worth_of_its_scores(both: tuple[Loading, ...]):
    (answer,) = ask_each(both[:1], Question("red", 2))
    assert seen([answer]) == [[("red", None), ("yellow", None)]]
    assert answer.model == "fake"
    assert answer.pictures[0].percentile is not None


def test_each_answer_knows_its_place_in_the_other_model_s_ranking(both: tuple[Loading, ...]):
    # Red alone: red, yellow, then green and blue. Red and green: yellow, then red before green by row, then blue.
    answers = ask_each(both, Question("red", 2))
    assert seen(answers) == [[("red", 2), ("yellow", 1)], [("yellow", 2), ("red", 1)]]
    assert [answer.model for answer in answers] == ["fake", "other"]


def test_captions_are_the_same_by_their_words(both: tuple[Loading, ...]):
    first, second = ask_each(both, Question("[yellow]", 1))
    places = {line.text: line.rank_in_other for line in first.captions}
    assert places.keys() == {line.text for line in second.captions}
    assert places == {line.text: line.rank for line in second.captions}


def test_beyond_what_was_looked_through_there_is_no_place(both: tuple[Loading, ...]):
    first, second = ask_each(both, Question("red", 4))
    short = beside(first, replace(second, pictures=second.pictures[:1]))[0]
    assert seen([short]) == [[("red", 0), ("yellow", 1), ("green", 0), ("blue", 0)]]


def test_a_problem_of_one_model_leaves_the_other_s_answer_alone(both: tuple[Loading, ...], collection: Collection):
    answers = ask_each(both, Question("yellow red", 2))
    assert seen(answers)[0] == [("red", None), ("yellow", None)]
    assert answers[1].problem == "The model knows none of these words: yellow."
    html = answers_html(answers, collection)
    assert "knows none of these words: yellow" in html
    assert 'data-item="red"' in html
    assert 'data-address="q=yellow%20red&amp;k=2"' in html


def test_a_model_that_cannot_be_loaded_is_a_problem(both: tuple[Loading, ...], collection: Collection):
    missing = Loading("no-such-model", collection)
    answers = ask_each((both[0], missing), Question("red", 2))
    assert seen(answers[:1]) == [[("red", None), ("yellow", None)]]
    assert "No model 'no-such-model'" in answers[1].problem
    (alone,) = ask_each((missing,), Question("[red] + blue", 2))
    assert "No model 'no-such-model'" in alone.problem


def test_a_sum_is_placed_and_only_the_first_model_takes_it_apart(both: tuple[Loading, ...], collection: Collection):
    first, second = ask_each(both, Question("[yellow] - red + blue", 1, "plain"))
    assert seen((first, second)) == [[("blue", 2)], [("green", 2)]]
    assert first.pictures[0].percentile is not None
    assert len(first.parts) == 2
    assert second.parts == ()
    html = answers_html((first, second), collection)
    assert html.count("#2 there") == 2
    assert html.count("<h3>fake</h3>") == html.count("<h3>other</h3>") == 1
    assert "What the parts alone give, by fake" in html


def test_a_sum_that_one_model_cannot_read(both: tuple[Loading, ...], collection: Collection):
    found = ask_each(both, Question("[red] + yellow blue", 2))
    assert [bool(each.problem) for each in found] == [False, True]
    html = answers_html(found, collection)
    assert "knows none of these words: yellow" in html
    assert 'data-item="blue"' in html


def test_places_in_words():
    badge = macros("shared/parts.html.jinja").badge
    assert [place(1, there) for there in (None, 0, 1, 3)] == ["", f"not in the first {DEEP}", "also #1", "#3 there"]
    assert [badge(2, there, 6) for there in (None, 6, 7)] == [
        "",
        '<span class="place shared">#6 there</span>',
        '<span class="place">#7 there</span>',
    ]
