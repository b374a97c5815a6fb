"""Batches of Emoji Recipes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from vse.cli import main
from vse.encoders.registry import load_model
from vse.modalities.image.preprocess import Preprocess
from vse.modalities.recipe.recipe import Recipe
from vse.modalities.text.vocabulary import Vocabulary
from vse.training.config import train_config
from vse.training.kinds.vse import TrainableVSE
from vse.training.sources import recipe_set
from vse.training.sources.recipes import RecipeSource


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    def noise(dishes: Sequence[Any], preprocess: Preprocess, name: str) -> np.ndarray:
        shape = (len(dishes), preprocess.size, preprocess.size, 3)
        return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)

    monkeypatch.setattr(recipe_set, "rendered", noise)


class Words:
    lines = TrainableVSE.lines

    def __init__(self, texts: Sequence[str], steps: Sequence[Sequence[str]] = ()) -> None:
        self.vocabulary = Vocabulary.build(texts)

    def encode_batch(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        return self.vocabulary.encode_batch(texts, 30, strict=False)


@pytest.mark.usefixtures("drawn")
def test_a_batch_holds_dishes_beside_their_counterparts():
    given = {"recipes": 8, "batch_size": 8, "counterpart": 0.5, "semantic_class": 0.1, "captions_per_image": 1}
    config, preprocess = train_config(given), Preprocess(8, "crop", (0.5,) * 3, (0.25,) * 3)
    learn: Any = Words
    data, _words = recipe_set.build_training_set(config.source, 0, preprocess, learn)  # type: ignore[arg-type]
    source = RecipeSource(data, config, preprocess)
    batch = source.batch(0, 1)
    assert source.steps_per_epoch == 2
    assert batch.items == 8
    assert batch.inputs["image"].shape == (8, 3, 8, 8)
    ingredients, steps = batch.inputs["recipe"]
    assert ingredients.shape[0] == steps.shape[0] == 8
    assert (ingredients[:, 0, 0] > 0).all()
    assert (steps[:, 0, 0] > 0).all()
    assert batch.targets["counterpart"].tolist() == [1, 0, 3, 2, 5, 4, 7, 6]
    assert (batch.targets["class"][::2] == batch.targets["class"][1::2]).all()
    for pair in (("image", "text"), ("image", "recipe"), ("text", "recipe")):
        assert batch.relevant[pair].shape == (8, 8, 1)
        assert batch.relevant[pair][range(8), range(8), 0].all()
    assert not batch.relevant["image", "recipe"][0, 1, 0]
    torch.testing.assert_close(source.batch(0, 1).inputs["recipe"], batch.inputs["recipe"])
    half = source.batch(0, 1, rank=1, world=2)
    torch.testing.assert_close(half.inputs["image"], batch.inputs["image"][4:])


@pytest.mark.usefixtures("drawn")
def test_a_run_from_the_command_line_gives_a_model_that_reads_recipes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    small = "--recipes 4 --recipe-editions 1 --validation-recipes 4 --batch-size 4 --epochs 1 --semantic-class 0.1 "
    small += "--image-size 32 --image-widths 4,4,4 --text-hidden 4 --text-word-dim 4 --dim 8 "
    small += "--recipe-hidden 4 --recipe-sentence 4 --recipe-word-dim 4"
    assert main(["train", str(tmp_path / "run"), *small.split()]) == 0
    model = load_model(tmp_path / "run/best")
    assert model.modalities == ("image", "text", "recipe")
    vectors = model.encode("recipe", [Recipe("", ("2 eggs",), ("Add the eggs.",))], strict=False)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    capsys.readouterr()
    assert main(["train", str(tmp_path / "other"), "--recipes", "4", "--batch-size", "64"]) != 0
    assert "give an even batch size and more --recipes" in capsys.readouterr().err


@pytest.mark.usefixtures("drawn")
def test_a_clip_reads_a_recipe_as_one_line(tmp_path: Path, clip_config: Path):
    given = (
        "--towers clip --clip-merges 9 --recipes 4 --recipe-editions 1 --validation-recipes 4 --batch-size 4 --epochs 1"
    )
    assert main(["train", str(tmp_path / "run"), "--clip-config", str(clip_config), *given.split()]) == 0
    model = load_model(tmp_path / "run/best")
    omelette = Recipe("Omelette", ("2 eggs", "salt"), ("Beat the eggs.",))
    np.testing.assert_allclose(model.encode("recipe", [omelette]), model.encode_texts([omelette.text]), atol=1e-6)
