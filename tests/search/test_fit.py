from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.encoders.calibration import Calibration, Cut
from vse.modalities.text.unknown import UnknownWord
from vse.search.fit import collection_level, count_fitting, share_read
from vse.search.hit import Hit
from vse.search.searcher import Searcher

HALF = Cut(0.5, 8, precision=90, recall=90, right_above=90, right_found=90, queries=50)
COLOURS = ("red", "green", "blue", "yellow")


class Calibrated(FakeEncoder):
    """One that knows only colours, calibrated from words to pictures and from pictures to captions."""

    calibration = Calibration("colours", {"text_to_image": HALF, "image_to_text": HALF})

    def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
        return tuple(UnknownWord(word, ()) for word in text.lower().split() if word not in (*COLOURS, "a"))


@pytest.fixture
def searcher(colours: Path) -> Searcher:
    return Searcher.open(Calibrated(), load_collection(colours))


def test_the_fit_of_answers_to_words(searcher: Searcher):
    hits = searcher.search_text("red", 4)
    assert [(hit.item_id, round(hit.score, 2)) for hit in hits[:2]] == [("red", 1.0), ("yellow", 0.71)]
    assert [hit.fit for hit in hits] == [pytest.approx(HALF.fit(hit.score)) for hit in hits]
    assert searcher.ask("red", 4).hits == hits
    assert [count_fitting(hits, least) for least in (0, 0.5, 0.9, 1)] == [4, 2, 1, 0]


def test_words_that_nobody_taught_the_model_are_in_no_answer_for_all_it_knows(searcher: Searcher):
    (plain,), (half,) = searcher.search_text("a red", 1), searcher.search_text("a red giraffe", 1)
    assert half.score == plain.score
    assert half.fit == pytest.approx(plain.fit / 2)
    assert searcher.ask("a red giraffe", 1).hits == [half]
    assert share_read(searcher.encoder, "a") == 1
    assert share_read(searcher.encoder, "giraffe") == 0
    assert share_read(FakeEncoder(), "giraffe") == 1


def test_an_answer_fits_less_where_everything_scores_high_and_to_a_longer_query(searcher: Searcher):
    cut = replace(HALF, words=0.1, level=0.5)
    searcher.encoder.calibration = Calibration(  # type: ignore[attr-defined]
        "colours", {"text_to_image": cut}, cohorts={"text": np.eye(3)[[0, 0, 0, 2]]}
    )
    red, two = searcher.search_text("red", 1)[0], searcher.search_text("red green", 1)[0]
    level = collection_level(searcher.encoder, "text", searcher.images)
    assert level == pytest.approx(1)  # red and blue find themselves
    assert red.fit == pytest.approx(HALF.fit(red.score - 0.5))
    assert two.fit == pytest.approx(HALF.fit(two.score - 0.5 - 0.1))
    assert collection_level(searcher.encoder, "image", searcher.images) == 0


def test_only_what_was_calibrated_has_a_fit(searcher: Searcher, colours: Path):
    picture = colours / "images/red.png"
    assert searcher.search_image(picture, 1)[0].fit == pytest.approx(HALF.fit(1))
    assert searcher.search("image", picture, "image", 1)[0].fit is None
    for query in ("[red]", "red - green", "[red] + blue"):
        assert {hit.fit for hit in searcher.ask(query).hits} == {None}
    plain = Searcher.open(FakeEncoder(), load_collection(colours)).search_text("red", 4)
    assert {hit.fit for hit in plain} == {None}
    assert count_fitting(plain, 1) == 4


def test_answers_are_counted_from_the_best_on():
    hits = [Hit("a", 0.9, 1, 0, 0.8), Hit("b", 0.8, 2, 1, 0.5), Hit("c", 0.1, 3, 2, 0.49)]
    assert count_fitting(hits, 0.5) == 2
