"""Training on photographs with recipes, as Recipe1M lays them out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from vse.cli import main
from vse.encoders.registry import load_model
from vse.encoders.vse.config import ModelConfig
from vse.errors import TrainingError
from vse.modalities.image.config import ImageConfig
from vse.modalities.recipe.recipe import Recipe
from vse.training.config import train_config
from vse.training.kinds.vse import VSEPlan
from vse.training.sources.photographs import prepare

MODEL = ModelConfig(dim=8, image=ImageConfig(size=32, widths=(4, 4, 4)))
SMALL = (
    "--image-size 32 --image-widths 4,4,4 --text-hidden 4 --text-word-dim 4 --dim 8 --recipe-hidden 4 "
    "--recipe-sentence 4 --recipe-word-dim 4 --batch-size 4 --epochs 1 --captions-per-image 1"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six recipes of train, the first with two pictures, and two of val; half of them are of carrot soup."""
    home, layer1, layer2 = tmp_path / "recipe1m", [], []
    for number in range(8):
        id, partition = f"{number:x}" * 10, "train" if number < 6 else "val"
        title = f"Carrot soup {number}" if number % 2 else f"Toast number {number}"
        steps = [{"text": f"Boil water {number}."}, {"text": "Serve."}]
        ingredients = [{"text": f"{number + 1} carrots"}]
        layer1.append({"id": id, "title": title, "partition": partition, "ingredients": ingredients,
                       "instructions": steps, "url": ""})  # fmt: skip
        names = [f"{id}{letter}.jpg" for letter in ("ab" if number == 0 else "a")]
        layer2.append({"id": id, "images": [{"id": name, "url": ""} for name in names]})
        for name in names:
            place = home / partition / "/".join(name[:4]) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (40, 30), (30 * number, 90, 200)).save(place)
    (home / "layer1.json").write_text(json.dumps(layer1), encoding="utf-8")
    (home / "layer2.json").write_text(json.dumps(layer2), encoding="utf-8")
    return home


def source_of(folder: Path, **given: Any) -> Any:
    training = train_config({"collection": str(folder), "batch_size": 7, "captions_per_image": 1, **given})
    return prepare(training, VSEPlan(MODEL, training))


def test_a_batch_holds_recipes_whose_pictures_are_no_negatives_for_each_other(folder: Path):
    source, validation, trainable = source_of(folder, semantic_class=0.1)
    assert source.steps_per_epoch == 1
    assert trainable.config.towers.keys() == {"image", "text", "recipe"}
    batch = source.batch(0, 0)
    ingredients, steps = batch.inputs["recipe"]
    assert (ingredients.shape[0], steps.shape[:2]) == (7, (7, 2))
    same = batch.relevant["image", "recipe"][..., 0]
    assert same.sum() == 7 + 2  # the two pictures of the first recipe
    assert torch.equal(batch.relevant["image", "text"][..., 0], same)
    assert sorted(batch.targets["class"].tolist()) == [0, 0, 0, 1, 1, 1, 1]
    assert source.widths["class"] == 2
    assert len(validation.collection) == 2
    half = source_of(folder, batch_size=6)[0].batch(0, 0, rank=1, world=2)
    assert half.inputs["recipe"][0].shape[0] == 3
    assert "class" not in half.targets


def test_a_run_from_the_command_line_gives_a_model_that_reads_recipes(folder: Path, tmp_path: Path):
    run = tmp_path / "run"
    given = ["--collection", str(folder), "--semantic-class", "0.1", *SMALL.split()]
    assert main(["train", str(run), *given]) == 0
    model = load_model(run / "best")
    assert model.modalities == ("image", "text", "recipe")
    vectors = model.encode("recipe", [Recipe("", ("2 carrots",), ("Boil water.",))])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    dev = json.loads((run / "best/metrics.json").read_text(encoding="utf-8"))["dev"]
    assert dev["image_to_recipe"]["candidates"] == 2
    assert main(["train", str(run), "--resume"]) == 0


def test_a_clip_reads_them_as_one_line_each(folder: Path, tmp_path: Path, clip_config: Path):
    given = f"--towers clip --clip-config {clip_config} --clip-merges 9 --batch-size 4 --epochs 1"
    assert main(["train", str(tmp_path / "run"), "--collection", str(folder), *given.split()]) == 0
    soup = Recipe("Soup", ("2 carrots",), ("Boil water.",))
    model = load_model(tmp_path / "run/best")
    np.testing.assert_allclose(model.encode("recipe", [soup]), model.encode_texts([soup.text]), atol=1e-6)


def test_what_cannot_be_learnt_is_told(folder: Path):
    layer1 = json.loads((folder / "layer1.json").read_text(encoding="utf-8"))
    for entry in layer1:
        entry["title"] = "Soup"
    (folder / "layer1.json").write_text(json.dumps(layer1), encoding="utf-8")
    with pytest.raises(TrainingError, match="No classes are known of these photographs"):
        source_of(folder, semantic_class=0.1)
