"""What is seen of scores: numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from vse.encoders.joint import JointModel
from vse.training.films.look import hardest, pulls, violations
from vse.training.objectives.base import Context
from vse.training.objectives.hardest_negative import HardestNegative, HardestNegativeConfig
from vse.training.objectives.hinge_sum import HingeSum, HingeSumConfig
from vse.training.objectives.infonce import InfoNCE, InfoNCEConfig

# Three pictures against three captions. With the margin 0.2, picture 0 is too near to caption 1, by 0.1 for the picture
# and by 0.5 for the caption; picture 1 too near to caption 2, by 0.3 and by 0.1.
SCORES = np.array([[0.9, 0.8, 0.1], [0.2, 0.5, 0.6], [0.0, 0.3, 0.7]], np.float32)
CONTEXT = Context(JointModel(), "cosine")
ALL = [np.array([0, 1, 2])]


def test_a_pair_violates_by_the_larger_of_its_two_sides():
    expected = np.zeros((3, 3))
    expected[0, 1], expected[1, 2] = 0.5, 0.3
    np.testing.assert_allclose(violations(SCORES, 0.2), expected, atol=1e-6)
    np.testing.assert_allclose(violations(SCORES, 0.0)[1, 2], 0.1, atol=1e-6)
    assert not violations(np.eye(3, dtype=np.float32), 0.2).any()


def test_the_hardest_of_each_side_is_the_nearest_that_violates():
    np.testing.assert_array_equal(hardest(SCORES, 0.2), [[1, 2, -1], [-1, 0, 1]])
    np.testing.assert_array_equal(hardest(np.eye(3, dtype=np.float32), 0.2), np.full((2, 3), -1))


def test_a_sum_pushes_all_violations_of_a_batch_alike():
    pairs, shares = pulls(HingeSum(HingeSumConfig(0.2), CONTEXT), SCORES, ALL, 0)
    assert sorted(map(tuple, pairs.tolist())) == [(0, 1), (1, 2)]
    np.testing.assert_allclose(shares, [0.5, 0.5])
    pairs, shares = pulls(HingeSum(HingeSumConfig(0.2), CONTEXT), SCORES, [np.array([1, 0]), np.array([2])], 0)
    assert pairs.tolist() == [[0, 1]]
    assert shares.tolist() == [1]


def test_the_hardest_alone_is_pushed_once_it_is_warm():
    scores = np.array([[0.9, 0.8, 0.85], [-1, 0.9, -1], [-1, -1, 0.9]], np.float32)
    loss = HardestNegative(HardestNegativeConfig(0.2, 4), CONTEXT)
    cold, shares = pulls(loss, scores, ALL, 0)
    # Picture 0 has two violations and pushes each by half; captions 1 and 2 have picture 0 alone.
    assert sorted(map(tuple, cold.tolist())) == [(0, 1), (0, 2)]
    np.testing.assert_allclose(shares, [0.5, 0.5])
    warm, shares = pulls(loss, scores, ALL, 4)
    assert warm.tolist() == [[0, 2], [0, 1]]  # caption 1 still pushes picture 0
    np.testing.assert_allclose(shares, [2 / 3, 1 / 3], rtol=1e-5)


def test_infonce_pushes_every_pair_by_its_probability():
    pairs, shares = pulls(InfoNCE(InfoNCEConfig(1.0), CONTEXT), SCORES, ALL, 0)
    assert len(pairs) == 6
    assert float(shares.sum()) == pytest.approx(1, abs=1e-5)
    forth = np.exp(SCORES) / np.exp(SCORES).sum(axis=1, keepdims=True)
    back = np.exp(SCORES) / np.exp(SCORES).sum(axis=0, keepdims=True)
    pushed = (forth + back) * (1 - np.eye(3))
    np.testing.assert_allclose(shares, sorted((pushed / pushed.sum())[pushed > 0], reverse=True), rtol=1e-4)


def test_where_nothing_is_wrong_nothing_is_pushed():
    pairs, shares = pulls(HingeSum(HingeSumConfig(0.2), CONTEXT), np.eye(3, dtype=np.float32), ALL, 0)
    assert pairs.shape == (0, 2)
    assert shares.shape == (0,)
