from __future__ import annotations

from contextlib import nullcontext

import numpy as np

from tests.cnn_fakes import tiny_backbone
from vse.training.studies.transfer.labelled import Labelled
from vse.training.studies.transfer.scatter import SIDE, depths, planes_of, planes_table, to_json


def test_the_first_and_the_last_and_evenly_between():
    assert depths(52, 3) == [1, 26, 52]
    assert depths(2, 5) == [1, 2]


def test_planes_are_turned_like_the_one_before(squares: Labelled):
    turns = iter((0.0, 2.0))

    def layout(rows: np.ndarray) -> np.ndarray:
        angle = next(turns)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        points = np.stack([squares.of * 2.0 - 1, np.linspace(-0.5, 0.5, len(rows))], axis=1)
        return points @ turn.T

    one, other = planes_of(tiny_backbone(), squares, 2, lambda title: nullcontext(), layout)
    assert (one.layer, one.depth, other.layer, other.depth) == ("first", 1, "second", 2)
    assert one.nearest == other.nearest == 100.0
    # The same plane, only turned: what is turned back is the same again, to the rounding.
    assert np.abs(np.array(one.points) - np.array(other.points)).max() <= 1
    assert {x for x, _ in one.points} == {0, SIDE}
    written = to_json(one)["points"].split()
    assert [tuple(map(int, each.split(","))) for each in written] == list(one.points)
    assert planes_table([one]).splitlines()[-1] == "| 1 | `first` | 2 | 100.0 |"
