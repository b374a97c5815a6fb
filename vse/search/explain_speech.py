"""What each stretch of a recording adds to the score of an answer, found by leaving it silent."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vse.encoders.base import Encoder, Prepares
from vse.modalities import SPEECH

MOST = 24  # stretches; each costs the model one recording
_SECONDS = 0.25  # of a stretch, where there are not too many
_LOUD = 7  # natural logarithm below the loudest: 30 dB


@dataclass(frozen=True)
class Stretch:
    """From `start` to `stop` in seconds; share: the score with it minus the score without it."""

    start: float
    stop: float
    share: float


def stretches(
    encoder: Encoder, spectrogram: np.ndarray, answer: np.ndarray, frames_a_second: float
) -> tuple[Stretch, ...]:
    """The stretches in which is spoken, in order; none for a model that prepares no recordings.

    Args:
        spectrogram: (T, bands), as the model prepares a recording.
        answer: (dim,) the vector that answered.
    """
    if not isinstance(encoder, Prepares):
        return ()
    loud = np.flatnonzero(spectrogram.max(axis=1) > spectrogram.max() - _LOUD)
    first, last = int(loud[0]), int(loud[-1]) + 1
    count = int(np.clip(round((last - first) / (_SECONDS * frames_a_second)), 1, MOST))
    ends = np.linspace(first, last, count + 1).round().astype(int)
    silent = np.quantile(spectrogram, 0.05, axis=0)
    variants = [spectrogram]
    for start, stop in pairwise(ends):
        without = spectrogram.copy()
        without[start:stop] = np.minimum(without[start:stop], silent)
        variants.append(without)
    scores = encoder.encode_prepared(SPEECH, variants) @ np.asarray(answer, np.float32)
    return tuple(
        Stretch(start / frames_a_second, stop / frames_a_second, float(scores[0] - score))
        for start, stop, score in zip(ends[:-1], ends[1:], scores[1:], strict=True)
    )
