"""How well a model hears: captions of Emoji Scenes read aloud in many ways, measured beside the same ones written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import numpy as np

from vse.data import Collection
from vse.data.scenes.annotations import SceneTruth
from vse.data.scenes.language.captions import CAPTIONS_PER_SCENE
from vse.data.scenes.language.spoken import TEST_VOICES, TRAINING_VOICES, Manner, Voice, speak
from vse.encoders.base import Encoder
from vse.errors import CollectionError
from vse.evaluation.retrieval import ranks_of_relevant, truth_metrics
from vse.evaluation.tables import figure, table
from vse.io.progress import Progress
from vse.modalities import IMAGE, SPEECH, TEXT
from vse.modalities.speech.decoding import resampled, wav_bytes
from vse.search.vectors import vectors_of

RATE = 16_000
Changed = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def noisy(samples: np.ndarray, rng: np.random.Generator, decibels: float) -> np.ndarray:
    """With white noise so many decibels below the speech, whose pauses do not count."""
    loud = samples[np.abs(samples) > 0.02 * np.abs(samples).max()]
    level = float(np.sqrt(np.mean(loud**2))) * 10 ** (-decibels / 20)
    return samples + level * rng.standard_normal(len(samples)).astype(np.float32)


def in_a_room(samples: np.ndarray, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Convolved with the answer of a room: noise that is 60 dB down after so many seconds, behind the direct sound."""
    from scipy.signal import fftconvolve

    times = np.arange(int(seconds * RATE)) / RATE
    answer = rng.standard_normal(len(times)) * 10 ** (-3 * times / seconds)
    answer *= 0.7 / np.sqrt(np.sum(answer**2))  # echoes 3 dB below what comes directly
    answer[0] = 1
    return fftconvolve(samples, answer)[: len(samples) + len(times) // 2].astype(np.float32)


def by_telephone(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """With half the samples a second: nothing above 4 kHz."""
    return resampled(resampled(samples, RATE, RATE // 2), RATE // 2, RATE)


@dataclass(frozen=True)
class Way:
    """How captions are read aloud: voices that take turns, and what is done to the sound."""

    title: str
    voices: tuple[Voice, ...] = tuple(TEST_VOICES.values())
    manner: Manner = field(default_factory=Manner)
    change: Changed | None = None


WAYS = (
    Way("four voices in turn, none heard in training"),
    *(Way(f"{name} ({voice.name})", (voice,)) for name, voice in TEST_VOICES.items()),
    Way("voices of training", TRAINING_VOICES[::13]),
    Way("slow, 0.75 times", manner=Manner(speed=0.75)),
    Way("fast, 1.3 times", manner=Manner(speed=1.3)),
    Way("high", manner=Manner(pitch=0.8)),
    Way("low", manner=Manner(pitch=0.2)),
    Way("white noise, 20 dB below", change=partial(noisy, decibels=20)),
    Way("white noise, 10 dB below", change=partial(noisy, decibels=10)),
    Way("white noise, as loud", change=partial(noisy, decibels=0)),
    Way("a room, 0.4 s", change=partial(in_a_room, seconds=0.4)),
    Way("a telephone, 8 kHz", change=by_telephone),
)


@dataclass(frozen=True)
class Heard:
    """Figures in percent: of spoken captions, and of the same ones written.

    satisfied: how often the first picture is what was said. own_text_1, own_text_10: how often the very caption that
    was read is the first answer among all captions, and among the first ten. cosine: between both vectors, the mean.
    """

    satisfied: float
    satisfied_written: float
    own_text_1: float
    own_text_10: float
    cosine: float
    queries: int


def measured(encoder: Encoder, collection: Collection, spoken: np.ndarray, rows: Sequence[int] | np.ndarray) -> Heard:
    """Figures of vectors (Q, D) of spoken captions; `rows` are those of the captions that they read.

    Raises:
        CollectionError: for a collection of which it is not known what is true.
    """
    if not isinstance(collection.annotations, SceneTruth):
        raise CollectionError(f"{collection.name} is no Emoji Scenes, of which it is known what is true: choose one.")
    rows = np.asarray(rows)
    images, texts = (np.asarray(vectors_of(encoder, collection, m).vectors, np.float32) for m in (IMAGE, TEXT))
    score = encoder.similarity.scores
    true = collection.annotations.matrix.T[rows]
    names = [text.lower().rstrip(".") for text in collection.captions]
    same = np.array([[name == names[row] for name in names] for row in rows])
    ranks = ranks_of_relevant(score(spoken, texts, a_is=TEXT, b_is=TEXT), same)
    return Heard(
        truth_metrics(score(spoken, images, a_is=TEXT, b_is=IMAGE), true).satisfied_at_1,
        truth_metrics(score(texts[rows], images, a_is=TEXT, b_is=IMAGE), true).satisfied_at_1,
        float(100 * np.mean(ranks <= 1)),
        float(100 * np.mean(ranks <= 10)),
        float(np.mean(np.sum(spoken * texts[rows], axis=1))),
        len(rows),
    )


def captions_asked(collection: Collection, count: int) -> np.ndarray:
    """The rows of so many captions, each of another picture, the kinds of captions in turn."""
    pictures = np.arange(count) * len(collection) // count
    return pictures * CAPTIONS_PER_SCENE + np.arange(count) % CAPTIONS_PER_SCENE


def measure_shipped(encoder: Encoder, collection: Collection) -> Heard:
    """Of the recordings that a collection of Emoji Scenes comes with."""
    spoken = np.asarray(vectors_of(encoder, collection, SPEECH).vectors, np.float32)
    truth = collection.annotations
    return measured(encoder, collection, spoken, truth.spoken if isinstance(truth, SceneTruth) else ())


def measure_ways(
    encoder: Encoder, collection: Collection, count: int = 250, progress: Progress | None = None
) -> dict[str, Heard]:
    """Captions of a collection of Emoji Scenes read aloud in each of WAYS, by its title.

    Raises:
        SynthesiserMissingError: when the synthesisers are not installed.
    """
    rows = captions_asked(collection, min(count, len(collection)))
    found: dict[str, Heard] = {}
    for number, way in enumerate(WAYS):
        rng = np.random.default_rng(number)
        recordings = []
        for at, row in enumerate(rows):
            samples, rate = speak(collection.captions[row], way.voices[at % len(way.voices)], way.manner)
            samples = resampled(samples, rate, RATE)
            recordings.append(wav_bytes(samples if way.change is None else way.change(samples, rng), RATE))
        found[way.title] = measured(encoder, collection, encoder.encode(SPEECH, recordings), rows)
        if progress:
            progress(number + 1, len(WAYS))
    return found


def heard_table(rows: dict[str, Heard]) -> str:
    """The figures as text for a terminal; also Markdown."""
    head = ["how it is said", "picture as said", "the same, written", "own words first", "among ten", "cosine", "asked"]
    return "\n".join(
        table(
            head,
            [
                [title, figure(r.satisfied), figure(r.satisfied_written), figure(r.own_text_1), figure(r.own_text_10),
                 figure(r.cosine, 2), str(r.queries)]
                for title, r in rows.items()
            ],
        )
    )  # fmt: skip


def to_json(rows: dict[str, Heard]) -> dict[str, Any]:
    return {title: asdict(row) for title, row in rows.items()}
