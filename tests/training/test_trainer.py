from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from vse.data.scenes.world.scene import satisfies
from vse.encoders.vse.checkpoint import load_checkpoint
from vse.encoders.vse.config import ModelConfig
from vse.errors import TrainingError
from vse.evaluation.metrics import IMAGE_TO_TEXT
from vse.evaluation.retrieval import both_ways, evaluate_scores
from vse.modalities.image.config import ImageConfig
from vse.modalities.image.preprocess import Preprocess
from vse.modalities.text.config import TextConfig
from vse.training import trainer as train_module
from vse.training.config import TrainConfig, train_config
from vse.training.kinds.vse import VSEPlan
from vse.training.run import train
from vse.training.sources import scene_set as training_set
from vse.training.sources.config import ScenesConfig
from vse.training.sources.scene_set import build_training_set, training_scenes
from vse.training.sources.scenes import SceneSource, family_of
from vse.training.trainer import Trainer, merit

ROOT = Path(__file__).resolve().parents[2]
MODEL = ModelConfig(
    dim=8,
    image=ImageConfig(widths=(4, 6, 8), blocks=(1, 1), grid=2, size=16),
    text=TextConfig(word_dim=6, hidden=5, word_dropout=0.2),
)
# 24 pictures in batches of 8 are 3 steps an epoch, 6 in all.
SETTINGS: dict[str, Any] = {
    "scenes": 12,
    "epochs": 2,
    "batch_size": 8,
    "validation_scenes": 6,
    "ema_decay": 0.8,
    "warmup_epochs": 1.0,
    "counterpart": 0.3,
    "word_prediction": 0.2,
}
TRAINING = train_config(SETTINGS)
PLAN = VSEPlan(MODEL)


def changed(without: str = "", **given: Any) -> TrainConfig:
    """The settings of these tests with others, and without some."""
    return train_config({name: value for name, value in SETTINGS.items() if name not in without.split()} | given)


def noise(scenes: list, preprocess: Preprocess, name: str) -> np.ndarray:
    """Stands in for drawing the scenes, which takes the emoji font."""
    shape = (len(scenes), preprocess.size, preprocess.size, 3)
    return np.random.default_rng(zlib.crc32(name.encode())).integers(0, 256, shape, dtype=np.uint8)


@pytest.fixture(autouse=True)
def _one_thread_without_a_font(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(training_set, "rendered", noise)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def left_by(run: Path) -> dict[str, bytes]:
    """Every file of a run, by its path in it."""
    return {str(path.relative_to(run)): path.read_bytes() for path in sorted(run.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_set, "rendered", noise)
        torch.set_num_threads(1)
        folder = tmp_path_factory.mktemp("runs") / "whole"
        train(folder, MODEL, TRAINING)
    return left_by(folder)


class StoppedError(Exception):
    """Raised in the middle of a run."""


def stop_in(monkeypatch: pytest.MonkeyPatch, method: str, call: int) -> None:
    """Let the given call (from 1) of a Trainer's method raise instead; states are saved after every step."""
    original, calls = getattr(Trainer, method), []

    def stopping(self: Trainer, *arguments: object) -> object:
        calls.append(method)
        if len(calls) == call:
            raise StoppedError(f"{method} {call}")
        return original(self, *arguments)

    monkeypatch.setattr(Trainer, method, stopping)
    monkeypatch.setattr(train_module, "SAVE_EVERY", -1.0)


# A save comes after every step and after every epoch; the fourth, which is the first epoch's, comes after "best".
@pytest.mark.parametrize(
    ("method", "call"),
    [("step", 2), ("step", 3), ("step", 4), ("step", 6), ("finish_epoch", 1), ("save", 4), ("save", 6), ("save", 8)],
)
def test_a_run_stopped_and_resumed_ends_bit_for_bit_like_one_that_was_not(
    method: str, call: int, uninterrupted: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "run"
    with monkeypatch.context() as patch:
        stop_in(patch, method, call)
        patch.setattr(training_set, "rendered", noise)
        with pytest.raises(StoppedError, match=f"{method} {call}"):
            train(folder, MODEL, TRAINING)
    assert train(folder, resume=True) == folder / "best"
    after = left_by(folder)
    assert after.keys() == uninterrupted.keys()
    assert [name for name in after if after[name] != uninterrupted[name]] == []


def test_a_killed_run_resumes_bit_for_bit(uninterrupted: dict[str, bytes], tmp_path: Path):
    script = """
import os, signal, sys
from pathlib import Path
import torch
from tests.training import test_trainer as here
from vse.training import trainer as train_module
torch.set_num_threads(1)
here.training_set.rendered = here.noise
train_module.SAVE_EVERY = -1.0
step = here.Trainer.step
def killed(self, batch, number):
    if number == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(self, batch, number)
here.Trainer.step = killed
here.train(Path(sys.argv[1]), here.MODEL, here.TRAINING)
"""
    folder = tmp_path / "run"
    command = [sys.executable, "-c", script, str(folder)]
    killed = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True, timeout=120
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert json.loads((folder / "state" / "state.json").read_text())["step"] == 1
    train(folder, resume=True)
    after = left_by(folder)
    assert [name for name in uninterrupted if after.get(name) != uninterrupted[name]] == []


def test_resuming_a_finished_run_changes_nothing(uninterrupted: dict[str, bytes], tmp_path: Path):
    folder = tmp_path / "run"
    train(folder, MODEL, TRAINING)
    train(folder, resume=True)
    assert left_by(folder) == uninterrupted


def test_a_run_leaves_the_best_model_with_its_history(uninterrupted: dict[str, bytes], tmp_path: Path):
    for name, data in uninterrupted.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    best = load_checkpoint(tmp_path / "best")
    state = json.loads(uninterrupted["state/state.json"])
    assert [entry["epoch"] for entry in state["history"]] == [1, 2]
    rsums = [entry["dev"]["rsum"] for entry in state["history"]]
    assert state["best"] == max(rsums) == best.metrics["dev"]["rsum"]
    assert len(best.history) == rsums.index(max(rsums)) + 1
    assert best.training["source"]["scenes"] == 12
    assert best.model.config == MODEL
    assert all(entry["loss"] > 0 for entry in state["history"])


def test_another_seed_gives_another_model(uninterrupted: dict[str, bytes], tmp_path: Path):
    train(tmp_path / "run", MODEL, replace(TRAINING, seed=1))
    assert left_by(tmp_path / "run")["state/model.safetensors"] != uninterrupted["state/model.safetensors"]


def test_training_lowers_the_loss(tmp_path: Path):
    run = {"epochs": 30, "learning_rate": 0.01, "scenes": 8, "batch_size": 16, "validation_scenes": 2, "ema_decay": 0.0}
    train(tmp_path / "run", MODEL, changed("warmup_epochs counterpart", loss="infonce", **run))
    losses = [entry["loss"] for entry in json.loads((tmp_path / "run/state/state.json").read_text())["history"]]
    assert sum(losses[-5:]) < 0.7 * sum(losses[:5])


@pytest.mark.parametrize(
    ("without", "given"),
    [
        ("counterpart", {"counterparts": False}),
        ("warmup_epochs", {"loss": "hinge_sum"}),
        ("", {"mask_true_negatives": False}),
        ("word_prediction", {"paraphrase": 0.2}),
    ],
)
def test_other_configurations_run(without: str, given: dict[str, Any], tmp_path: Path):
    training = changed(without, epochs=1, **given)
    assert (train(tmp_path / "run", MODEL, training) / "weights.safetensors").is_file()


def test_the_order_loss_runs_with_the_order_similarity_only(tmp_path: Path):
    training = changed("warmup_epochs counterpart", loss="order", epochs=1, entailment=2.0, ladder=3)
    with pytest.raises(TrainingError, match="The loss is 'order' and the similarity 'cosine'"):
        train(tmp_path / "run", MODEL, training)
    best = load_checkpoint(train(tmp_path / "run", replace(MODEL, similarity="order"), training))
    assert best.model.config.similarity == "order"


def test_a_wrong_path_is_never_trained_from_scratch(tmp_path: Path):
    with pytest.raises(TrainingError, match="nowhere holds no run to resume"):
        train(tmp_path / "nowhere", resume=True)
    assert list(tmp_path.iterdir()) == []


def test_a_device_that_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(TrainingError, match="There is no device 'cuda' on this machine; choose auto or one of cpu"):
        train(tmp_path / "run", MODEL, TRAINING, device="cuda")
    assert list(tmp_path.iterdir()) == []


def test_a_taken_folder_is_refused(tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(TrainingError, match="is not empty"):
        train(tmp_path, MODEL, TRAINING)
    assert (tmp_path / "thesis.txt").read_text() == "precious"


def source_of(training: TrainConfig) -> SceneSource:
    assert isinstance(training.source, ScenesConfig)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_set, "rendered", noise)
        data, _ = build_training_set(training.source, training.seed, PLAN.preprocess, PLAN.learn)
        return SceneSource(data, training, PLAN.preprocess)


@pytest.fixture(scope="module")
def source() -> SceneSource:
    return source_of(TRAINING)


def test_an_epoch_takes_every_picture_once_with_its_counterpart_beside_it(source: SceneSource):
    order = source.order(0)
    assert sorted(order) == list(range(24))
    assert (order[1::2] == order[::2] + 1).all()
    assert (order[::2] % 2 == 0).all()
    assert source.order(0).tolist() == order.tolist() != source.order(1).tolist()


@pytest.mark.parametrize("share", ["same_place", "same_family"])
def test_batches_of_scenes_that_are_alike(share: str):
    source = source_of(train_config({"scenes": 12, "batch_size": 4, share: 1.0}))
    scenes, order = source.data.scenes, source.order(3)
    assert sorted(order) == list(range(24))
    assert (order[1::2] == order[::2] + 1).all()
    keys = list(zip(scenes.frame[order[::2], 0], family_of(scenes.subject[order[::2], 0]), strict=True))
    alike = [key[:1] if share == "same_place" else key for key in keys]
    batches = sorted((alike[at : at + 2] for at in range(0, 12, 2)), key=lambda batch: (min(batch), max(batch)))
    assert all(max(one) <= min(next_one) for one, next_one in pairwise(batches))


def test_half_precision_learns_as_single_precision_does(tmp_path: Path):
    losses = []
    for precision in ("float32", "bfloat16"):
        config = changed(precision=precision)
        assert isinstance(config.source, ScenesConfig)
        data, trainable = build_training_set(config.source, config.seed, PLAN.preprocess, PLAN.learn)
        source = SceneSource(data, config, PLAN.preprocess)
        trainer = Trainer(tmp_path / precision, trainable, config, source, None)  # type: ignore[arg-type]
        losses.append([trainer.step(source.batch(0, step), step) for step in range(3)])
        assert all(each.dtype == torch.float32 for each in trainer.model.parameters())
    assert losses[0] != losses[1]
    assert np.allclose(losses[0], losses[1], rtol=0.05)


def test_a_batch_depends_on_epoch_and_step_alone(source: SceneSource):
    first, other, again = source.batch(1, 2), source.batch(2, 2), source.batch(1, 2)
    assert torch.equal(first.inputs["image"], again.inputs["image"])
    assert torch.equal(first.inputs["text"][0], again.inputs["text"][0])
    assert not torch.equal(first.inputs["image"], other.inputs["image"])
    assert first.inputs["image"].shape == (8, 3, 16, 16)
    assert first.targets["counterpart"].tolist() == [1, 0, 3, 2, 5, 4, 7, 6]


def sentences(inputs: tuple[torch.Tensor, torch.Tensor]) -> list[list[int]]:
    return [ids[:length].tolist() for ids, length in zip(*inputs, strict=True)]


def test_the_parts_of_all_processes_together_are_the_batch_of_one(source: SceneSource):
    whole, parts = source.batch(1, 2), [source.batch(1, 2, rank, 2) for rank in (0, 1)]
    assert [part.items for part in parts] == [4, 4]
    assert torch.equal(torch.cat([part.inputs["image"] for part in parts]), whole.inputs["image"])
    written = [sentence for part in parts for sentence in sentences(part.inputs["text"])]
    assert written == sentences(whole.inputs["text"])
    assert torch.equal(torch.cat([part.targets["words"][:4] for part in parts]), whole.targets["words"])
    operands = [sentences(part.operands["text"]) for part in parts]
    assert [*operands[0][:4], *operands[1][:4], *operands[0][4:], *operands[1][4:]] == sentences(whole.operands["text"])
    for rank, part in enumerate(parts):
        of_all = [*range(4 * rank, 8), *range(4 * rank)]  # its own first
        assert torch.equal(part.relevant["image", "text"], whole.relevant["image", "text"][of_all][:, of_all])
        assert torch.equal(part.targets["words"], whole.targets["words"][of_all])
        assert part.targets["counterpart"].tolist() == [1, 0, 3, 2, 5, 4, 7, 6]
    with pytest.raises(TrainingError, match="A batch of 8 has no equal parts for 3 processes"):
        source.batch(0, 0, 0, 3)
    with pytest.raises(TrainingError, match="A batch of 8 has no equal parts for 8 processes"):
        source.batch(0, 0, 0, 8)  # which would part counterparts


def test_a_batch_knows_which_captions_are_true_of_which_pictures(source: SceneSource):
    assert isinstance(TRAINING.source, ScenesConfig)
    scenes, _ = training_scenes(TRAINING.source, TRAINING.seed)
    rows, batch = source.order(0)[:8], source.batch(0, 0)
    truth = batch.relevant["image", "text"]
    assert truth.shape == (8, 8, 2)
    assert truth[range(8), range(8)].all()
    written = [[caption for e in (0, 1) for caption in training_set.write_captions(scene, e)] for scene in scenes]
    codes = {
        (j, tuple(source.data.caption_ids[row, k][: source.data.caption_lengths[row, k]])): caption.statement
        for j, row in enumerate(rows)
        for k, caption in enumerate(written[row])
    }
    for row, ids in enumerate(sentences(batch.inputs["text"])):
        j, k = divmod(row, 2)
        assert truth[:, j, k].tolist() == [satisfies(scenes[other], codes[j, tuple(ids)]) for other in rows]


def test_a_batch_knows_which_words_its_captions_use(source: SceneSource):
    words = source.batch(0, 1).targets["words"]
    assert words.shape == (8, source.data.vocabulary)
    for row, used in zip(source.order(0)[8:16], words, strict=True):
        assert set(np.flatnonzero(used)) == set(source.data.caption_ids[row].flatten().tolist()) - {0}


def test_a_batch_holds_no_target_that_no_objective_needs():
    batch = source_of(changed("counterpart word_prediction")).batch(0, 0)
    assert (batch.targets, batch.operands) == ({}, {})


def test_the_operands_of_counterparts_are_each_others_turned_round(source: SceneSource):
    batch = source.batch(0, 1)
    minus, plus = batch.operands["text"][0].chunk(2)
    assert torch.equal(minus[batch.targets["counterpart"]], plus)
    assert not torch.equal(minus, plus)


def test_the_learning_rate_warms_up_and_ends_at_zero():
    trainer = Trainer.__new__(Trainer)
    trainer.config, trainer.total_steps = changed(learning_rate=1.0), 1000
    assert [trainer.learning_rate(step) for step in (0, 49, 99)] == pytest.approx([0.01, 0.5, 1.0])
    assert trainer.learning_rate(100) == pytest.approx(1.0)
    assert trainer.learning_rate(550) == pytest.approx(0.5)
    assert trainer.learning_rate(1000) == pytest.approx(0.0)


def test_the_gradients_of_heads_are_clipped_with_the_rest(tmp_path: Path):
    training = changed(clip_norm=0.01)
    assert isinstance(training.source, ScenesConfig)
    data, trainable = build_training_set(training.source, training.seed, PLAN.preprocess, PLAN.learn)
    source = SceneSource(data, training, PLAN.preprocess)
    trainer = Trainer(tmp_path, trainable, training, source, None)  # type: ignore[arg-type]
    trainer.step(source.batch(0, 0), 0)
    heads = [each.grad.square().sum() for each in trainer.heads.parameters() if each.grad is not None]
    towers = [each.grad.square().sum() for each in trainer.model.parameters() if each.grad is not None]
    assert len(heads) == 2
    assert float(sum(heads)) > 0
    assert float(sum(heads) + sum(towers)) ** 0.5 == pytest.approx(0.01, rel=1e-3)


def test_a_run_can_start_from_a_trained_model(tmp_path: Path):
    first = train(tmp_path / "first", MODEL, TRAINING)
    onward = changed(seed=5, epochs=1, learning_rate=1e-12, ema_decay=0.0, start_from=str(first))
    before, after = load_checkpoint(first), load_checkpoint(train(tmp_path / "second", None, onward))
    assert after.vocabulary == before.vocabulary
    assert after.training["start_from"] == before.training
    assert after.history[:-1] == before.history
    assert after.model.config == before.model.config
    for name, weight in before.model.named_parameters():
        torch.testing.assert_close(after.model.get_parameter(name), weight, atol=1e-6, rtol=0)


def test_a_warm_start_goes_on_in_a_larger_model(tmp_path: Path):
    first = train(tmp_path / "first", MODEL, TRAINING)
    larger = replace(MODEL, image=replace(MODEL.image, pooling="grid_max", detectors=3))
    onward = changed(epochs=1, learning_rate=1e-12, ema_decay=0.0, start_from=str(first), warm_start=True)
    before, after = load_checkpoint(first), load_checkpoint(train(tmp_path / "second", larger, onward))
    assert after.model.config == larger
    weight = after.model.image_tower.affine.weight
    assert weight.shape == (8, 8 * 4 + 3)
    torch.testing.assert_close(weight[:, :32], before.model.image_tower.affine.weight, atol=1e-6, rtol=0)


def test_the_best_weights_may_be_those_whose_first_answers_are_true():
    scores = np.array([[0.9, 0.1], [0.8, 0.2]])
    matrices, owners = both_ways(IMAGE_TO_TEXT, scores), {"image": np.arange(2), "text": np.arange(2)}
    truth = np.array([[True, False], [True, True]])
    evaluation = evaluate_scores(matrices, owners, both_ways(IMAGE_TO_TEXT, truth))
    assert merit(evaluation, "rsum") == evaluation.rsum
    assert merit(evaluation, "true") == 100.0 + 100.0
    assert merit(evaluate_scores(matrices, owners), "true") == evaluation.rsum
