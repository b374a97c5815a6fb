from __future__ import annotations

import numpy as np

from vse.modalities.image.augment import LEAST_AREA, PROPORTION, _crop, augmented

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 28, 28, 3), dtype=np.uint8)
NEVER, ALWAYS = np.zeros(6, bool), np.ones(6, bool)


def test_without_strength_pictures_are_only_scaled_and_mirrored():
    rng = np.random.default_rng(1)
    assert np.array_equal(augmented(PIXELS, 28, rng, NEVER, strength=0.0), PIXELS)
    mirrored = augmented(PIXELS, 28, rng, ALWAYS, strength=0.0)
    turned = [np.array_equal(mirrored[row], PIXELS[row, :, ::-1]) for row in range(6)]
    same = [np.array_equal(mirrored[row], PIXELS[row]) for row in range(6)]
    assert all(a != b for a, b in zip(turned, same, strict=True))
    assert any(turned)


def test_a_crop_lies_inside_and_keeps_most():
    rng = np.random.default_rng(2)
    for _ in range(200):
        left, top, right, bottom = _crop(20, rng, 1.0)
        assert -1e-9 <= left < right <= 20 + 1e-9
        assert -1e-9 <= top < bottom <= 20 + 1e-9
        area = (right - left) * (bottom - top) / 400
        assert area >= LEAST_AREA / PROPORTION - 1e-9
        assert 1 / PROPORTION - 1e-6 <= (right - left) / (bottom - top) <= PROPORTION + 1e-6


def test_the_same_random_numbers_make_the_same_pictures():
    first, same, other = (augmented(PIXELS, 16, np.random.default_rng(seed), ALWAYS) for seed in (3, 3, 4))
    assert first.shape == (6, 16, 16, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


def test_grey_pictures_stay_grey():
    grey = np.repeat(PIXELS[..., :1], 3, axis=3)
    changed = augmented(grey, 28, np.random.default_rng(5), NEVER)
    assert int(np.ptp(changed.astype(int), axis=3).max()) <= 1
    assert not np.array_equal(changed, grey)
