from __future__ import annotations

import numpy as np
import pytest

from vse.maps.neighbours import neighbours_of

ANGLES = np.radians(np.arange(12) * 10)
FAN = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)  # twelve directions, ten degrees apart


def test_what_a_plane_tears_away_and_what_it_brings_near():
    line = np.stack([np.arange(12.0), np.zeros(12)], axis=1)
    same = neighbours_of(FAN, line, 0, k=3)
    assert (same.near.tolist(), same.torn.tolist(), same.strangers.tolist()) == ([1, 2, 3], [False] * 3, [])
    line[1], line[11] = (100, 0), (0.5, 0)  # the nearest is drawn far off, the farthest beside it
    found = neighbours_of(FAN, line, 0, k=2)
    assert found.reach == 2
    assert (found.near.tolist(), found.torn.tolist(), found.strangers.tolist()) == ([1, 2], [True, False], [11])


def test_far_is_a_tenth_of_all_or_four_times_as_many_as_are_asked_for():
    rng = np.random.default_rng(0)
    assert [neighbours_of(rng.normal(size=(n, 5)), rng.normal(size=(n, 2)), 0).reach for n in (40, 200, 900)] == [
        8,
        20,
        32,
    ]


def test_fewer_rows_than_are_asked_for_are_all_near():
    found = neighbours_of(FAN[:3], np.eye(3, 2), 2)
    assert (found.near.tolist(), found.torn.any(), len(found.strangers)) == ([1, 0], False, 0)


@pytest.mark.parametrize(("points", "row", "k"), [(np.zeros((11, 2)), 0, 8), (FAN, 12, 8), (FAN, -1, 8), (FAN, 0, 0)])
def test_what_does_not_fit_is_refused(points: np.ndarray, row: int, k: int):
    with pytest.raises(ValueError, match="a row below N, and k at least 1"):
        neighbours_of(FAN, points, row, k)
