"""Captions read aloud: which voices, and what becomes of a collection; the synthesisers themselves are not needed."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from vse.data import load_collection
from vse.data.scenes import write_spoken as writing
from vse.data.scenes.language.spoken import TEST_VOICES, TRAINING_VOICES, Voice, random_voice, speak
from vse.data.scenes.write_spoken import write_spoken
from vse.errors import CollectionError, SynthesiserMissingError
from vse.modalities import SPEECH
from vse.modalities.speech.decoding import read_waveform


def test_no_speaker_of_the_test_is_heard_in_training():
    speakers = {voice.name.rpartition("+")[2] for voice in TRAINING_VOICES}
    assert not speakers & {voice.name.rpartition("+")[2] for voice in TEST_VOICES.values()}
    rng = random.Random(0)
    drawn = [random_voice(rng) for _ in range(200)]
    assert {voice for voice, _ in drawn} <= set(TRAINING_VOICES)
    assert all(0.72 <= manner.speed <= 1.35 and 0.1 <= manner.pitch <= 1.5 for _, manner in drawn)
    assert all(0.88 <= manner.throat <= 1.3 for _, manner in drawn)
    # Nearly the same formants as those of belinda and of f4.
    assert not any(voice.name.endswith(("+linda", "+aunty")) for voice in TRAINING_VOICES)


def test_a_synthesiser_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        SynthesiserMissingError, match="flite is not installed, which reads captions aloud: apt install"
    ):
        speak("a dog", Voice("flite", "slt"))


def test_recordings_become_inputs_with_the_captions_that_they_read(
    scenes_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    said: list[tuple[str, Voice]] = []

    def tone(text: str, voice: Voice) -> tuple[np.ndarray, int]:
        said.append((text, voice))
        return np.concatenate([np.zeros(22_050), np.sin(np.arange(22_050)), np.zeros(22_050)]), 22_050

    monkeypatch.setattr(writing, "speak", tone)
    folder = tmp_path / "spoken"
    shutil.copytree(scenes_folder, folder)
    assert len(write_spoken(folder, 6)) == 6
    assert len(write_spoken(folder, 5)) == 5  # in the place of those
    collection = load_collection(folder)
    assert len(collection.inputs(SPEECH)) == 5
    assert [item.id for item in collection.items if SPEECH in item.inputs] == [
        f"scene-{n:04d}" for n in range(0, 30, 6)
    ]
    assert [voice for _, voice in said[6:10]] == list(TEST_VOICES.values())
    truth = collection.annotations
    assert truth is not None
    assert [text for text, _ in said[6:]] == [collection.captions[row] for row in truth.spoken]  # type: ignore[attr-defined]
    relevance = truth.relevance(SPEECH, "image")
    assert relevance is not None
    assert relevance.shape == (5, 30)
    assert relevance[range(5), range(0, 30, 6)].all()  # each is true of its own picture
    assert truth.relevance(SPEECH, "text") is None
    assert len(read_waveform(collection.inputs(SPEECH)[0], 8000)) == pytest.approx(1.2 * 8000, abs=50)
    some = collection.of_rows(range(6, 30))
    assert [some.captions[row] for row in some.annotations.spoken] == [text for text, _ in said[7:]]  # type: ignore[union-attr]
    with pytest.raises(CollectionError, match="has 30 scenes, fewer than 31: ask for fewer"):
        write_spoken(folder, 31)


def test_a_recording_of_a_caption_that_is_not_there_is_told(scenes_folder: Path, tmp_path: Path):
    folder = tmp_path / "wrong"
    shutil.copytree(scenes_folder, folder)
    lines = (folder / "items.jsonl").read_text().splitlines()
    lines[0] = lines[0][:-1] + ', "speech": [{"file": "a.wav", "caption": 5}]}'
    (folder / "items.jsonl").write_text("\n".join(lines))
    with pytest.raises(CollectionError, match="line 1: a recording reads caption 5, and there are 5, counted from 0"):
        load_collection(folder)
