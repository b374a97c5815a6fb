"""Skip-instruction vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from vse.errors import TrainingError
from vse.modalities.recipe.config import RecipeConfig
from vse.modalities.recipe.tower import RecipeTower
from vse.modalities.text.vocabulary import Vocabulary
from vse.training import skip_instructions as module
from vse.training.skip_instructions import decoder_ids, learn_skip, neighbours, skip_instructions

CONFIG = RecipeConfig(word_dim=12, sentence=16, hidden=4, instructions="skip")
RECIPES = [["boil a", "add b", "serve c"], ["boil c", "add a", "serve b"]]


def test_neighbours_are_those_of_the_same_recipe():
    before, after = neighbours([3, 0, 1, 2])
    assert before.tolist() == [-1, 0, 1, -1, -1, 4]
    assert after.tolist() == [1, 2, -1, -1, 5, -1]


def test_a_decoder_reads_its_own_ids_from_the_first_token_to_the_end():
    assert decoder_ids(np.array([[2, 1, 0], [3, 0, 0]])).tolist() == [[1, 5, 4, 0, 0], [1, 6, 0, 0, 0], [1, 0, 0, 0, 0]]


def test_what_stands_around_a_step_is_learnt_and_the_same_seed_learns_the_same(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "BATCH", 16)
    vocabulary = Vocabulary.build([line for recipe in RECIPES for line in recipe])
    encoder, losses = learn_skip(RECIPES, vocabulary, CONFIG, steps=120)
    assert losses[-1] < 0.5 * losses[0]
    again, others = learn_skip(RECIPES, vocabulary, CONFIG, steps=120)
    assert others == losses
    torch.testing.assert_close(again.state_dict(), encoder.state_dict())


def test_they_are_learnt_once_and_stay_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(module, "learn_skip", lambda *given, progress: learn_skip(*given, steps=1))
    vocabulary = Vocabulary.build([line for recipe in RECIPES for line in recipe])
    weights = skip_instructions(RECIPES, vocabulary, CONFIG)
    monkeypatch.setattr(module, "learn_skip", None)
    torch.testing.assert_close(skip_instructions(RECIPES, vocabulary, CONFIG), weights)
    tower = RecipeTower(CONFIG, len(vocabulary), 3)
    tower.skip.load_state_dict(weights)
    tower((torch.tensor([[[2]], [[3]]]), torch.tensor([[[2, 3], [4, 0]], [[4, 0], [0, 0]]]))).sum().backward()
    assert all(each.grad is None for each in tower.skip.parameters())
    assert tower.instructions.weight_ih_l0.grad is not None
    assert not hasattr(tower, "sentences")


def test_without_steps_there_is_nothing_to_learn():
    with pytest.raises(TrainingError, match="no steps of recipes to learn from"):
        learn_skip([[]], Vocabulary.of(["a"]), CONFIG)
