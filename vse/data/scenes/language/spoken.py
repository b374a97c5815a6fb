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
    """How something is said: `speed` as a multiple of the voice's own, `pitch` from 0 to 1, 0.5 being its own.

    throat: how many times as high its resonances lie; more than 1 is a shorter throat, such as most women have.
    """

    speed: float = 1.0
    pitch: float = 0.5
    throat: float = 1.0


_ACCENTS = (
    "en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-us-nyc",
)  # fmt: skip
_SPEAKERS = (
    "m1", "m2", "m3", "m4", "m6", "m7", "m8", "f1", "f2", "f3", "f5", "Alex", "Alicia", "Andrea", "Andy", "Annie",
    "Denis", "Diogo", "Gene", "Henrique", "Hugo", "Jacky", "Lee", "Marco", "Mario", "Michael", "Mike", "Nguyen",
    "Storm", "adam", "anika", "announcer", "antonio", "benjamin", "boris", "croak", "david", "ed", "edward", "grandma",
    "grandpa", "gustave", "iven", "kaukovalta", "klatt", "klatt2", "klatt3", "klatt4", "klatt6", "marcelo", "max",
    "paul", "pedro", "quincy", "rob", "robert", "sandro", "shelby", "steph", "steph2", "travis", "victor", "whisper",
    "whisperf", "zac",
)  # fmt: skip
TRAINING_VOICES = (
    *(Voice(ESPEAK, f"{accent}+{speaker}") for accent in _ACCENTS for speaker in _SPEAKERS),
    *(Voice(FLITE, speaker) for speaker in ("kal16", "awb", "rms")),
)
FLITE_SHARE = 0.5  # of the training captions
# By what is new in them: an accent that was heard with a speaker that was not, an accent that was not either, and a
# recorded woman, of whom nothing was heard.
TEST_VOICES = {
    "American man": Voice(ESPEAK, "en-us+m5"),
    "British woman": Voice(ESPEAK, "en-gb+f4"),
    "Caribbean woman": Voice(ESPEAK, "en-029+belinda"),
    "recorded American woman": Voice(FLITE, "slt"),
}


def random_voice(rng: random.Random) -> tuple[Voice, Manner]:
    """A voice of training, and how it speaks this time.

    flite's three men are heard with shorter throats and higher voices, too: it has no recorded woman for training.
    """
    flite = [voice for voice in TRAINING_VOICES if voice.engine == FLITE]
    others = [voice for voice in TRAINING_VOICES if voice.engine != FLITE]
    speed = rng.uniform(0.72, 1.35)
    if rng.random() < FLITE_SHARE:
        return rng.choice(flite), Manner(speed, rng.uniform(0.1, 1.5), rng.uniform(0.88, 1.3))
    return rng.choice(others), Manner(speed, rng.uniform(0.1, 0.9), rng.uniform(0.88, 1.16))


def has_synthesisers() -> bool:
    return all(map(shutil.which, (ESPEAK, FLITE)))


def speak(text: str, voice: Voice, manner: Manner = Manner()) -> tuple[np.ndarray, int]:
    """A sentence read aloud -> (S,) float32 samples in [-1, 1], and how many there are a second.

    Raises:
        SynthesiserMissingError: when the program is not installed.
    """
    # Played faster, a throat sounds shorter, and all is higher and sooner over, which is asked for in advance.
    speed = manner.speed / manner.throat
    if voice.engine == ESPEAK:
        how = ["-v", voice.name, "-s", str(round(165 * speed)), "-p", str(round(99 * manner.pitch))]
        command = [ESPEAK, *how, "--stdout", text]
    else:
        tone = 60 + 110 * manner.pitch
        if voice.name == "slt":  # higher than the men
            tone = 120 + 120 * manner.pitch
        how = [
            "--setf",
            f"duration_stretch={1 / speed:.3f}",
            "--setf",
            f"int_f0_target_mean={tone / manner.throat:.0f}",
        ]
        command = [FLITE, "-voice", voice.name, *how, "-t", text, "-o", "/dev/stdout"]
    try:
        data = subprocess.run(command, check=True, capture_output=True).stdout
    except FileNotFoundError as error:
        raise SynthesiserMissingError(
            f"{voice.engine} is not installed, which reads captions aloud: apt install {ESPEAK} {FLITE}."
        ) from error
    # A plain WAV header of 44 bytes; espeak-ng does not know the length yet when it writes its own.
    samples = np.frombuffer(data[44 : len(data) - len(data) % 2], dtype="<i2").astype(np.float32) / 32768
    rate = int.from_bytes(data[24:28], "little")
    return samples, rate if manner.throat == 1 else 100 * round(rate * manner.throat / 100)
