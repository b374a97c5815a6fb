from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vse.errors import CheckpointError, TrainingError
from vse.training.config import TrainConfig, described, settings, train_config
from vse.training.objectives import OBJECTIVES
from vse.training.objectives.infonce import InfoNCEConfig
from vse.training.objectives.paraphrase import ParaphraseConfig
from vse.training.sources.config import AugmentationConfig, PhotographsConfig

PHOTOGRAPHS: dict[str, Any] = {
    "collection": "/some/where/f8k",
    "crop_size": 160,
    "loss": "infonce",
    "temperature": 0.05,
    "paraphrase": 0.4,
    "backbone_weights": "/a/file.safetensors",
    "word_vectors": "/a/glove.txt",
    "ema_decay": 0.98,
    "seed": 3,
}


def test_settings_go_where_they_belong():
    config = train_config(PHOTOGRAPHS)
    assert config.source == PhotographsConfig("/some/where/f8k", AugmentationConfig(crop_size=160))
    assert config.objectives == {"infonce": InfoNCEConfig(0.05), "paraphrase": ParaphraseConfig(0.4)}
    assert (config.optimiser.ema_decay, config.vocabulary.word_vectors, config.seed) == (0.98, "/a/glove.txt", 3)
    assert train_config({}) == TrainConfig()
    assert train_config({"word_prediction": 0.0}) == TrainConfig()


@pytest.mark.parametrize("given", [{}, PHOTOGRAPHS, {"loss": "hinge_sum", "counterpart": 0.5, "same_place": 0.1}])
def test_a_configuration_comes_back_from_json(given: dict[str, Any]):
    config = train_config(given)
    assert TrainConfig.from_json(json.loads(json.dumps(config.to_json())), "run.json") == config


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"temperature": 0.1}, "temperature is a setting of the loss infonce, which this run has not; leave it away"),
        ({"loss": "infonce", "margin": 0.1}, "margin is a setting of the loss hinge_sum and the loss hardest_negative"),
        ({"collection": "c", "same_place": 0.5}, "same_place is a setting of Emoji Scenes, which this run has not"),
        ({"collection": "c", "scenes": 5}, "scenes is a setting of Emoji Scenes"),
        ({"crop_size": 5}, r"crop_size is a setting of photographs \(--collection\), which this run has not"),
        ({"rate": 1.0}, "There is no setting 'rate'; `python -m vse train --help` lists them"),
    ],
)
def test_a_setting_that_has_no_say_is_refused(given: dict[str, Any], message: str):
    with pytest.raises(TrainingError, match=message):
        train_config(given)


def test_a_value_that_is_not_known_is_refused():
    with pytest.raises(CheckpointError, match="loss = 'mse'; expected one of hinge_sum, hardest_negative, order, inf"):
        train_config({"loss": "mse"})
    with pytest.raises(CheckpointError, match="keep = 'last'; expected one of rsum, true"):
        train_config({"keep": "last"})


def test_json_that_does_not_fit_is_refused():
    data = train_config({}).to_json()
    with pytest.raises(CheckpointError, match=r"run\.json has epoch, which TrainConfig does not know"):
        TrainConfig.from_json({**data, "epoch": 1}, "run.json")
    with pytest.raises(TrainingError, match=r"run\.json was written by another version"):
        TrainConfig.from_json({**data, "objectives": {"mse": {}}}, "run.json")


def test_no_two_settings_share_a_name_but_those_of_losses():
    names = [name for of, found in settings().items() if not of.startswith("the loss") for name in found]
    assert len(names) == len(set(names))
    of_losses = {name for of, found in settings().items() if of.startswith("the loss") for name in found}
    assert of_losses.isdisjoint(names)
    assert of_losses.isdisjoint(OBJECTIVES)


def test_a_model_tells_names_and_no_paths_and_what_it_started_from():
    found = described(train_config(PHOTOGRAPHS), {"seed": 1})
    assert found["source"]["collection"] == Path("/some/where/f8k").name
    assert (found["backbone"]["backbone_weights"], found["vocabulary"]["word_vectors"]) == (
        "file.safetensors",
        "glove.txt",
    )
    assert found["start_from"] == {"seed": 1}
