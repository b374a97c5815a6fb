from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vse.data import Collection, load_collection
from vse.data.item import Item
from vse.encoders.calibration import Calibration
from vse.errors import CollectionError
from vse.evaluation.calibrate import calibration_table, cut_of, platt, relevance_of
from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE


def test_platt_scaling_puts_the_cut_in_the_middle_and_weighs_both_sides_alike():
    rng = np.random.default_rng(0)
    fitting, unfitting = rng.normal(0.6, 0.05, 4000), rng.normal(0.4, 0.05, 400)
    score, slope = platt(fitting, unfitting)
    # Of two normal distributions of one width the logarithm of the odds is (0.6 - 0.4) / 0.05^2 * (score - 0.5).
    assert score == pytest.approx(0.5, abs=0.01)
    assert slope == pytest.approx(80, rel=0.2)


def test_scores_that_a_threshold_separates_have_a_slope_too():
    score, slope = platt(np.full(30, 0.8), np.full(30, 0.2))
    assert score == pytest.approx(0.5)
    # The targets are 31/32 and 1/32, so the logarithm of the odds is log(31) at 0.8.
    assert slope == pytest.approx(np.log(31) / 0.3)


def test_scores_the_wrong_way_round_are_no_calibration():
    with pytest.raises(CollectionError, match="scores no higher"):
        platt(np.full(30, 0.2), np.full(30, 0.8))
    with pytest.raises(CollectionError, match="No query is answered"):
        platt(np.zeros(0), np.zeros(30))


def test_the_figures_of_a_cut_by_hand():
    """100 queries and candidates: each finds its own at 0.8, nothing else above 0.2, but for five of the second half.

    Of these, whose best foreign score is 0.9, three find their own at 0.3 only.
    """
    scores = np.full((100, 100), 0.2)
    np.fill_diagonal(scores, 0.8)
    for query in range(95, 100):
        scores[query, 0] = 0.9
    for query in range(97, 100):
        scores[query, query] = 0.3
    cut = cut_of(scores, np.eye(100), np.arange(100))
    assert cut.queries == 50
    assert cut.score == pytest.approx(0.5)
    assert cut.share == pytest.approx(100 * (97 + 5) / 10_000)
    assert cut.recall == 100  # something is above it for every query, if not always the right thing
    assert cut.precision == pytest.approx(100 * 50 / 55)
    assert cut.right_above == pytest.approx(100 * 47 / 52)
    assert cut.right_found == pytest.approx(100 * 47 / 50)


def test_too_few_queries_are_refused():
    with pytest.raises(CollectionError, match=r"30 queries came .* 40 or more are needed"):
        cut_of(np.eye(30), np.eye(30), np.arange(30))


def collection_of(captions: list[list[str]]) -> Collection:
    items = tuple(Item.picture(f"{n}", Path(f"{n}.png"), tuple(each)) for n, each in enumerate(captions))
    return Collection("hand", items)


def test_relevance_is_how_much_of_a_caption_the_others_of_a_picture_say():
    collection = collection_of([["a dog runs in the snow", "a white dog"], ["two cats"], ["a white cat in the snow"]])
    by_words = relevance_of(collection, TEXT_TO_IMAGE)
    third = pytest.approx(1 / 3)
    assert by_words.shape == (4, 3)
    assert by_words[0].tolist() == [1, 0, third]  # dog, runs, snow
    assert by_words[1].tolist() == [1, 0, 0.5]  # white, dog
    assert by_words[3].tolist() == [pytest.approx(2 / 3), 0, 1]  # white, cat, snow
    assert (relevance_of(collection, IMAGE_TO_TEXT) == by_words.T).all()


def test_where_the_truth_is_known_it_is_the_relevance(scenes_folder: Path):
    collection = load_collection(scenes_folder)
    assert collection.annotations is not None
    truth = collection.annotations.relevance("text", "image")
    assert (relevance_of(collection, TEXT_TO_IMAGE) == truth).all()


def test_the_table_names_directions_as_people_do():
    cut = cut_of(np.eye(100), np.eye(100), np.arange(100))
    told = calibration_table(Calibration("hand", {"text_to_image": cut}, {"scenes": 12.345}))
    assert "| caption -> pictures | 0.500 | 1.00 % | 100.0 | 100.0 | 100.0 | 100.0 | 50 |" in told
    assert "| scenes | 12.3 |" in told
