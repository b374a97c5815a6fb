from __future__ import annotations

import numpy as np

from vse.words.mapping import mapped


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
