from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vse.encoders.similarity import normalise
from vse.search.stores.scan import as_float32, as_tensor, contenders, error_of_float32, exact_scores, scan_float16


@given(seed=st.integers(0, 10_000), dim=st.sampled_from([1, 2, 7, 64, 300]), power=st.integers(1, 9))
def test_no_score_is_off_by_more_than_is_said(seed: int, dim: int, power: int):
    """Of rows with few large numbers and with many small ones, of all signs or of one, and of such queries."""
    rng = np.random.default_rng(seed)
    drawn = rng.standard_normal((41, dim)) ** power
    drawn = normalise(np.abs(drawn) if seed % 2 else drawn)
    rows, unit = drawn[1:].astype(np.float16), drawn[0]
    truth = rows.astype(np.float64) @ unit.astype(np.float64)
    scores, error = scan_float16(as_tensor(rows), unit)
    assert scores.dtype == np.float32
    assert np.abs(scores - truth).max() <= error < 2e-3
    assert np.abs((unit[None] @ rows.astype(np.float32).T)[0] - truth).max() <= error_of_float32(dim) + 1e-7


@pytest.mark.parametrize(
    ("k", "error", "rows"),
    [(0, 0, []), (1, 0, [2]), (1, 0.05, [0, 2, 3]), (2, 0, [0, 2, 3]), (2, 0.3, [0, 1, 2, 3]), (9, 0, [0, 1, 2, 3, 4])],
)
def test_contenders_by_hand(k: int, error: float, rows: list[int]):
    scores = np.array([0.8, 0.3, 0.9, 0.8, -0.5], np.float32)
    assert contenders(scores, error, k).tolist() == rows


@pytest.mark.parametrize("count", [640, 700, 20_000])
@pytest.mark.parametrize("k", [1, 9, 10, 11, 300])
def test_contenders_are_all_that_may_be_among_the_best_and_few_others(count: int, k: int):
    scores = np.random.default_rng(count).standard_normal(count).astype(np.float32)
    scores[3:40] += 3  # neighbours that are alike, in one block
    found = contenders(scores, 0.01, k)
    edge = np.sort(scores)[-k]
    assert set(np.flatnonzero(scores >= edge - 0.02)) <= set(found)
    assert len(found) <= 4 * k + 100


def test_equal_rows_have_equal_scores_wherever_they_stand():
    row = normalise(np.random.default_rng(0).standard_normal(256))
    scores = exact_scores(np.repeat(row[None], 1003, axis=0), normalise(row + 0.1))
    assert len(set(scores.tolist())) == 1
    assert exact_scores(1.001 * row[None], row).tolist() == [1.0]


def test_converting_is_what_numpy_does():
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)[: 31 * 1024]  # all that are positive and finite
    halves.flags.writeable = False
    np.testing.assert_array_equal(as_float32(halves), halves.astype(np.float32))
    np.testing.assert_array_equal(as_float32(halves.astype(np.float64)), halves.astype(np.float32))
