"""Sound files: what is read, and what is refused in one sentence."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import wavfile

from vse.errors import SpeechError
from vse.modalities.speech import decoding
from vse.modalities.speech.decoding import is_sound, read_waveform, wav_bytes

RATE = 16_000


def tone(seconds: float = 0.5, rate: int = RATE) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)


def wav(samples: np.ndarray, rate: int = RATE) -> bytes:
    file = io.BytesIO()
    wavfile.write(file, rate, samples)
    return file.getvalue()


def wav_of_24_bits(samples: np.ndarray, rate: int) -> bytes:
    """By hand, as scipy writes none."""
    numbers = np.round(samples * (2**23 - 1)).astype("<i4")
    data = numbers.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    chunks = b"fmt " + (16).to_bytes(4, "little") + b"".join(
        number.to_bytes(size, "little")
        for number, size in ((1, 2), (1, 2), (rate, 4), (3 * rate, 4), (3, 2), (24, 2))
    ) + b"data" + len(data).to_bytes(4, "little") + data  # fmt: skip
    return b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WAVE" + chunks


@pytest.mark.parametrize(
    ("data", "close"),
    [
        (wav(tone().astype(np.float32)), 1e-6),
        (wav(tone().astype(np.float64)), 1e-6),
        (wav(np.round(tone() * 32767).astype(np.int16)), 1e-3),
        (wav(np.round(tone() * (2**31 - 1)).astype(np.int32)), 1e-6),
        (wav(np.round(tone() * 127 + 128).astype(np.uint8)), 2e-2),
        (wav_of_24_bits(tone(), RATE), 1e-5),
    ],
)
def test_every_kind_of_sample_is_read(data: bytes, close: float):
    np.testing.assert_allclose(read_waveform(data, RATE), tone(), atol=close)


def test_channels_are_mixed_and_other_rates_brought_to_the_model_s(tmp_path: Path):
    stereo = np.stack([tone(rate=8000), np.zeros(4000)], axis=1).astype(np.float32)
    (tmp_path / "a.wav").write_bytes(wav(stereo, 8000))
    found = read_waveform(tmp_path / "a.wav", RATE)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[500:-500], tone()[500:-500] / 2, atol=5e-3)
    for rate in (11_025, 22_050, 44_100, 48_000):
        assert len(read_waveform(wav(tone(1.0, rate).astype(np.float32), rate), RATE)) == pytest.approx(RATE, abs=2)


def test_what_is_written_is_read_back():
    np.testing.assert_allclose(read_waveform(wav_bytes(tone(), 8000), 8000), tone() * 32000 / 32768 * 2, atol=1e-3)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "The recording is empty; expected a WAV file"),
        (wav(np.zeros(8000, np.float32)), "The recording is silent; speak nearer to the microphone"),
        (wav(np.full(8000, 0.3, np.float32)), "The recording is silent"),
        (wav(tone(40).astype(np.float32)), "lasts 40 seconds, and at most 30 seconds are read"),
        (wav(np.resize(tone(1, 8000) * 127 + 128, 3600 * 8000).astype(np.uint8), 8000), "lasts 60 minutes, and at"),
        (wav(tone(0.05).astype(np.float32)), "lasts 0.05 seconds, too short for a word"),
        (wav(np.full(8000, np.nan, np.float32)), "has samples that are no numbers"),
        (wav(tone().astype(np.float32), 1000), "has 1,000 samples a second; expected a WAV file"),
        (wav(tone().astype(np.float32))[:30], "is a damaged or unusual WAV file"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_sentence(data: bytes, told: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decoding, "_has_soundfile", lambda: False)
    with pytest.raises(SpeechError, match=told):
        read_waveform(data, RATE)


def test_a_picture_called_wav_and_a_file_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decoding, "_has_soundfile", lambda: False)
    Image.new("RGB", (8, 8)).save(tmp_path / "picture.png")
    (tmp_path / "picture.png").rename(tmp_path / "picture.wav")
    with pytest.raises(SpeechError, match=r"picture.wav is no WAV file; .* install soundfile for other formats"):
        read_waveform(tmp_path / "picture.wav", RATE)
    with pytest.raises(SpeechError, match=r"There is no sound file .*gone.wav"):
        read_waveform(tmp_path / "gone.wav", RATE)
    with pytest.raises(SpeechError, match=r"cannot be read \(Is a directory\)"):
        read_waveform(tmp_path, RATE)
    monkeypatch.setattr(decoding, "_MOST_BYTES", 1000)
    (tmp_path / "long.wav").write_bytes(wav(tone().astype(np.float32)))
    with pytest.raises(SpeechError, match=r"long.wav has 0 MB, and at most 0 are read"):
        read_waveform(tmp_path / "long.wav", RATE)


def test_files_called_like_sounds():
    assert all(map(is_sound, ("a.wav", "A.WAV", Path("b/c.flac"))))
    assert not any(map(is_sound, ("a.png", "wav", "a wave")))
