"""The part of a model by which it hears: read when it is asked for, of one model alone, and read as its text is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.conftest import FakeEncoder, tiny_checkpoint
from vse.cli import main
from vse.data import load_collection
from vse.encoders.base import fingerprint_for, words_heard
from vse.encoders.registry import load_model
from vse.encoders.vse.checkpoint import load_checkpoint, save_checkpoint
from vse.encoders.vse.speech import save_speech
from vse.errors import CheckpointError, ModalityError, SpeechError
from vse.modalities.speech.config import SpeechConfig
from vse.modalities.speech.decoding import wav_bytes
from vse.modalities.speech.tower import SpeechTower
from vse.search.searcher import Searcher

TINY = SpeechConfig(bands=6, channels=(5, 7), hidden=4)


def tower_that_hears(*words: str, of: tuple[str, ...] = ("red", "dog")) -> SpeechTower:
    """Whatever is said: always the same one word, or none."""
    torch.manual_seed(0)
    tower = SpeechTower(TINY, 8, of).eval()
    last = tower.naming[-1]
    assert isinstance(last, torch.nn.Linear)
    with torch.no_grad():
        last.weight.zero_()
        last.bias.zero_()
        last.bias[1 + of.index(words[0]) if words else 0] = 20
    return tower


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_checkpoint(tmp_path / "tiny", tiny_checkpoint())
    return tmp_path / "tiny"


@pytest.fixture
def said(tmp_path: Path) -> Path:
    path = tmp_path / "said.wav"
    path.write_bytes(wav_bytes(np.sin(np.arange(16_000) / 5), 16_000))
    return path


def teach(folder: Path, *words: str) -> None:
    save_speech(folder, load_checkpoint(folder).fingerprint, tower_that_hears(*words), {"captions": 1})


def test_what_is_heard_for_sure_has_the_vector_of_its_text(folder: Path, said: Path):
    deaf = load_model(folder)
    teach(folder, "dog")
    encoder = load_model(folder)
    assert (deaf.modalities, encoder.modalities) == (("image", "text"), ("image", "text", "speech"))
    assert encoder.fingerprint == deaf.fingerprint
    assert words_heard(encoder, said) == ("dog",)
    found = encoder.encode("speech", [said, said.read_bytes()])
    np.testing.assert_allclose(found, np.repeat(encoder.encode_texts(["dog"]), 2, axis=0), atol=1e-5)
    np.testing.assert_allclose(encoder.encode_texts(["a red dog"]), deaf.encode_texts(["a red dog"]))


def test_vectors_of_speech_are_named_after_the_part_too(folder: Path, said: Path):
    teach(folder, "dog")
    first = load_model(folder)
    assert fingerprint_for(first, "text") == fingerprint_for(FakeEncoder(first.fingerprint), "speech")
    before = fingerprint_for(first, "speech")
    teach(folder, "red")
    assert len({before, fingerprint_for(load_model(folder), "speech"), first.fingerprint}) == 3


def test_a_recording_is_asked_with_and_one_without_words_fits_nothing(
    folder: Path, said: Path, scenes_folder: Path, capsys: pytest.CaptureFixture[str]
):
    teach(folder, "dog")
    searcher = Searcher.open(load_model(folder), load_collection(scenes_folder))
    found = searcher.ask("[upload]", 3, upload=said)
    assert found.heard == ("dog",)
    assert [hit.item_id for hit in found.hits] == [hit.item_id for hit in searcher.search_text("dog", 3)]
    assert main(["search", str(said), "--model", str(folder), "--collection", str(scenes_folder), "-k", "2"]) == 0
    assert "note: heard: dog" in capsys.readouterr().out
    teach(folder)
    found = Searcher.open(load_model(folder), load_collection(scenes_folder)).ask("[upload]", 3, upload=said)
    assert found.heard == ()
    assert [hit.fit for hit in found.hits] == [0.0] * 3


def test_what_does_not_fit_is_told(folder: Path, said: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(ModalityError, match="fake does not hear: choose a model that does, such as scenes-vse"):
        words_heard(FakeEncoder(), said)
    teach(folder, "dog")
    with pytest.raises(SpeechError, match=r"There is no sound file .*gone.wav"):
        load_model(folder).encode("speech", [tmp_path / "gone.wav"])
    assert main(["search", str(tmp_path / "gone.wav"), "--model", str(folder)]) == 2
    assert "There is no sound file" in capsys.readouterr().err
    settings = json.loads((folder / "speech.json").read_text())
    (folder / "speech.json").write_text(json.dumps({**settings, "words": 7}))
    with pytest.raises(CheckpointError, match=r"speech.json has no list of words; copy it again"):
        load_model(folder).encode("speech", [said])
    (folder / "speech.json").write_text(json.dumps({**settings, "config": {"bands": 0}}))
    with pytest.raises(CheckpointError, match="bands = 0; expected 1 to 512"):
        load_model(folder).encode("speech", [said])
    save_checkpoint(tmp_path / "other", replace(tiny_checkpoint(seed=1)))
    for name in ("speech.json", "speech.safetensors"):
        (folder / "speech.json").write_text(json.dumps(settings))
        (tmp_path / "other" / name).write_bytes((folder / name).read_bytes())
    with pytest.raises(CheckpointError, match="was trained beside other weights than other has now"):
        load_model(tmp_path / "other").encode("speech", [said])
