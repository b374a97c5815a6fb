from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from vse.data.scenes.world.scene import satisfies
from vse.encoders.vse.checkpoint import load_checkpoint
from vse.encoders.vse.config import ModelConfig
from vse.errors import TrainingError
from vse.evaluation.retrieval import evaluate_scores
from vse.modalities.image.config import ImageConfig
from vse.modalities.image.preprocess import Preprocess
from vse.modalities.text.config import TextConfig
from vse.training import trainer as train_module
from vse.training.config import TrainConfig
from vse.training.kinds.vse import VSEPlan
from vse.training.run import train
from vse.training.sources import scene_set as training_set
from vse.training.sources.scene_set import build_training_set, training_scenes
from vse.training.sources.scenes import Batches
from vse.training.trainer import Trainer, merit

ROOT = Path(__file__).resolve().parents[2]
MODEL = ModelConfig(
    dim=8,
    image=ImageConfig(widths=(4, 6, 8), blocks=(1, 1), grid=2, size=16),
    text=TextConfig(word_dim=6, hidden=5, word_dropout=0.2),
)
# 24 pictures in batches of 8 are 3 steps an epoch, 6 in all.
TRAINING = TrainConfig(
    scenes=12, epochs=2, batch_size=8, dev_scenes=6, arithmetic=0.3, average=0.8, warmup_epochs=1.0, words=0.2
)
PLAN = VSEPlan(MODEL)


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
    assert best.training["scenes"] == 12
    assert best.model.config == MODEL
    assert all(entry["loss"] > 0 for entry in state["history"])


def test_another_seed_gives_another_model(uninterrupted: dict[str, bytes], tmp_path: Path):
    train(tmp_path / "run", MODEL, replace(TRAINING, seed=1))
    assert left_by(tmp_path / "run")["state/model.safetensors"] != uninterrupted["state/model.safetensors"]


def test_training_lowers_the_loss(tmp_path: Path):
    training = replace(TRAINING, epochs=30, rate=0.01, scenes=8, batch_size=16, dev_scenes=2, average=0.0)
    train(tmp_path / "run", MODEL, replace(training, loss="infonce", arithmetic=0.0))
    losses = [entry["loss"] for entry in json.loads((tmp_path / "run/state/state.json").read_text())["history"]]
    assert sum(losses[-5:]) < 0.7 * sum(losses[:5])


@pytest.mark.parametrize(
    "changes", [{"counterparts": False}, {"loss": "sum"}, {"mask_true_negatives": False}, {"words": 0}]
)
def test_other_configurations_run(changes: dict[str, object], tmp_path: Path):
    training = replace(TRAINING, epochs=1, **changes)  # type: ignore[arg-type]
    assert (train(tmp_path / "run", MODEL, training) / "weights.safetensors").is_file()


def test_the_order_loss_runs_with_the_order_similarity_only(tmp_path: Path):
    training = replace(TRAINING, loss="order", margin=0.05, epochs=1, arithmetic=0.0)
    with pytest.raises(TrainingError, match="The loss is 'order' and the similarity 'cosine'"):
        train(tmp_path / "run", MODEL, training)
    best = load_checkpoint(train(tmp_path / "run", replace(MODEL, similarity="order"), training))
    assert best.model.config.similarity == "order"


def test_a_wrong_path_is_never_trained_from_scratch(tmp_path: Path):
    with pytest.raises(TrainingError, match="nowhere holds no run to resume"):
        train(tmp_path / "nowhere", resume=True)
    assert list(tmp_path.iterdir()) == []


def test_a_taken_folder_is_refused(tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(TrainingError, match="is not empty"):
        train(tmp_path, MODEL, TRAINING)
    assert (tmp_path / "thesis.txt").read_text() == "precious"


@pytest.fixture(scope="module")
def batches() -> Batches:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_set, "rendered", noise)
        return Batches(build_training_set(TRAINING, PLAN.preprocess, PLAN.learn)[0], TRAINING, PLAN.preprocess)


def test_an_epoch_takes_every_picture_once_with_its_counterpart_beside_it(batches: Batches):
    order = batches.order(0)
    assert sorted(order) == list(range(24))
    assert (order[1::2] == order[::2] + 1).all()
    assert (order[::2] % 2 == 0).all()
    assert batches.order(0).tolist() == order.tolist() != batches.order(1).tolist()


def test_a_batch_depends_on_epoch_and_step_alone(batches: Batches):
    order = batches.order(1)
    first, again, next_epoch = batches.get(order, 1, 2), batches.get(order, 1, 2), batches.get(order, 2, 2)
    assert torch.equal(first.images, again.images)
    assert torch.equal(first.ids, again.ids)
    assert not torch.equal(first.images, next_epoch.images)
    assert first.images.shape == (8, 3, 16, 16)
    assert first.partner.tolist() == [1, 0, 3, 2, 5, 4, 7, 6]


def test_a_batch_knows_which_captions_are_true_of_which_pictures(batches: Batches):
    scenes, _ = training_scenes(TRAINING)
    batch = batches.get(np.arange(24), 0, 0)
    assert batch.truth is not None
    assert batch.truth.shape == (8, 8, 2)
    assert batch.truth[range(8), range(8)].all()
    written = [[caption for e in (0, 1) for caption in training_set.write_captions(scene, e)] for scene in scenes]
    codes = {
        (j, tuple(batches.data.caption_ids[j, k][: batches.data.caption_lengths[j, k]])): caption.statement
        for j in range(8)
        for k, caption in enumerate(written[j])
    }
    for row, (ids, length) in enumerate(zip(batch.ids, batch.lengths, strict=True)):
        j, k = divmod(row, 2)
        statement = codes[j, tuple(ids[:length].tolist())]
        assert batch.truth[:, j, k].tolist() == [satisfies(scene, statement) for scene in scenes[:8]]


def test_a_batch_knows_which_words_its_captions_use(batches: Batches):
    batch = batches.get(np.arange(24), 0, 1)
    assert batch.words is not None
    assert batch.words.shape == (8, batches.data.vocabulary)
    for row, used in enumerate(batch.words, start=8):
        assert set(np.flatnonzero(used)) == set(batches.data.caption_ids[row].flatten().tolist()) - {0}


def test_the_operands_of_counterparts_are_each_others_turned_round(batches: Batches):
    batch = batches.get(np.arange(24), 0, 1)
    assert batch.operand_ids is not None
    minus, plus = batch.operand_ids.chunk(2)
    assert torch.equal(minus[batch.partner], plus)
    assert not torch.equal(minus, plus)


def test_the_rate_warms_up_and_ends_at_zero(batches: Batches):
    trainer = Trainer.__new__(Trainer)
    trainer.config, trainer.total_steps = replace(TRAINING, rate=1.0), 1000
    assert [trainer.rate(step) for step in (0, 49, 99)] == pytest.approx([0.01, 0.5, 1.0])
    assert trainer.rate(100) == pytest.approx(1.0)
    assert trainer.rate(550) == pytest.approx(0.5)
    assert trainer.rate(1000) == pytest.approx(0.0)


def test_a_run_can_start_from_a_trained_model(tmp_path: Path):
    first = train(tmp_path / "first", MODEL, TRAINING)
    onward = replace(TRAINING, seed=5, epochs=1, rate=1e-12, average=0.0, start_from=str(first))
    before, after = load_checkpoint(first), load_checkpoint(train(tmp_path / "second", None, onward))
    assert after.vocabulary == before.vocabulary
    assert after.training["start_from"] == before.training
    assert after.history[:-1] == before.history
    assert after.model.config == before.model.config
    for name, weight in before.model.named_parameters():
        torch.testing.assert_close(after.model.get_parameter(name), weight, atol=1e-6, rtol=0)


def test_a_run_can_grow_the_model_it_starts_from(tmp_path: Path):
    first = train(tmp_path / "first", MODEL, TRAINING)
    larger = replace(MODEL, image=replace(MODEL.image, pooling="grid_max", detectors=3))
    onward = replace(TRAINING, epochs=1, rate=1e-12, average=0.0, start_from=str(first), grow=True)
    before, after = load_checkpoint(first), load_checkpoint(train(tmp_path / "second", larger, onward))
    assert after.model.config == larger
    weight = after.model.image_tower.affine.weight
    assert weight.shape == (8, 8 * 4 + 3)
    torch.testing.assert_close(weight[:, :32], before.model.image_tower.affine.weight, atol=1e-6, rtol=0)


def test_the_best_weights_may_be_those_whose_first_answers_are_true():
    scores = np.array([[0.9, 0.1], [0.8, 0.2]])
    evaluation = evaluate_scores(scores, np.array([0, 1]), np.array([[True, False], [True, True]]))
    assert merit(evaluation, "rsum") == evaluation.rsum
    assert merit(evaluation, "true") == 100.0 + 100.0
    assert merit(evaluate_scores(scores, np.array([0, 1])), "true") == evaluation.rsum
