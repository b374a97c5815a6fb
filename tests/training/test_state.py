from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from tests.conftest import tiny_checkpoint
from vse.encoders.clip.config import ClipConfig
from vse.encoders.vse.config import ModelConfig
from vse.encoders.vse.model import VSE
from vse.errors import CheckpointError, TrainingError
from vse.modalities.image.config import ImageConfig
from vse.training.config import train_config
from vse.training.state import RunState, load_state, new_run, save_state


class Run:
    """A model with all that a training step changes."""

    def __init__(self, seed: int) -> None:
        self.model: VSE = tiny_checkpoint(seed).model
        self.average = AveragedModel(self.model, multi_avg_fn=get_ema_multi_avg_fn(0.9), use_buffers=True)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=0.01)

    def parts(self) -> tuple[dict[str, nn.Module], torch.optim.Optimizer]:
        return {"model": self.model, "average": self.average}, self.optimizer

    def step(self, number: int) -> None:
        images = torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(number))
        self.model.train()
        loss = self.model.embed("image", images).sum() + self.model.text_tower.affine.weight.square().sum()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.average.update_parameters(self.model)

    def tensors(self) -> dict[str, Tensor]:
        return {**self.model.state_dict(), **{f"average {k}": v for k, v in self.average.state_dict().items()}}


STATE = RunState(epoch=2, step=3, loss_sum=1.25, best=77.5, history=({"epoch": 1}, {"epoch": 2, "loss": 0.1}))


def test_a_state_comes_back_with_everything_that_a_step_changes(tmp_path: Path):
    going = Run(0)
    for number in range(3):
        going.step(number)
    save_state(tmp_path, STATE, *going.parts())
    resumed = Run(1)
    assert load_state(tmp_path, *resumed.parts()) == STATE
    for run in (going, resumed):
        run.step(3)
        run.step(4)
    after = resumed.tensors()
    assert after["average n_averaged"] == 5
    assert after["image_tower.backbone.0.1.num_batches_tracked"] == 5
    for name, tensor in going.tensors().items():
        assert torch.equal(tensor, after[name]), name


def test_a_state_is_swapped_in_whole(tmp_path: Path):
    run = Run(0)
    run.step(0)
    save_state(tmp_path, RunState(), *run.parts())
    save_state(tmp_path, STATE, *run.parts())
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    os.rename(tmp_path / "state", tmp_path / ".state.old")  # a kill between the two renames
    assert load_state(tmp_path, *run.parts()) == STATE


@pytest.mark.parametrize("name", ["model.safetensors", "average.safetensors", "optimizer.safetensors", "state.json"])
def test_a_missing_file_of_a_state_is_named(name: str, tmp_path: Path):
    run = Run(0)
    run.step(0)
    save_state(tmp_path, STATE, *run.parts())
    (tmp_path / "state" / name).unlink()
    with pytest.raises(CheckpointError, match=f"{name} is missing"):
        load_state(tmp_path, *run.parts())


def test_a_state_of_another_architecture_is_refused(tmp_path: Path):
    run = Run(0)
    run.step(0)
    save_state(tmp_path, STATE, *run.parts())
    other = Run(0)
    other.model.text_tower.affine = nn.Linear(3, 8)
    with pytest.raises(CheckpointError, match=r"text_tower\.affine\.weight has shape \(8, 10\)"):
        load_state(tmp_path, *other.parts())


def test_counting_by_hand():
    state = RunState().after_step(0.5).after_step(0.25)
    assert (state.epoch, state.step, state.loss_sum, state.steps(10)) == (0, 2, 0.75, 2)
    better = state.after_epoch({"epoch": 1}, 50.0)
    assert better == RunState(1, 0, 0.0, 50.0, ({"epoch": 1},))
    assert better.after_step(1.0).steps(10) == 11
    worse = better.after_epoch({"epoch": 2}, None)
    assert (worse.best, worse.history) == (50.0, ({"epoch": 1}, {"epoch": 2}))


MODEL, TRAINING = ModelConfig(dim=8), train_config({"scenes": 8, "batch_size": 4})


def test_a_new_run_writes_its_configuration_and_a_resumed_one_reads_it(tmp_path: Path):
    folder = tmp_path / "runs" / "a"
    assert new_run(folder, MODEL, TRAINING, resume=False) == (MODEL, TRAINING)
    (folder / "state").mkdir()
    assert new_run(folder, None, None, resume=True) == (MODEL, TRAINING)


def test_a_run_that_is_not_there_is_not_resumed(tmp_path: Path):
    with pytest.raises(TrainingError, match=r"nowhere holds no run to resume \(run\.json was expected\)"):
        new_run(tmp_path / "nowhere", None, None, resume=True)
    assert not (tmp_path / "nowhere").exists()


def test_a_run_stopped_before_its_first_save_goes_on_from_its_beginning(tmp_path: Path):
    new_run(tmp_path / "unsaved", MODEL, TRAINING, resume=False)
    assert new_run(tmp_path / "unsaved", None, None, resume=True) == (MODEL, TRAINING)
    assert load_state(tmp_path / "unsaved", *Run(1).parts()) == RunState()


def test_a_taken_folder_is_refused_and_left_alone(tmp_path: Path):
    (tmp_path / "precious").write_text("x")
    with pytest.raises(TrainingError, match="is not empty; resume the run in it, or choose another folder"):
        new_run(tmp_path, MODEL, TRAINING, resume=False)
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


LIBRARY = ModelConfig(image=ImageConfig("mobilenet_v2"))


@pytest.mark.parametrize(
    ("model", "given", "message"),
    [
        (MODEL, {"entailment": 1.0}, "What follows from what is an order; choose --loss order --similarity order too"),
        (MODEL, {"loss": "order"}, "The loss is 'order' and the similarity 'cosine'"),
        (ModelConfig(similarity="order"), {}, "The loss is 'hardest_negative' and the similarity 'order'"),
        (MODEL, {"batch_size": 7}, "A batch of 7 would part counterparts; choose an even batch size"),
        (MODEL, {"scenes": 10, "batch_size": 22}, "A batch of 22 does not fit 20 pictures; choose a smaller one"),
        (MODEL, {"scenes": 10, "batch_size": 12, "counterparts": False}, "A batch of 12 does not fit 10 pictures"),
        (MODEL, {"batch_size": 0}, "A batch of 0 does not fit"),
        (
            MODEL,
            {"counterpart": 1.0, "counterparts": False},
            "needs the targets counterpart, and these scenes hold only entailment, words",
        ),
        (LIBRARY, {"collection": "c", "counterpart": 1.0}, "leave --counterpart away"),
        (
            LIBRARY,
            {"collection": "c", "keep": "true"},
            "Only Emoji Scenes know which answers are true; leave --keep true",
        ),
        (MODEL, {"paraphrase": 1.0, "captions_per_image": 1}, "Paraphrases need two captions of a picture"),
        (LIBRARY, {"collection": "c", "texts": "t:4"}, "Texts without pictures are for the objective paraphrase"),
        (MODEL, {"warm_start": True}, "A warm start needs a model; give --start-from, or leave --warm-start away"),
        (MODEL, {"frozen_epochs": 1.0}, "The backbone 'small_resnet' is not of torchvision or timm"),
        (LIBRARY, {"start_from": "m", "backbone_weights": "w"}, "give both --backbone-weights and --backbone-mix"),
        (LIBRARY, {"start_from": "m", "backbone_mix": 0.5}, "give both --backbone-weights and --backbone-mix"),
        (LIBRARY, {"backbone_mix": 0.5}, "A backbone mix has no say without --start-from"),
        (MODEL, {"start_from": "m", "min_count": 3}, "others are added only with --word-vectors"),
        (ClipConfig(), {"loss": "infonce", "temperature": 0.05}, "A CLIP learns its temperature"),
        (ClipConfig(), {"loss": "infonce", "min_count": 3}, "A CLIP has no backbone of torchvision or timm"),
    ],
)
def test_a_run_that_cannot_work_or_would_ignore_a_setting_is_refused_before_it_starts(
    model: ModelConfig | ClipConfig, given: dict[str, Any], message: str, tmp_path: Path
):
    with pytest.raises(TrainingError, match=message):
        new_run(tmp_path / "run", model, train_config(given), resume=False)
    assert not (tmp_path / "run").exists()


def test_an_odd_batch_is_fine_without_counterparts(tmp_path: Path):
    training = train_config({"scenes": 9, "batch_size": 3, "counterparts": False})
    assert new_run(tmp_path, MODEL, training, resume=False)[1] == training
    assert json.loads((tmp_path / "run.json").read_text())["training"]["batch_size"] == 3


def test_a_run_of_an_older_version_is_refused_in_a_sentence(tmp_path: Path):
    older = {"towers": "vse", "model": {"dim": 8}, "training": {"seed": 1, "rate": 0.002, "loss": "hardest"}}
    (tmp_path / "run.json").write_text(json.dumps(older))
    with pytest.raises(TrainingError, match=r"run\.json was written by another version and cannot be resumed; start a"):
        new_run(tmp_path, None, None, resume=True)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("run.json", "[]"),
        ("run.json", '{"towers": "nave"}'),
        ("run.json", '{"towers": [], "training": {}, "model": {}}'),
        ("run.json", '{"training": null, "model": null}'),
    ],
)
def test_a_damaged_run_is_told_with_its_file(name: str, content: str, tmp_path: Path):
    (tmp_path / name).write_text(content)
    with pytest.raises((CheckpointError, TrainingError), match=rf"{name} (holds|says|was written by)"):
        new_run(tmp_path, None, None, resume=True)
