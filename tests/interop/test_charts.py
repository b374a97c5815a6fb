"""The charts as figures: their numbers are those of the core, and by hand where that is possible."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.maps.test_points import Knowing
from vse.data import load_collection
from vse.errors import CheckpointError, CollectionError, QueryError, TextError
from vse.interop import charts
from vse.search.searcher import Searcher
from vse.words.table import WordVectors

# A man or a woman (0, 1), common or royal (2, 3): all of length 1.4; an apple is the opposite of a man.
WORDS = WordVectors(
    "toy",
    ("man", "woman", "king", "queen", "apple"),
    np.array([[1, 0, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1], [0, 1, 0, 1], [-1, 0, -1, 0]], np.float32),
)


@pytest.fixture
def searcher(colours: Path) -> Searcher:
    return Searcher.open(Knowing(), load_collection(colours))


def traces(made) -> dict[str, SimpleNamespace]:
    return {trace.name: trace for trace in made.data}


def test_pictures_stand_between_four_ends(searcher: Searcher):
    made = charts.axes(searcher, ("red", "green"), ("blue", "red"))
    places = dict(zip(made.data[0].customdata, zip(made.data[0].x, made.data[0].y, strict=True), strict=True))
    assert set(places) == {"red", "green", "blue", "yellow"}
    assert places["green"][0] > places["yellow"][0] > places["red"][0]
    assert places["red"][1] > places["blue"][1]
    assert made.layout.xaxis.title.text == "red → green"
    with pytest.raises(CollectionError, match=r"^colours has no 'taste' to colour pictures by"):
        charts.axes(searcher, ("red", "green"), ("blue", "red"), colour="taste")


def test_the_words_nearest_to_a_word_are_named_in_the_plane():
    made = traces(charts.words_plane(WORDS, "king"))
    assert list(made["words"].text) == list(WORDS.words)
    assert list(made["nearest to king"].text)[:2] == ["king", "man"]
    assert made["nearest to king"].x[0] == made["words"].x[2]
    assert [trace.name for trace in charts.words_plane(WORDS, count=2).data] == ["words"]
    with pytest.raises(TextError, match=r"^toy has no vector for 'kin'"):
        charts.words_plane(WORDS, "kin")


def test_the_ends_of_an_axis_come_with_their_cosines():
    (bars,) = charts.words_axis(WORDS, "man", "woman").data
    found = dict(zip(bars.y, bars.x, strict=True))
    assert found == pytest.approx({"man": -0.5, "king": -0.5, "queen": 0.5, "woman": 0.5, "apple": 0.5})
    with pytest.raises(QueryError, match=r"^'man' and 'man' have the same vector"):
        charts.words_axis(WORDS, "man", "man")


def test_an_analogy_is_two_arrows_and_the_place_of_the_sum():
    made = charts.analogy(WORDS, "king", "man", "woman")
    assert made.layout.title.text.startswith("king − man + woman = queen (")
    one, other = made.data[:2]
    assert (one.name, other.name) == ("man → king", "woman → queen")
    steps = [(each.x[1] - each.x[0], each.y[1] - each.y[0]) for each in (one, other)]
    assert steps[0] == pytest.approx(steps[1], abs=1e-6)
    assert (made.data[2].x[0], made.data[2].y[0]) == pytest.approx((other.x[1], other.y[1]), abs=1e-6)


def test_the_sum_of_a_score_ends_in_the_score(searcher: Searcher):
    bars, running = charts.score(searcher, "red", "yellow").data
    assert list(bars.customdata[:1]) == [0]  # red is the first axis, all that the two have in common
    assert running.y[-1] == pytest.approx(searcher.ask("red", k=4).hits[1].score)
    assert np.cumsum(bars.y) == pytest.approx(running.y)


def test_learning_is_drawn_from_a_model_s_record(model_folder: Path, tmp_path: Path):
    with pytest.raises(CheckpointError, match=r"^No record of its training comes with"):
        charts.learning(model_folder)
    record = [{"epoch": 1, "loss": 2.0, "dev": {"rsum": 10.0}}, {"epoch": 2, "loss": 1.0}]
    (tmp_path / "history.json").write_text(json.dumps(record), encoding="utf-8")
    made = traces(charts.learning(tmp_path))
    assert list(made["sum of recalls"].y) == [10.0, None]
    assert list(made["loss"].y) == [2.0, 1.0]


def test_a_study_of_layers_is_a_line_a_collection():
    made = traces(charts.layers())
    assert set(made) == {"Caltech-101", "MiniPlaces"}
    assert len(made["MiniPlaces"].y) == len(made["Caltech-101"].x)
