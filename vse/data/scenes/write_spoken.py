"""Reading captions of a written collection of Emoji Scenes aloud, into its folder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from vse.data.readers.items_jsonl import ITEMS
from vse.data.scenes.language.captions import CAPTIONS_PER_SCENE
from vse.data.scenes.language.spoken import TEST_VOICES, speak
from vse.errors import CollectionError
from vse.io.atomic import write_bytes, write_text
from vse.modalities.speech.decoding import resampled, wav_bytes

RATE = 8000  # of the files, so that they are small: as a telephone's
FOLDER = "speech"


def write_spoken(folder: Path, count: int = 50) -> list[Path]:
    """Read a caption of each of `count` scenes aloud, spread evenly over a collection; the files written.

    Captions of the five kinds and the voices of TEST_VOICES take turns. What was read aloud before is replaced.

    Raises:
        SynthesiserMissingError: when the synthesisers are not installed.
        CollectionError: when the folder holds fewer scenes.
    """
    lines = [json.loads(line) for line in (folder / ITEMS).read_text(encoding="utf-8").splitlines()]
    if len(lines) < count:
        raise CollectionError(f"{folder} has {len(lines)} scenes, fewer than {count}: ask for fewer.")
    (folder / FOLDER).mkdir(exist_ok=True)
    chosen = [number * len(lines) // count for number in range(count)]
    for line in lines:
        line.pop("speech", None)
    written = []
    for number, row in enumerate(chosen):
        line, caption = lines[row], number % CAPTIONS_PER_SCENE
        name = list(TEST_VOICES)[number % len(TEST_VOICES)]
        samples, rate = speak(line["captions"][caption], TEST_VOICES[name])
        file = f"{FOLDER}/{line['id']}.wav"
        write_bytes(folder / file, wav_bytes(_trimmed(resampled(samples, rate, RATE)), RATE))
        line["speech"] = [{"file": file, "caption": caption, "voice": name}]
        written.append(folder / file)
    write_text(folder / ITEMS, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    return written


def _trimmed(samples: np.ndarray) -> np.ndarray:
    """Without the silence at both ends, but for a tenth of a second."""
    loud = np.flatnonzero(np.abs(samples) > 0.01 * np.abs(samples).max())
    return samples[max(0, loud[0] - RATE // 10) : loud[-1] + RATE // 10]
