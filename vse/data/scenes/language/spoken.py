"""Captions read aloud by speech synthesisers: espeak-ng, which has many voices, and flite, which has few.

Both are programs of their own and needed for making new recordings only. espeak-ng builds its voices of formants;
flite's are of recorded people. No voice of TEST_VOICES is in TRAINING_VOICES, nor anything else of the same speaker.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from dataclasses import dataclass

import numpy as np

from vse.errors import SynthesiserMissingError

ESPEAK, FLITE = "espeak-ng", "flite"


@dataclass(frozen=True)
class Voice:
    """A voice of a synthesiser: of espeak-ng an accent and a speaker, such as en-us+f2, of flite a speaker."""

    engine: str
    name: str


@dataclass(frozen=True)
class Manner:
    """How something is said: `speed` as a multiple of the voice's own, `pitch` from 0 to 1, 0.5 being its own."""

    speed: float = 1.0
    pitch: float = 0.5


_ACCENTS = ("en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland", "en-gb-x-gbclan", "en-us-nyc")
_SPEAKERS = (
    "m1", "m2", "m3", "m4", "m6", "m7", "m8", "f1", "f2", "f3", "f5", "Andy", "Annie", "Linda", "Michael", "Denis",
    "Hugo", "steph", "grandma", "grandpa", "klatt2", "klatt4", "Alicia", "adam", "max", "travis",
)  # fmt: skip
TRAINING_VOICES = (
    *(Voice(ESPEAK, f"{accent}+{speaker}") for accent in _ACCENTS for speaker in _SPEAKERS),
    *(Voice(FLITE, speaker) for speaker in ("kal16", "awb", "rms")),
)
FLITE_SHARE = 0.3  # of the training captions
# By what is new in them: an accent that was heard with a speaker that was not, an accent that was not either, and a
# recorded woman, of whom nothing was heard.
TEST_VOICES = {
    "American man": Voice(ESPEAK, "en-us+m5"),
    "British woman": Voice(ESPEAK, "en-gb+f4"),
    "Caribbean woman": Voice(ESPEAK, "en-029+belinda"),
    "recorded American woman": Voice(FLITE, "slt"),
}


def random_voice(rng: random.Random) -> tuple[Voice, Manner]:
    """A voice of training, and how it speaks this time."""
    flite = [voice for voice in TRAINING_VOICES if voice.engine == FLITE]
    others = [voice for voice in TRAINING_VOICES if voice.engine != FLITE]
    voice = rng.choice(flite if rng.random() < FLITE_SHARE else others)
    return voice, Manner(rng.uniform(0.75, 1.35), rng.uniform(0.2, 0.8))


def has_synthesisers() -> bool:
    return all(map(shutil.which, (ESPEAK, FLITE)))


def speak(text: str, voice: Voice, manner: Manner = Manner()) -> tuple[np.ndarray, int]:
    """A sentence read aloud -> (S,) float32 samples in [-1, 1], and how many there are a second.

    Raises:
        SynthesiserMissingError: when the program is not installed.
    """
    if voice.engine == ESPEAK:
        how = ["-v", voice.name, "-s", str(round(165 * manner.speed)), "-p", str(round(99 * manner.pitch))]
        command = [ESPEAK, *how, "--stdout", text]
    else:
        stretch, tone = f"duration_stretch={1 / manner.speed:.3f}", f"int_f0_target_mean={60 + 110 * manner.pitch:.0f}"
        if voice.name == "slt":  # higher than the men
            tone = f"int_f0_target_mean={120 + 120 * manner.pitch:.0f}"
        command = [FLITE, "-voice", voice.name, "--setf", stretch, "--setf", tone, "-t", text, "-o", "/dev/stdout"]
    try:
        data = subprocess.run(command, check=True, capture_output=True).stdout
    except FileNotFoundError as error:
        raise SynthesiserMissingError(
            f"{voice.engine} is not installed, which reads captions aloud: apt install {ESPEAK} {FLITE}."
        ) from error
    # A plain WAV header of 44 bytes; espeak-ng does not know the length yet when it writes its own.
    samples = np.frombuffer(data[44 : len(data) - len(data) % 2], dtype="<i2").astype(np.float32) / 32768
    return samples, int.from_bytes(data[24:28], "little")
