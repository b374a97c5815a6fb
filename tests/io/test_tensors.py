from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from vse.errors import CheckpointError
from vse.io.tensors import load_strictly, read_tensors

WEIGHTS = {"a.weight": torch.tensor([[1.0, 2.0]]), "a.bias": torch.zeros(2)}


@pytest.mark.parametrize("before", ["", "module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module."])
@pytest.mark.parametrize("name", ["w.safetensors", "w.pt"])
def test_what_wrappers_put_before_the_names_is_taken_off(name: str, before: str, tmp_path: Path):
    tensors = {before + key: tensor for key, tensor in WEIGHTS.items()}
    if name.endswith(".pt"):
        torch.save({"state_dict": tensors}, tmp_path / name)
    else:
        save_file(tensors, tmp_path / name)
    assert {key: tensor.tolist() for key, tensor in read_tensors(tmp_path / name).items()} == {
        "a.weight": [[1.0, 2.0]],
        "a.bias": [0.0, 0.0],
    }


def test_a_name_that_a_network_gives_itself_stays(tmp_path: Path):
    save_file({"module.weight": torch.ones(1), "head": torch.ones(1)}, tmp_path / "w.safetensors")
    assert set(read_tensors(tmp_path / "w.safetensors")) == {"module.weight", "head"}


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        ([[1.0, float("nan")]], r"w: weight holds NaN or infinity"),
        ([[float("-inf"), 1.0]], r"w: weight holds NaN or infinity"),
        ([[0.0, 0.0]], r"w holds nothing but zeros; copy it again"),
        ([[1.0]], r"weight has shape \(1, 1\), its configuration asks for \(1, 2\)"),
    ],
)
def test_weights_that_cannot_be_meant_are_refused(weight: list[list[float]], message: str):
    with pytest.raises(CheckpointError, match=message):
        load_strictly(nn.Linear(2, 1), {"weight": torch.tensor(weight), "bias": torch.zeros(1)}, Path("w"))
