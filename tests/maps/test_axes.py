from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.maps.test_points import Knowing
from vse.cli import main
from vse.data import load_collection
from vse.errors import CollectionError, QueryError
from vse.maps.axes import Axis, auc, axis_of, direction_of
from vse.maps.directions import Truth, values_named
from vse.search.searcher import Searcher


def vector(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_a_direction_is_the_difference_of_its_ends_at_length_one():
    assert direction_of(vector(1, 0), vector(0, 1)) == pytest.approx([-(0.5**0.5), 0.5**0.5])
    with pytest.raises(QueryError, match=r"^Both ends of the axis are at the same place"):
        direction_of(vector(1, 0), vector(1, 0))


def test_a_place_is_the_cosine_of_what_is_left_without_the_mean():
    axis = Axis("a", "b", vector(1, 0))
    rows = np.array([[4, 1], [1, 5], [-2, 5], [1, 1]], np.float32)
    assert axis.along(rows, vector(1, 1)) == pytest.approx([1, 0, -0.6, 0])  # (3, 0), (0, 4), (-3, 4), nowhere


def test_auc_by_hand():
    assert auc(vector(1, 2), vector(3, 4)) == 1
    assert auc(vector(3, 4), vector(1, 2)) == 0
    assert auc(vector(1, 3), vector(2, 3)) == (1 + 0 + 1 + 0.5) / 4
    assert auc(vector(5), vector(5, 5, 5)) == 0.5
    with pytest.raises(ValueError, match=r"^0 and 1 scores came"):
        auc(vector(), vector(1))


def test_auc_is_the_count_over_all_pairs():
    rng = np.random.default_rng(0)
    low, high = rng.integers(0, 6, 30), rng.integers(1, 7, 40)
    wins = (high[None] > low[:, None]) + 0.5 * (high[None] == low[:, None])
    assert auc(low, high) == pytest.approx(wins.mean())


@pytest.fixture
def searcher(colours: Path) -> Searcher:
    return Searcher.open(Knowing(), load_collection(colours))


def test_turning_an_axis_round_turns_the_places_round(searcher: Searcher):
    rows, mean = np.asarray(searcher.images.vectors), searcher.means.picture
    there, back = axis_of(searcher, "red", "blue"), axis_of(searcher, " blue", "red ")
    assert (there.low, back.low) == ("red", "blue")
    assert there.along(rows, mean) == pytest.approx(-back.along(rows, mean))
    pictures = axis_of(searcher, "[red]", "[blue]").along(rows, mean)
    ids = list(searcher.images.item_ids)
    assert (ids[pictures.argmin()], ids[pictures.argmax()]) == ("red", "blue")


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        ("", "red", "^An end of the axis is empty"),
        ("red", "red", "^Both ends of the axis are at the same place"),
        ("red", "blue in:x", "^The end 'blue in:x' has a filter"),
        ("xyzzy", "red", "never read 'xyzzy'"),
        ("[nothing]", "red", r"^No picture \[nothing\]"),
    ],
)
def test_a_wrong_end_is_told_in_a_sentence(searcher: Searcher, low: str, high: str, told: str):
    with pytest.raises(QueryError, match=told):
        axis_of(searcher, low, high)


def test_a_collection_without_truth_has_no_scores(searcher: Searcher):
    with pytest.raises(CollectionError, match=r"has no known truth, so its axes have no score: give Emoji Scenes\.$"):
        Truth(searcher)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("day", [("time", "day")]),
        ("At  night", [("time", "night")]),
        ("a puppy", [("kind", "dog")]),
        ("two", [("count", "two")]),
        ("farm animal", [("family", "farm-animal")]),
        ("orange", [("colour", "orange")]),
        ("[scene-0001]", []),
    ],
)
def test_words_name_values_of_facts(text: str, found: list[tuple[str, str]]):
    assert values_named(text) == found


@pytest.fixture(scope="module")
def truth() -> Truth:
    return Truth(Searcher.open("scenes-vse", "scenes"))


def test_what_ships_has_times_and_sizes_as_directions_and_left_and_right_not(truth: Truth):
    def score(low: str, high: str) -> float:
        found = truth.score(axis_of(truth.searcher, low, high))
        assert found
        return found.auc

    assert score("day", "night") > 0.99
    assert score("small", "big") > 0.99
    assert abs(score("left of", "right of") - 0.5) < 0.1
    assert truth.score(axis_of(truth.searcher, "day", "dog")) is None
    best = truth.best(axis_of(truth.searcher, "a hound", "a lorry"))
    assert best.auc > 0.9


def test_too_few_pictures_have_no_best_pair_and_no_table(scenes_folder: Path, scenes_model: Path):
    few = Truth(Searcher.open(scenes_model, scenes_folder))
    assert few.best(Axis("a", "b", direction_of(few.vectors[0], few.vectors[1]))) is None
    assert few.directions() == {}


def test_the_command_prints_an_axis(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    arguments = ["axes", "scenes-vse", "scenes", "--axis", "day", "night", "--json", str(tmp_path / "axes.json")]
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith("scenes-vse, day - night: AUC 1.000\n  day: scene-")
