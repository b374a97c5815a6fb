"""Two processes on one machine do what one does: gradients, runs, and a run that lost one of them."""

from __future__ import annotations

import json
import logging
import multiprocessing
import shutil
import signal
import socket
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from tests.training import processes
from tests.training.processes import DROPPING, MODEL, RUN, STEPS, noise, stepped
from vse.errors import TrainingError
from vse.training.config import train_config
from vse.training.distributed import OWN_STORE, joined, own_device
from vse.training.objectives import OBJECTIVES
from vse.training.run import train
from vse.training.sources import scene_set
from vse.training.state import new_run


def run_both(folder: Path, restarts: int) -> list[int | None]:
    """Run `processes.main` in two processes, and give their exit codes."""
    context = multiprocessing.get_context("forkserver")  # which imports torch once
    context.set_forkserver_preload(["tests.training.processes", "torch._dynamo"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    both = [context.Process(target=processes.start, args=(folder, rank, port, restarts)) for rank in (0, 1)]
    for each in both:
        each.start()
    for each in both:
        each.join(timeout=300)
        each.kill()
    return [each.exitcode for each in both]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the two leave: the second was killed at the end, and both were started again."""
    found = tmp_path_factory.mktemp("processes")
    assert run_both(found, restarts=0) == [2, -signal.SIGKILL]
    assert run_both(found, restarts=1) == [0, 0]
    return found


def written(folder: Path, name: str) -> list[dict[str, Tensor]]:
    return [load_file(folder / str(rank) / f"{name}.safetensors") for rank in (0, 1)]


@pytest.mark.parametrize("name", STEPS)
def test_gradients_and_weights_of_two_processes_are_those_of_one(folder: Path, name: str):
    alone = stepped(name)
    largest = max(1.0, *(float(value.abs().max()) for key, value in alone.items() if key.startswith("grad")))
    for found in written(folder, name):
        assert found.keys() == alone.keys()
        for key, value in alone.items():
            assert torch.allclose(found[key].float(), value.float(), rtol=0, atol=1e-5 * largest), key


@pytest.mark.parametrize("name", STEPS)
def test_both_processes_have_the_same_weights_to_the_bit(folder: Path, name: str):
    first, second = written(folder, name)
    assert all(torch.equal(second[key], value) for key, value in first.items())


def test_every_objective_is_among_them_and_a_backbone_that_thaws(folder: Path):
    assert STEPS.keys() > OBJECTIVES.keys()
    (found, _) = written(folder, "thawing")
    assert [number for number in (2, 3, 4) if f"grad {number} backbone.weight" in found] == [4]


def test_a_gradient_that_one_process_lacks_counts_as_zero_and_one_that_both_lack_stays_none(folder: Path):
    for found in written(folder, "told"):
        assert found["grad 0"].tolist() == [1.5, 1.5]
        assert found["grad 1"].tolist() == [2.0, 2.0]
        assert float(found["loss"]) == 0.5


def test_each_process_draws_other_random_numbers(folder: Path):
    first, second = (int(found["seed"]) for found in written(folder, "told"))
    assert first != second


def test_where_the_first_process_fails_the_others_end_without_a_word(folder: Path):
    said = [(folder / str(rank) / "refused.txt").read_text() for rank in (0, 1)]
    assert said == ["TrainingError('There is nothing to train.')", "SystemExit(2)"]


def test_the_process_that_is_left_says_that_another_has_ended(folder: Path):
    assert (folder / "0/ended.txt").read_text().startswith("Another process of this run does not answer (")


def left_by(run: Path) -> dict[str, bytes]:
    return {str(path.relative_to(run)): path.read_bytes() for path in sorted(run.rglob("*")) if path.is_file()}


def test_a_run_that_lost_a_process_and_was_started_again_ends_bit_for_bit_like_one_that_did_not(folder: Path):
    whole, killed = left_by(folder / "whole"), left_by(folder / "killed")
    assert whole.keys() == killed.keys()
    assert [name for name in whole if whole[name] != killed[name]] == []


def test_a_run_of_two_processes_is_that_of_one(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scene_set, "rendered", noise)
    train(tmp_path / "run", MODEL, RUN, device="cpu")
    states = [json.loads((run / "state/state.json").read_text()) for run in (tmp_path / "run", folder / "calm")]
    assert [state["processes"] for state in states] == [1, 2]
    alone, both = ([entry["loss"] for entry in state["history"]] for state in states)
    assert both == pytest.approx(alone, rel=1e-4)
    ends = [load_file(run / "best/weights.safetensors") for run in (tmp_path / "run", folder / "calm")]
    assert all(torch.allclose(ends[0][key], ends[1][key], atol=1e-3) for key in ends[0])


def test_a_run_goes_on_with_another_number_of_processes_and_says_that_it_is_not_exact(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(scene_set, "rendered", noise)
    shutil.copytree(folder / "killed", tmp_path / "run")
    with caplog.at_level(logging.WARNING):
        train(tmp_path / "run", resume=True, device="cpu")
    (message,) = (record.getMessage() for record in caplog.records)
    assert message.startswith("This run goes on with 1 instead of 2 processes:")


def test_a_batch_without_equal_parts_is_refused_before_anything_is_written(tmp_path: Path):
    with pytest.raises(TrainingError, match=r"A batch of 8 has no equal parts for 8 processes, in which counterparts"):
        new_run(tmp_path / "run", DROPPING, RUN, False, 8)
    with pytest.raises(TrainingError, match=r"A batch of 9 has no equal parts for 2 processes; choose a --batch-size"):
        new_run(tmp_path / "run", DROPPING, train_config({"batch_size": 9, "counterparts": False}), False, 2)
    texts = train_config({"collection": "c", "texts": "a:3", "paraphrase": 1.0, "batch_size": 8})
    with pytest.raises(TrainingError, match="The 3 things of --texts have no equal parts for 2 processes"):
        new_run(tmp_path / "run", DROPPING, texts, False, 2)
    assert not (tmp_path / "run").exists()


def test_each_process_has_a_device_of_its_own(monkeypatch: pytest.MonkeyPatch):
    assert [own_device(device) for device in ("auto", "cpu", "mps")] == ["auto", "cpu", "mps"]
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    monkeypatch.setenv("LOCAL_RANK", "1")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert [own_device(device) for device in ("auto", "cuda", "cpu")] == ["cuda:1", "cuda:1", "cpu"]
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(TrainingError, match="This machine has 1 GPUs for 2 processes"):
        own_device("auto")
    with pytest.raises(TrainingError, match="Several processes train on cpu or cuda, and the device is mps"):
        own_device("mps")


def test_processes_that_were_not_started_together_are_told_how(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.delenv("MASTER_ADDR", raising=False)
    with pytest.raises(TrainingError, match="do not find each other; start them with torchrun"), joined("cpu"):
        pass


def test_restarts_on_several_machines_need_a_store_of_their_own(monkeypatch: pytest.MonkeyPatch):
    """Without it they look for each other where those before them were."""
    for name, value in {"WORLD_SIZE": "2", "GROUP_WORLD_SIZE": "2", "TORCHELASTIC_MAX_RESTARTS": "3"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(OWN_STORE, raising=False)
    with pytest.raises(TrainingError, match=f"set {OWN_STORE}=1 on each"), joined("cpu"):
        pass
