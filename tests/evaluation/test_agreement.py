"""Overlap, rank correlation and rank moves on rankings small enough to write down."""

from __future__ import annotations

import numpy as np
import pytest

from vse.evaluation.agreement import Move, moves, overlap, rank_correlation
from vse.search.hit import Hit

FIRST = np.array([[0.9, 0.8, 0.7, 0.1], [0.4, 0.3, 0.2, 0.1]])
SECOND = np.array([[0.2, 0.9, 0.1, 0.8], [0.1, 0.2, 0.3, 0.4]])


def hits(*ids: str) -> list[Hit]:
    return [Hit(item_id, 1.0 / rank, rank, ord(item_id)) for rank, item_id in enumerate(ids, start=1)]


def test_overlap_is_the_share_of_the_best_that_both_give():
    # query 0: {0, 1} and {1, 3}; query 1: {0, 1} and {3, 2}
    assert overlap(FIRST, SECOND, 2).tolist() == [0.5, 0.0]
    assert overlap(FIRST, SECOND, 1).tolist() == [0.0, 0.0]
    np.testing.assert_allclose(overlap(FIRST, SECOND, 3), [2 / 3, 2 / 3])


def test_fewer_candidates_than_asked_for_are_all_shared():
    assert overlap(FIRST, SECOND, 10).tolist() == [1.0, 1.0]


def test_overlap_of_a_model_with_itself_is_whole_and_does_not_depend_on_who_comes_first():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 6, 30)).round(1)  # rounded, so that some scores are equal
    assert overlap(a, a, 5).tolist() == [1.0] * 6
    assert overlap(a, b, 5).tolist() == overlap(b, a, 5).tolist()


def test_rank_correlation_by_hand():
    # query 0: ranks 1 2 3 4 and 3 1 4 2, squared differences 4 + 1 + 1 + 4: 1 - 6 * 10 / (4 * 15) = 0
    # query 1: one the other way round
    np.testing.assert_allclose(rank_correlation(FIRST, SECOND), [0.0, -1.0], atol=1e-12)


def test_rank_correlation_with_equal_scores_by_hand():
    # ranks 1.5 1.5 3 and 1 2 3: deviations (-.5, -.5, 1) and (-1, 0, 1): 1.5 / sqrt(1.5 * 2)
    found = rank_correlation(np.array([[5.0, 5.0, 1.0]]), np.array([[3.0, 2.0, 1.0]]))
    np.testing.assert_allclose(found, [1.5 / np.sqrt(3)])


def test_rank_correlation_knows_only_the_order():
    scores = np.random.default_rng(1).normal(size=(4, 20))
    np.testing.assert_allclose(rank_correlation(scores, np.exp(3 * scores) - 5), 1.0)
    np.testing.assert_allclose(rank_correlation(scores, -scores), -1.0)


def test_a_model_that_scores_everything_alike_has_no_ranking():
    assert rank_correlation(np.zeros((1, 4)), FIRST[:1]).tolist() == [0.0]
    assert rank_correlation(FIRST[:, :1], SECOND[:, :1]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("measure", [overlap, rank_correlation])
def test_scores_of_other_shapes_are_refused(measure):
    with pytest.raises(ValueError, match=r"Scores came as \(2, 4\) and \(2, 3\): give two"):
        measure(FIRST, SECOND[:, :3])
    with pytest.raises(ValueError, match=r"Scores came as \(2, 0\) and \(2, 0\): .*N >= 1"):
        measure(FIRST[:, :0], SECOND[:, :0])


def test_overlap_of_nothing_is_refused():
    with pytest.raises(ValueError, match="k came as 0: give 1 or more"):
        overlap(FIRST, SECOND, 0)


def test_moves_say_where_the_other_puts_an_answer():
    here, other = hits("a", "b", "c"), hits("c", "x", "y", "a", "z")
    assert moves(here, other) == [Move(1, 4, False), Move(2, None, False), Move(3, 1, True)]
    assert moves(here, other, k=4)[0] == Move(1, 4, True)
    assert moves([], other) == []


def test_an_answer_is_shared_by_both_or_by_neither():
    a, b = hits("a", "b", "c", "d"), hits("c", "x", "d", "a")
    shared = {hit.item_id for hit, move in zip(a, moves(a, b), strict=True) if move.shared}
    assert shared == {hit.item_id for hit, move in zip(b, moves(b, a), strict=True) if move.shared} == {"a", "c", "d"}


def test_captions_are_the_same_answer_by_their_text():
    texts = ["a dog", "A dog.", "a cat"]
    here, other = [Hit("p", 0.9, 1, 0)], [Hit("r", 0.8, 1, 2), Hit("q", 0.7, 2, 1)]
    assert moves(here, other)[0].there is None
    assert moves(here, other, key=lambda hit: texts[hit.row].lower().rstrip("."))[0] == Move(1, 2, False)
