"""Spoken sentences as inputs: sound files -> frames of a log-mel spectrogram (N, T, bands) with lengths (N,)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from vse.modalities.base import Modality
from vse.modalities.speech.config import SpeechConfig
from vse.modalities.speech.decoding import read_waveform
from vse.modalities.speech.features import log_mel, normalised
from vse.modalities.speech.tower import SpeechTower


def read_speech(sound: str | Path | bytes | np.ndarray, config: SpeechConfig, strict: bool) -> np.ndarray:
    """A sound file, its bytes, or its samples at `config.rate` -> its log-mel spectrogram (T, bands) float32.

    Raises:
        SpeechError: for a sound that cannot be read, see `read_waveform`.
    """
    samples = sound if isinstance(sound, np.ndarray) else read_waveform(sound, config.rate)
    return log_mel(samples, config)


def collate_speech(spectrograms: Sequence[np.ndarray], config: SpeechConfig) -> tuple[Tensor, Tensor]:
    """-> frames (N, longest, bands) float32, normalised, padded with 0, and how many there are, (N,) int64."""
    frames = [torch.from_numpy(normalised(each)) for each in spectrograms]
    return pad_sequence(frames, batch_first=True), torch.tensor([len(each) for each in frames])


def speech_tower(config: SpeechConfig, dim: int, vocabulary_size: int) -> SpeechTower:
    return SpeechTower(config, dim)


MODALITY = Modality("speech", "spoken caption", read_speech, collate_speech, speech_tower, length=len)
