"""Sound files -> samples. WAV is read by scipy; other formats by soundfile, where that is installed."""

from __future__ import annotations

import io
import warnings
from math import gcd
from pathlib import Path

import numpy as np

from vse.errors import SpeechError

LONGEST = 30.0  # seconds
SHORTEST = 0.1
_MOST_BYTES = 64 * 2**20  # more than `LONGEST` takes in any usual format
_SILENT = 1e-3  # no sample of a silent recording is louder, of 1
RATES = (8_000, 192_000)
SUFFIXES = (".wav", ".flac", ".ogg", ".mp3", ".opus", ".aiff", ".aif")
_ADVICE = "expected a WAV file of one spoken sentence"


def is_sound(path: str | Path) -> bool:
    """Whether a file is called like a sound."""
    return str(path).lower().endswith(SUFFIXES)


def read_waveform(source: str | Path | bytes, rate: int) -> np.ndarray:
    """A sound file, or its bytes -> (S,) float32 samples in [-1, 1], all channels mixed into one, at `rate` Hz.

    Raises:
        SpeechError: for what is no sound that can be read, and for one that is silent, too short or too long.
    """
    name = "The recording" if isinstance(source, bytes) else str(source)
    samples, found = _decoded(_bytes_of(source, name), name)
    if not RATES[0] <= found <= RATES[1]:
        raise SpeechError(f"{name} has {found:,} samples a second; {_ADVICE}, with {RATES[0]:,} or more.")
    seconds = len(samples) / found
    if seconds > LONGEST:
        raise SpeechError(f"{name} lasts {_lasting(seconds)}, and at most {LONGEST:.0f} seconds are read; {_ADVICE}.")
    if seconds < SHORTEST:
        raise SpeechError(f"{name} lasts {seconds:.2f} seconds, too short for a word; {_ADVICE}.")
    mono = samples if samples.ndim == 1 else samples.mean(axis=1)
    if not np.isfinite(mono).all():
        raise SpeechError(f"{name} has samples that are no numbers; {_ADVICE}.")
    if np.abs(mono - mono.mean()).max() < _SILENT:
        raise SpeechError(f"{name} is silent; speak nearer to the microphone, and see that it is not muted.")
    return resampled(mono, found, rate)


def resampled(samples: np.ndarray, found: int, rate: int) -> np.ndarray:
    """(S,) samples at one rate -> at another, float32."""
    if found == rate:
        return samples.astype(np.float32)
    from scipy.signal import resample_poly

    common = gcd(found, rate)
    return resample_poly(samples.astype(np.float32), rate // common, found // common).astype(np.float32)


def _lasting(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 120 else f"{seconds / 60:.0f} minutes"


def _bytes_of(source: str | Path | bytes, name: str) -> bytes:
    if isinstance(source, bytes):
        data = source
    else:
        try:
            size = Path(source).stat().st_size
            if size > _MOST_BYTES:
                told = f"{name} has {size / 1e6:,.0f} MB, and at most {_MOST_BYTES / 1e6:.0f} are read"
                raise SpeechError(f"{told}; {_ADVICE}, at most {LONGEST:.0f} seconds long.")
            data = Path(source).read_bytes()
        except FileNotFoundError:
            raise SpeechError(f"There is no sound file {name}; {_ADVICE}.") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise SpeechError(f"{name} cannot be read ({reason}); {_ADVICE}.") from error
    if not data:
        raise SpeechError(f"{name} is empty; {_ADVICE}.")
    return data


def _decoded(data: bytes, name: str) -> tuple[np.ndarray, int]:
    """-> (S,) or (S, channels) float32 in [-1, 1], and the samples a second."""
    if data[:4] in (b"RIFF", b"RIFX", b"RF64") and data[8:12] == b"WAVE":
        try:
            return _wav(data)
        except Exception as error:  # scipy raises what it comes upon: a damaged file may give anything
            if not _has_soundfile():
                raise SpeechError(f"{name} is a damaged or unusual WAV file ({_reason(error)}); {_ADVICE}.") from error
    if not _has_soundfile():
        raise SpeechError(f"{name} is no WAV file; {_ADVICE}, or install soundfile for other formats: "
                          "pip install soundfile.")  # fmt: skip
    import soundfile

    try:
        samples, rate = soundfile.read(io.BytesIO(data), dtype="float32")
    except Exception as error:
        raise SpeechError(f"{name} is no sound file that can be read ({_reason(error)}); {_ADVICE}.") from error
    return samples, int(rate)


def _reason(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")


def _has_soundfile() -> bool:
    try:
        import soundfile  # noqa: F401
    except (ImportError, OSError):  # OSError: its library is missing
        return False
    return True


def _wav(data: bytes) -> tuple[np.ndarray, int]:
    from scipy.io import wavfile

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", wavfile.WavFileWarning)  # chunks of metadata, and a file cut short
        rate, samples = wavfile.read(io.BytesIO(data))
    if samples.dtype == np.uint8:  # 8 bits are unsigned, others are not
        return (samples.astype(np.float32) - 128) / 128, rate
    if np.issubdtype(samples.dtype, np.integer):  # 24 bits come as the upper ones of 32
        return samples.astype(np.float32) / -float(np.iinfo(samples.dtype).min), rate
    return samples.astype(np.float32), rate


def wav_bytes(samples: np.ndarray, rate: int) -> bytes:
    """(S,) samples in [-1, 1] -> a WAV file of 16 bits, as loud as it can be."""
    from scipy.io import wavfile

    file = io.BytesIO()
    wavfile.write(file, rate, np.round(samples * (32000 / max(np.abs(samples).max(), 1e-9))).astype(np.int16))
    return file.getvalue()
