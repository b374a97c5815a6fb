"""Four squares and four captions with scores written down, so that every verdict is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vse.data import Collection, load_collection
from vse.data.item import Item
from vse.evaluation.disagreements import Counts, Disagreement, Typical, compare_answers, typical
from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE, Direction
from vse.evaluation.queries import relevance
from vse.evaluation.report import evaluate_matrices
from vse.evaluation.retrieval import both_ways, truth_metrics

# Pictures red, green, blue (without captions), yellow; captions of red, red, green, yellow.
PERFECT = np.array([[0.9, 0.8, 0, 0], [0, 0, 0.9, 0], [0.1, 0.1, 0.1, 0.1], [0, 0, 0, 0.9]])


@pytest.fixture
def collection(colours: Path) -> Collection:
    return load_collection(colours)


def compared(
    a: np.ndarray, b: np.ndarray, collection: Collection
) -> tuple[dict[Direction, Counts], list[Disagreement]]:
    return compare_answers(both_ways(IMAGE_TO_TEXT, a), both_ways(IMAGE_TO_TEXT, b), collection)


def test_what_is_right_without_truth_is_the_own(collection: Collection):
    rows = [[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 1]]
    assert relevance(collection, IMAGE_TO_TEXT).tolist() == np.array(rows, dtype=bool).tolist()
    assert relevance(collection, TEXT_TO_IMAGE).tolist() == np.array(rows, dtype=bool).T.tolist()


def test_two_models_that_are_right_disagree_nowhere(collection: Collection):
    counts, found = compared(PERFECT, 2 * PERFECT, collection)
    assert counts == {IMAGE_TO_TEXT: Counts(3, 0, 0, 0), TEXT_TO_IMAGE: Counts(4, 0, 0, 0)}
    assert found == []


def test_a_query_that_only_one_has_right_is_told_with_both_answers(collection: Collection):
    other = PERFECT.copy()
    other[1, 2], other[1, 3], other[2, 2] = 0.3, 0.5, 0.6  # "green" finds blue; green finds yellow's caption
    counts, found = compared(PERFECT, other, collection)
    assert counts == {IMAGE_TO_TEXT: Counts(2, 1, 0, 0), TEXT_TO_IMAGE: Counts(3, 1, 0, 0)}
    yellows = "Red and green."
    assert found == [
        Disagreement(IMAGE_TO_TEXT, "green", "green", "green", yellows, "green", "yellow", "a", 1, 2),
        Disagreement(TEXT_TO_IMAGE, "green", "green", "green", "blue", "green", "blue", "a", 1, 2),
    ]
    swapped_counts, swapped = compared(other, PERFECT, collection)
    assert swapped_counts[IMAGE_TO_TEXT] == Counts(2, 0, 1, 0)
    assert [(d.right, d.answer_a, d.answer_b, d.rank_a, d.rank_b) for d in swapped] == [
        ("b", yellows, "green", 2, 1),
        ("b", "blue", "green", 2, 1),
    ]


def test_a_right_answer_that_ties_with_a_wrong_one_is_not_right(collection: Collection):
    alike = np.zeros_like(PERFECT)
    counts, found = compared(PERFECT, alike, collection)
    assert counts == {IMAGE_TO_TEXT: Counts(0, 3, 0, 0), TEXT_TO_IMAGE: Counts(0, 4, 0, 0)}
    assert all(d.picture_b != d.query_picture for d in found)  # a wrong one is shown, as it is counted
    assert [d.rank_b for d in found if d.direction == TEXT_TO_IMAGE] == [4] * 4
    assert compared(alike, alike, collection)[0][TEXT_TO_IMAGE] == Counts(0, 0, 0, 4)


def test_a_typical_query_is_nearest_to_the_median_of_those_on_which_both_are_right():
    captions = ("a very red thing", "red", "a green thing", "a blue thing")
    items = tuple(Item.picture(name, Path(f"{name}.png"), (name,)) for name in captions)
    collection, scores = Collection("things", items), np.eye(4)
    wrong = scores.copy()
    wrong[0] = wrong[0][::-1]
    shared, alike = np.array([0.4, 0.5, 0.7, 0.1]), np.zeros(4)  # the median is 0.45
    pair = scores, scores
    assert typical(TEXT_TO_IMAGE, pair, shared, alike, collection) == Typical(
        TEXT_TO_IMAGE, captions[0], captions[0], captions[0], 0.4
    )
    found = typical(TEXT_TO_IMAGE, (scores, wrong), shared, alike, collection)
    assert found is not None
    assert found.query == "a green thing"  # "red" alone says too little
    equal = typical(TEXT_TO_IMAGE, (scores, wrong), np.full(4, 0.5), np.array([0.5, 0.5, 0.1, 0.6]), collection)
    assert equal is not None
    assert equal.query == "a blue thing"
    assert typical(TEXT_TO_IMAGE, (wrong[:, ::-1], wrong), shared, alike, collection) is None


@pytest.mark.parametrize("known", [True, False])
def test_the_counts_are_those_of_the_figures(scenes_folder: Path, known: bool):
    """By truth they add up to satisfied@1, by the own picture to R@1."""
    collection = load_collection(scenes_folder)
    if not known:
        collection = Collection(collection.name, collection.items)
    rng = np.random.default_rng(0)
    shape = len(collection), len(collection.captions)
    a, b = rng.normal(size=(2, *shape)) + 2 * relevance(collection, IMAGE_TO_TEXT)
    counts, found = compared(a, b, collection)
    for scores, which in ((a, "a"), (b, "b")):
        evaluation = evaluate_matrices(both_ways(IMAGE_TO_TEXT, scores), collection)
        for direction, turned in both_ways(IMAGE_TO_TEXT, scores).items():
            relevant = relevance(collection, direction)
            of = counts[direction]
            alone = of.only_a if which == "a" else of.only_b
            assert alone == sum(d.right == which and d.direction == direction for d in found) > 0
            share = 100 * (of.both + alone) / of.queries
            r1 = evaluation.directions[direction].r1
            assert share == pytest.approx(truth_metrics(turned, relevant).satisfied_at_1 if known else r1)


def test_counts_as_json():
    assert Counts(1, 2, 3, 4).to_json() == {"both": 1, "only_a": 2, "only_b": 3, "neither": 4, "queries": 10}
