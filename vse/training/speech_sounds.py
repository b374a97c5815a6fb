"""What a microphone adds to speech, on its spectrogram: rooms, noise, other voices, other throats and speeds.

All works on power in mel bands, where echoes and noises add up, so that one recording is heard otherwise each time.
"""

from __future__ import annotations

import numpy as np

from vse.modalities.speech.features import FLOOR


def heard_otherwise(
    spectrogram: np.ndarray, rng: np.random.Generator, frames_a_second: float, other: np.ndarray | None = None
) -> tuple[np.ndarray, tuple[int, int]]:
    """A log-mel spectrogram (T, bands) as another speaker, room and microphone might give it, (T', bands) float32;
    and in which frames of it is spoken, from the first up to the last.

    other: the spectrogram of another voice, which may be heard behind.
    """
    said = _warped(_in_another_rhythm(spectrogram.astype(np.float32), rng), rng)
    loud = np.flatnonzero(said.max(axis=1) > said.max() - 7)  # 30 dB
    before = 0
    power = np.exp(said)
    if rng.random() < 0.4:
        before, after = rng.integers(0, int(0.6 * frames_a_second), size=2)
        power = np.pad(power, ((before, after), (0, 0)))
    if rng.random() < 0.4:
        power = in_a_room(power, rng.uniform(0.15, 0.7), 10 ** rng.uniform(-1.2, 0.1), frames_a_second)
    loudness = float(np.exp(said).mean())
    if other is not None and rng.random() < 0.15:
        behind = np.resize(np.exp(other.astype(np.float32)), power.shape)
        power = power + behind * (loudness / behind.mean()) * 10 ** -rng.uniform(0.8, 2.5)
    if rng.random() < 0.85:
        power = power + noise(power.shape, rng) * loudness * 10 ** -rng.uniform(0, 4)
    if rng.random() < 0.35:  # a telephone, or a recording of few samples a second, has nothing above
        power[:, rng.integers(round(0.72 * power.shape[1]), power.shape[1]) :] = 0
    if rng.random() < 0.5:
        power = power * np.exp(rng.uniform(-2, 2) * np.linspace(-1, 1, power.shape[1], dtype=np.float32))
    for _ in range(rng.integers(0, 3)):  # SpecAugment (Park et al. 2019)
        start, width = rng.integers(0, len(power)), rng.integers(1, 10)
        power[start : start + width] = 0
    for _ in range(rng.integers(0, 3)):
        start, width = rng.integers(0, power.shape[1]), rng.integers(1, 5)
        power[:, start : start + width] = 0
    span = (int(before + loud[0]), int(before + loud[-1] + 1))
    return np.log(power + np.float32(FLOOR)).astype(np.float32), span


def nothing_said(spectrogram: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A sound as long as a spectrogram (T, bands) in which nobody says a word: noise, tones, or speech backwards."""
    kind = rng.integers(3)
    if kind == 0:
        return spectrogram[::-1]
    if kind == 1:
        return np.log(noise(spectrogram.shape, rng) + np.float32(FLOOR))
    frames, bands = spectrogram.shape
    power = np.full((frames, bands), 1e-4, dtype=np.float32)
    for _ in range(rng.integers(1, 5)):  # a melody: a note of some overtones, held for a while
        ends = np.sort(rng.integers(0, frames, size=rng.integers(0, 8)))
        for start, stop in zip((0, *ends), (*ends, frames), strict=True):
            tone, width = rng.uniform(0, 0.6 * bands), rng.uniform(0.5, 1.5)
            for overtone in range(rng.integers(1, 5)):
                at = tone + overtone * rng.uniform(3, 9)
                power[start:stop] += np.exp(-0.5 * ((np.arange(bands) - at) / width) ** 2) / (1 + overtone)
    return np.log(power)


def _in_another_rhythm(spectrogram: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Faster or slower, and not as fast everywhere."""
    waves = np.sin(2 * np.pi * (rng.uniform(0.5, 4) * np.linspace(0, 1, 2 * len(spectrogram)) + rng.random()))
    times = np.cumsum(rng.uniform(0.85, 1.18) * (1 + rng.uniform(0, 0.3) * waves))
    return _between(spectrogram, times[times < len(spectrogram) - 1])


def _warped(spectrogram: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """By a throat whose resonances lie higher or lower, and not all by the same share of the mel scale."""
    places = np.linspace(0, 1, spectrogram.shape[1])
    bent = places * (1 + rng.uniform(-0.14, 0.14)) + rng.uniform(-0.035, 0.035) * np.sin(rng.uniform(3, 8) * places)
    return _between(spectrogram.T, np.clip(bent, 0, 1) * (spectrogram.shape[1] - 1)).T


def _between(rows: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Rows at places between those of an array (N, ...), which lie from 0 to N - 1."""
    low = places.astype(np.int64)
    share = (places - low).astype(np.float32)[:, None]
    return rows[low] * (1 - share) + rows[np.minimum(low + 1, len(rows) - 1)] * share


def in_a_room(power: np.ndarray, seconds: float, echoes: float, frames_a_second: float) -> np.ndarray:
    """Power (T, bands) with the echoes of a room: `seconds` is when they are 60 dB down, `echoes` their power."""
    from scipy.signal import lfilter

    decay = 10 ** (-6 / (seconds * frames_a_second))
    tail = lfilter([0, echoes * (1 - decay)], [1, -decay], power, axis=0)
    return (power + tail).astype(np.float32)


def noise(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Power (T, bands), 1 in the mean: a steady noise of some colour, which may swell."""
    frames, bands = shape
    places = np.linspace(0, 1, bands)
    colour = rng.uniform(-4, 3) * places + rng.uniform(0, 1.5) * np.sin(2 * np.pi * (rng.uniform(0.5, 3) * places +
                                                                                    rng.random()))  # fmt: skip
    swell = rng.uniform(0, 1) * np.sin(2 * np.pi * (rng.uniform(0.2, 3) * np.linspace(0, 1, frames) + rng.random()))
    power = np.exp(colour[None] + swell[:, None]) * rng.gamma(3, 1 / 3, size=shape)
    return (power / power.mean()).astype(np.float32)
