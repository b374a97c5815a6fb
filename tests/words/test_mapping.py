from __future__ import annotations

import numpy as np
import pytest

from vse.words.mapping import least_squares, mapped, orthogonal


def test_a_linear_map_is_found_again():
    rng = np.random.default_rng(0)
    source, new = rng.normal(size=(200, 5)), rng.normal(size=(4, 5))
    turn, shift = rng.normal(size=(5, 3)), np.array([1.0, -2.0, 0.5])
    found = mapped(source, source @ turn + shift, new, ridge=0.0)
    assert found.dtype == np.float32
    assert np.allclose(found, new @ turn + shift, atol=1e-5)


def test_a_strong_ridge_leaves_the_mean_of_what_is_known():
    rng = np.random.default_rng(1)
    source, target = rng.normal(size=(50, 4)), rng.normal(size=(50, 2))
    assert np.allclose(mapped(source, target, source[:3], ridge=1e9), target.mean(axis=0), atol=1e-6)


def test_least_squares_recover_any_linear_map_and_mapped_is_the_same():
    rng = np.random.default_rng(1)
    source, new = rng.normal(size=(60, 4)), rng.normal(size=(5, 4))
    matrix = rng.normal(size=(4, 6))
    found = least_squares(source, source @ matrix + 3.0, ridge=0.0)
    np.testing.assert_allclose(found.matrix, matrix, atol=1e-9)
    np.testing.assert_allclose(found(new), new @ matrix + 3.0, atol=1e-5)
    np.testing.assert_array_equal(mapped(source, source @ matrix, new), least_squares(source, source @ matrix)(new))


@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_the_orthogonal_map_is_orthogonal_and_recovers_a_rotation(noise: float):
    rng = np.random.default_rng(2)
    source = rng.normal(size=(50, 4))
    rotation = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    found = orthogonal(source, source @ rotation + [1, 0, -1, 2] + noise * rng.normal(size=(50, 4)))
    np.testing.assert_allclose(found.matrix @ found.matrix.T, np.eye(4), atol=1e-12)
    if not noise:
        np.testing.assert_allclose(found.matrix, rotation, atol=1e-9)
        np.testing.assert_allclose(found(source), source @ rotation + [1, 0, -1, 2], atol=1e-5)


def test_no_rotation_lies_nearer_than_the_orthogonal_map():
    rng = np.random.default_rng(3)
    source, target = rng.normal(size=(30, 2)), rng.normal(size=(30, 2))
    source, target = source - source.mean(axis=0), target - target.mean(axis=0)
    best = np.square(orthogonal(source, target)(source) - target).sum()
    for angle in np.linspace(0, 2 * np.pi, 60):
        c, s = np.cos(angle), np.sin(angle)
        for turn in ([[c, s], [-s, c]], [[c, s], [s, -c]]):
            assert np.square(source @ np.array(turn) - target).sum() >= best - 1e-6


def test_the_orthogonal_map_may_scale_and_may_lead_into_more_dimensions():
    source = np.array([[1.0, 0], [-1, 0], [0, 2], [0, -2]])
    target = 3 * source @ np.array([[0.0, 1, 0], [1, 0, 0]])
    found = orthogonal(source, target, scaled=True)
    np.testing.assert_allclose(found.matrix, [[0, 3, 0], [3, 0, 0]], atol=1e-12)
    np.testing.assert_allclose(orthogonal(source, target).matrix, [[0, 1, 0], [1, 0, 0]], atol=1e-12)
