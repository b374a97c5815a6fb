"""A recording that was asked with: what was heard, its spectrogram, and what each stretch adds to the best answer."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from vse.data import Collection
from vse.encoders.base import Prepares, words_heard
from vse.errors import SpeechError
from vse.io.paths import MODELS
from vse.modalities import SPEECH
from vse.modalities.speech.decoding import is_sound
from vse.search.explain_speech import Stretch, stretches
from vse.search.query import GIVEN, Picture

from .jobs import name_of
from .question import Question

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

FRAMES_A_SECOND = 100.0
_DEEP = 8 * float(np.log(10))  # 80 dB, from white to black
EXAMPLES = 2


@dataclass(frozen=True)
class Spoken:
    """words: those that the model made out. seconds: how long it is. picture: the spectrogram, as a data address."""

    words: tuple[str, ...]
    seconds: float
    picture: str
    stretches: tuple[Stretch, ...]

    @property
    def most(self) -> float:
        """The largest share, by which the others are drawn."""
        return max((abs(each.share) for each in self.stretches), default=0.0) or 1.0


def spoken_of(searcher: Searcher, path: str, best: str) -> Spoken:
    """What is told of a recording whose first answer is the picture `best`.

    Raises:
        SpeechError: when it cannot be read.
    """
    encoder = searcher.encoder
    assert isinstance(encoder, Prepares)
    spectrogram = encoder.prepare(SPEECH, path)
    vector = searcher.vector_of(best) if best else None
    return Spoken(
        words_heard(encoder, path),
        len(spectrogram) / FRAMES_A_SECOND,
        drawn(spectrogram),
        () if vector is None else stretches(encoder, spectrogram, vector, FRAMES_A_SECOND),
    )


def hears(model: str | Path) -> bool:
    """Whether a model's folder has a speech tower; the model is not loaded."""
    return any((folder / "speech.json").is_file() for folder in (MODELS / name_of(model), Path(model)))


def dictated(searcher: Searcher, path: str) -> str:
    """The words that the model makes out of a recording.

    Raises:
        SpeechError: when it cannot be read, or no words are made out.
    """
    if not (words := words_heard(searcher.encoder, path)):
        raise SpeechError("No words were made out: speak one sentence, near the microphone.")
    return " ".join(words)


def drawn(spectrogram: np.ndarray) -> str:
    """(T, bands) log power as a picture, low tones below: a data address of a PNG, black on nothing."""
    dark = np.clip((spectrogram - spectrogram.max()) / _DEEP + 1, 0, 1) ** 2
    alpha = Image.fromarray(np.round(255 * dark.T[::-1]).astype(np.uint8))
    ink = Image.new("L", alpha.size, 0)
    file = io.BytesIO()
    Image.merge("LA", (ink, alpha)).save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def is_recording(path: str) -> bool:
    return is_sound(path)


def recording_of(collection: Collection, item_id: object) -> str:
    """The path of the recording of an item.

    Raises:
        SpeechError: for an item that has none.
    """
    found = collection.rows.get(item_id) if isinstance(item_id, str) else None
    recordings = () if found is None else collection.items[found].inputs.get(SPEECH, ())
    if not recordings or not isinstance(recordings[0], Path):
        raise SpeechError("There is no such recording: reload the page and try again.")
    return str(recordings[0])


def recording_asked(question: Question, asked: Picture, collection: Collection) -> str:
    """The path of the recording that a question is about, a visitor's own or one of the collection's; empty for a
    picture.

    Raises:
        SpeechError: for an item that has none.
    """
    if asked.id in GIVEN:
        path = question.files.get(asked.id, "")
        return path if is_recording(path) else ""
    item_id, modality = collection.named(asked.id)
    return recording_of(collection, item_id) if modality == SPEECH else ""


def said_in(collection: Collection) -> dict[str, str]:
    """By the ids of the items that have a recording, the caption that it reads; their ids where that is not known."""
    having = [item.id for item in collection.items if item.inputs.get(SPEECH)]
    spoken = getattr(collection.annotations, "spoken", ())
    if len(spoken) != len(having):
        return {item_id: item_id for item_id in having}
    return {item_id: collection.captions[row] for item_id, row in zip(having, spoken, strict=True)}


def examples(collection: Collection) -> tuple[tuple[str, str], ...]:
    """(id, the caption that is read) of some recordings to begin with, the longer ones."""
    pairs = [(item_id, text) for item_id, text in said_in(collection).items() if 20 <= len(text) <= 35]
    return tuple(pairs[:: max(1, len(pairs) // EXAMPLES)][:EXAMPLES])
