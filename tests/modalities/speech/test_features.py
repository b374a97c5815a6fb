"""The spectrogram, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from vse.modalities.speech.config import SpeechConfig
from vse.modalities.speech.features import FLOOR, log_mel, mel_filters, normalised, to_hertz, to_mel


def test_mel_and_back():
    assert to_mel(1000) == pytest.approx(1000, abs=0.1)
    assert to_mel(700) == pytest.approx(2595 * np.log10(2))
    np.testing.assert_allclose(to_hertz(to_mel(np.array([0.0, 50, 8000]))), [0, 50, 8000], atol=1e-9)


def test_a_tone_of_1000_hertz_in_one_band():
    # One triangle from 0 over 1000 to 3428.57 Hz, whose corners are 1000 mel apart. A Hann window of 400 samples gives
    # a tone of amplitude 1 the power 400 / 16 at its own frequency and a quarter of that 40 Hz beside it:
    # 25 * (1 + 0.96 / 4 + 0.98353 / 4) = 37.147.
    config = SpeechConfig(bands=1, lowest=0.0, highest=float(to_hertz(2 * to_mel(1000))))
    tone = np.sin(2 * np.pi * 1000 * np.arange(800) / 16_000)
    found = log_mel(tone, config)
    assert found.shape == (3, 1)  # at 0, 160 and 320 samples, each followed by 400
    np.testing.assert_allclose(np.exp(found), 37.147, rtol=1e-4)
    np.testing.assert_allclose(np.exp(log_mel(tone / 2, config)), 37.147 / 4, rtol=1e-4)


def test_filters_rise_to_one_and_begin_at_the_peak_before():
    config = SpeechConfig(window=4000, bands=5, lowest=100.0, highest=7000.0)
    filters = mel_filters(config)
    assert filters.shape == (5, 2001)
    np.testing.assert_allclose(filters.max(axis=1), 1, atol=0.02)
    peaks = filters.argmax(axis=1)
    for lower, upper in zip(range(4), range(1, 5), strict=True):
        np.testing.assert_allclose(filters[lower, peaks[lower] : peaks[upper]]
                                   + filters[upper, peaks[lower] : peaks[upper]], 1, atol=0.02)  # fmt: skip


def test_silence_and_what_is_shorter_than_a_window():
    config = SpeechConfig()
    np.testing.assert_allclose(log_mel(np.zeros(100), config), np.log(FLOOR), atol=1e-4)
    assert log_mel(np.zeros(100), config).shape == (1, 40)


def test_how_loud_it_is_and_how_a_microphone_colours_it_changes_nothing():
    rng = np.random.default_rng(0)
    spectrogram = rng.normal(size=(50, 4)).astype(np.float32)
    expected = normalised(spectrogram)
    np.testing.assert_allclose(expected.mean(axis=0), 0, atol=1e-5)
    assert expected.std() == pytest.approx(1, abs=1e-3)
    np.testing.assert_allclose(normalised(spectrogram + np.array([1, -2, 3, 0])), expected, atol=1e-4)
