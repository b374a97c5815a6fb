from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vse.errors import CheckpointError, FingerprintError
from vse.modalities.image.backbones.full_network import STRONG, WEAK, Statistics, discretise, statistics_of

# Features of four photographs: the first has mean 2 and deviation 1, the second never varies, the third has 0 and 4.
TRAINING = np.array([[1, 7, -4], [3, 7, 4], [1, 7, -4], [3, 7, 4]], np.float16)


def statistics() -> Statistics:
    return statistics_of(TRAINING, ("a", "b"), (2, 1), "made")


def test_statistics_by_hand():
    found = statistics()
    assert found.mean.tolist() == [2, 7, 0]
    assert found.std.tolist() == [1, 0, 4]
    assert (found.layers, found.widths, found.made_of, found.count) == (("a", "b"), (2, 1), "made", 4)


def test_statistics_in_pieces_are_numpy_s():
    rows = np.random.default_rng(0).normal(3, 2, (1300, 5)).astype(np.float16)  # three pieces
    found = statistics_of(rows, ("a",), (5,), "made")
    np.testing.assert_allclose(found.mean, rows.astype(np.float64).mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(found.std, rows.astype(np.float64).std(axis=0), rtol=1e-6)


def test_a_constant_that_binary_cannot_hold_has_no_deviation():
    assert statistics_of(np.full((1001, 1), 0.1, np.float16), ("a",), (1,), "made").std[0] == 0


def test_standardising_by_hand():
    assert statistics().standardise(np.array([[4, 9, 2]], np.float16)).tolist() == [[2, 0, 0.5]]


def test_the_thresholds_themselves_are_neither_strong_nor_weak():
    assert (WEAK, STRONG) == (-0.25, 0.15)
    up, down = np.float32(np.inf), np.float32(-np.inf)
    strong, weak = np.float32(STRONG), np.float32(WEAK)
    row = np.array([[np.nextafter(strong, up), strong, 0, weak, np.nextafter(weak, down)]], np.float32)
    found = discretise(row)
    assert found.tolist() == [[1, 0, 0, 0, -1]]
    assert found.dtype == np.int8


def test_an_embedding_by_hand():
    rows = np.array([[2.0, 7, 0], [2.25, 8, 1], [1.5, 6, -2], [2.125, 7, -1]], np.float16)
    assert statistics().embed(rows).tolist() == [[0, 0, 0], [1, 0, 1], [-1, 0, -1], [0, 0, 0]]


def test_features_come_out_the_same_in_any_unit():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(50, 4)).astype(np.float32)
    scaled = rows * np.float32([2, 4, 0.5, 8])  # powers of two, which round nothing
    first = statistics_of(rows, ("a",), (4,), "made").embed(rows)
    np.testing.assert_array_equal(statistics_of(scaled, ("a",), (4,), "made").embed(scaled), first)


def test_a_round_trip_through_a_file(tmp_path: Path):
    statistics().save(tmp_path / "of" / "statistics.npz")
    found = Statistics.load(tmp_path / "of" / "statistics.npz", made_of="made")
    assert found.fingerprint == statistics().fingerprint
    assert (found.layers, found.widths, found.count) == (("a", "b"), (2, 1), 4)
    assert [found.mean.tolist(), found.std.tolist()] == [[2, 7, 0], [1, 0, 4]]


def test_the_fingerprint_changes_with_whatever_changes_an_embedding():
    one = statistics()
    others = [
        replace(one, mean=one.mean + 1),
        replace(one, std=one.std + 1),
        replace(one, layers=("a", "c")),
        replace(one, made_of="other"),
    ]
    assert len({each.fingerprint for each in (one, *others)}) == 5
    assert replace(one, count=9).fingerprint == one.fingerprint


def test_statistics_of_other_features_are_refused(tmp_path: Path):
    statistics().save(tmp_path / "statistics.npz")
    with pytest.raises(FingerprintError, match="are of the features made and these are other"):
        Statistics.load(tmp_path / "statistics.npz", made_of="other")


def test_files_that_do_not_fit_are_refused(tmp_path: Path):
    path = tmp_path / "statistics.npz"
    with pytest.raises(CheckpointError, match=r"statistics\.npz cannot be read"):
        Statistics.load(path)
    path.write_bytes(b"PK of another kind")
    with pytest.raises(CheckpointError, match=r"statistics\.npz cannot be read"):
        Statistics.load(path)
    for wrong in ({"widths": (2, 2)}, {"layers": ("a",)}, {"std": np.float32([1, np.nan, 1])}):
        replace(statistics(), **wrong).save(path)
        with pytest.raises(CheckpointError, match="do not fit together"):
            Statistics.load(path)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"shape \(2, 4\): give \(N, 3\)"):
        statistics().standardise(np.zeros((2, 4), np.float16))
    with pytest.raises(ValueError, match=r"shape \(0, 3\): give \(N, 3\) with N at least 1"):
        statistics_of(TRAINING[:0], ("a", "b"), (2, 1), "made")
    with pytest.raises(ValueError, match=r"give \(N, 4\)"):
        statistics_of(TRAINING, ("a", "b"), (2, 2), "made")
