"""Samples -> log-mel spectrogram (Davis & Mermelstein 1980), in numpy."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from vse.modalities.speech.config import SpeechConfig

FLOOR = 1e-10  # power below which there is nothing to hear
DEPTH = 8 * float(np.log(10))  # what is 80 dB below the loudest is as quiet as silence


def to_mel(hertz: np.ndarray | float) -> np.ndarray:
    """Hertz -> mel: 1000 Hz are about 1000 mel (O'Shaughnessy 1987)."""
    return 2595 * np.log10(1 + np.asarray(hertz) / 700)


def to_hertz(mel: np.ndarray | float) -> np.ndarray:
    """The inverse of `to_mel`."""
    return 700 * (10 ** (np.asarray(mel) / 2595) - 1)


@lru_cache(maxsize=4)
def mel_filters(config: SpeechConfig) -> np.ndarray:
    """(bands, window // 2 + 1) float32: triangles over the frequencies of a spectrum, each 1 where it is highest.

    The corners are as far from each other in mel, and each triangle begins at the peak of the one before.
    """
    corners = to_hertz(np.linspace(to_mel(config.lowest), to_mel(config.highest), config.bands + 2))
    frequencies = np.arange(config.window // 2 + 1) * config.rate / config.window
    left, peak, right = (corners[at : at + config.bands, None] for at in range(3))
    rising, falling = (frequencies - left) / (peak - left), (right - frequencies) / (right - peak)
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


def log_mel(samples: np.ndarray, config: SpeechConfig) -> np.ndarray:
    """(S,) samples in [-1, 1] at `config.rate` -> (T, bands) float32, the natural logarithm of each band's power.

    There is a frame every `config.hop` samples, as far as a whole window fits, and at least one.
    """
    if len(samples) < config.window:
        samples = np.pad(samples, (0, config.window - len(samples)))
    frames = np.lib.stride_tricks.sliding_window_view(samples, config.window)[:: config.hop]
    spectrum = np.fft.rfft(frames * np.hanning(config.window + 1)[:-1], axis=1)
    power = (np.abs(spectrum) ** 2 / config.window).astype(np.float32)
    return np.log(power @ mel_filters(config).T + np.float32(FLOOR))


def normalised(spectrogram: np.ndarray) -> np.ndarray:
    """(T, bands) -> the same with mean 0 in each band and variance 1 in all, float32.

    So neither how loud a recording is nor how its microphone colours it matters.
    """
    heard = np.maximum(spectrogram, spectrogram.max() - DEPTH)
    centred = heard - heard.mean(axis=0)
    return (centred / (centred.std() + 1e-5)).astype(np.float32)
