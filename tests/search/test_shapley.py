from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from vse.search.shapley import EXACT, PAIRS, shapley


def additive(groups: list[int], weights: np.ndarray) -> np.ndarray:
    """Each player brings its weight, whoever else is there; nobody has 5."""
    bits = np.array([[group >> player & 1 for player in range(len(weights))] for group in groups])
    return 5 + bits @ weights


def test_gloves_worked_out_by_hand():
    # Player 0 has a left glove, 1 and 2 a right one each, and a pair is worth 1: 2/3, 1/6, 1/6.
    pair = lambda groups: np.array([[float(group & 1 and group & 6 != 0)] for group in groups])  # noqa: E731
    np.testing.assert_allclose(shapley(pair, 3).values[:, 0], [2 / 3, 1 / 6, 1 / 6], atol=1e-6)


def test_it_is_the_mean_over_all_orders():
    reached = np.random.default_rng(0).normal(size=(16, 3))
    mean = np.zeros((4, 3))
    for order in permutations(range(4)):
        group = 0
        for player in order:
            mean[player] += (reached[group | 1 << player] - reached[group]) / 24
            group |= 1 << player
    found = shapley(lambda groups: reached[groups], 4)
    np.testing.assert_allclose(found.values, mean, atol=1e-6)
    assert found.errors is None


@pytest.mark.parametrize("players", [1, EXACT, EXACT + 1, 20])
def test_shares_add_up_drawn_or_not_and_independent_players_get_what_they_bring(players: int):
    weights = np.random.default_rng(players).normal(size=(players, 2))
    found = shapley(lambda groups: additive(groups, weights), players)
    np.testing.assert_allclose(found.values, weights, atol=1e-5)
    if found.errors is not None:
        np.testing.assert_allclose(found.errors, 0, atol=1e-6)


def test_drawn_orders_are_near_and_their_error_says_how_near():
    players = EXACT + 2
    reached = np.random.default_rng(1).normal(size=(2**players, 40)).cumsum(axis=0) / 100
    asked = []

    def worth(groups: list[int]) -> np.ndarray:
        asked.append(groups)
        return reached[groups]

    drawn = shapley(worth, players)
    assert len(asked) == 1
    assert len(set(asked[0])) == len(asked[0]) <= 2 * PAIRS * (players - 1) + 2
    np.testing.assert_allclose(drawn.values.sum(axis=0), reached[-1] - reached[0], atol=1e-5)
    mean = np.zeros_like(drawn.values)  # exact, by the sum over all groups
    from math import factorial

    for group in range(2**players):
        for player in range(players):
            if not group >> player & 1:
                size = group.bit_count()
                chance = factorial(size) * factorial(players - size - 1) / factorial(players)
                mean[player] += chance * (reached[group | 1 << player] - reached[group])
    off = np.abs(drawn.values - mean) / drawn.errors
    assert 0.5 < np.median(off) < 0.9  # 0.67 of a normal distribution
    assert (off < 4).mean() > 0.98


def test_nobody_is_refused():
    with pytest.raises(ValueError, match="0 players came: give one or more"):
        shapley(lambda groups: np.zeros((len(groups), 1)), 0)
