from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.modalities.text.test_letters import VOCABULARY, encoder
from vse.encoders.vse.checkpoint import load_checkpoint, save_checkpoint
from vse.encoders.vse.encoder import VSEEncoder
from vse.errors import TrainingError
from vse.modalities.text.spelling import spelled
from vse.training.letters import learn_letters, teach_letters, with_letters


def test_letters_are_learnt_and_all_else_stays_as_it_was(tmp_path: Path):
    first = encoder("words")
    save_checkpoint(tmp_path / "model", first.checkpoint)
    progress: list[tuple[int, int]] = []
    best = learn_letters(tmp_path / "run", tmp_path / "model", steps=3, progress=lambda *each: progress.append(each))
    made = VSEEncoder(load_checkpoint(best), "made")
    assert progress == [(1, 3), (2, 3), (3, 3)]
    texts = ["a dog in the snow", "red grass"]
    assert np.array_equal(made.encode_texts(texts), first.encode_texts(texts))
    assert (first.unknown_words("dgo") != (), made.unknown_words("dgo")) == (True, ())
    assert made.fingerprint != first.fingerprint


def test_a_word_however_it_is_written_comes_near_its_vector():
    made = with_letters(encoder("words").checkpoint, "cnn", seed=1)
    tower = made.model.text_tower
    errors = teach_letters(tower, VOCABULARY.words, steps=60)
    assert np.mean(errors[-10:]) < 0.75 * np.mean(errors[:10])
    with torch.inference_mode():
        near = torch.cdist(tower.reader(torch.from_numpy(spelled(["grsas", "snoww"]))), tower.embedding.weight[2:])
    assert [VOCABULARY.words[2 + int(row)] for row in near.argmin(dim=1)] == ["grass", "snow"]


def test_another_reader_takes_the_place_of_one(tmp_path: Path):
    made = with_letters(encoder("mixed").checkpoint, "gru")
    assert made.model.config.text.letters == "gru"
    assert hasattr(made.model.text_tower.reader, "recurrent")
    kept = with_letters(encoder("mixed").checkpoint)
    before = encoder("mixed").checkpoint.model.state_dict()
    assert all(torch.equal(tensor, before[name]) for name, tensor in kept.model.state_dict().items())


def test_a_tower_of_characters_alone_has_no_words_to_learn_from():
    found = encoder("characters").checkpoint
    with pytest.raises(TrainingError, match="reads every word by its letters"):
        with_letters(found)
