from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from vse.errors import CheckpointError
from vse.modalities.image.backbones.weights import load_backbone

NAME = "squeezenet1_1"


@pytest.fixture(scope="module")
def tensors() -> dict[str, Tensor]:
    """All weights of a small CNN of torchvision, its classifier's too."""
    from torchvision.models import get_model

    torch.manual_seed(3)
    return dict(get_model(NAME, weights=None).state_dict())


def write(path: Path, tensors: dict[str, Tensor]) -> Path:
    save_file(tensors, path)
    return path


def test_weights_are_those_of_the_file_with_or_without_the_classifier(tensors: dict[str, Tensor], tmp_path: Path):
    features = {name: tensor for name, tensor in tensors.items() if name.startswith("features.")}
    assert len(features) < len(tensors)
    whole = load_backbone(NAME, write(tmp_path / "whole.safetensors", tensors), size=64)
    torch.save(features, tmp_path / "features.pth")
    part = load_backbone(NAME, tmp_path / "features.pth", size=64)
    for name, tensor in features.items():
        assert torch.equal(whole.network.state_dict()[name], tensor)
    assert whole.fingerprint() == part.fingerprint()


def test_what_does_not_fit_is_named(tensors: dict[str, Tensor], tmp_path: Path):
    path = tmp_path / "weights.safetensors"
    kept = {name: tensor for name, tensor in tensors.items() if name != "features.0.weight"}
    with pytest.raises(CheckpointError, match=r"do not fit the backbone squeezenet1_1: .*lacks features\.0\.weight;"):
        load_backbone(NAME, write(path, kept), size=64)
    with pytest.raises(CheckpointError, match=r"has unknown layer1\.weight;"):
        load_backbone(NAME, write(path, {**tensors, "layer1.weight": torch.zeros(1)}), size=64)
    with pytest.raises(CheckpointError, match=r"features\.0\.bias has shape \(3,\), .* asks for \(64,\)"):
        load_backbone(NAME, write(path, {**tensors, "features.0.bias": torch.zeros(3)}), size=64)


def test_a_file_that_is_missing_or_broken_is_named(tmp_path: Path):
    with pytest.raises(CheckpointError, match=r"none\.pth is not a file: give the path of the weights of squeezenet"):
        load_backbone(NAME, tmp_path / "none.pth")
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"not tensors")
    with pytest.raises(CheckpointError, match=r"broken\.safetensors is not a whole safetensors file"):
        load_backbone(NAME, broken, size=64)


def test_no_code_of_a_file_is_run(tmp_path: Path):
    class Touch:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "touched",)

    torch.save({"features.0.weight": Touch()}, tmp_path / "code.pth")
    with pytest.raises(CheckpointError, match=r"code\.pth cannot be read"):
        load_backbone(NAME, tmp_path / "code.pth", size=64)
    assert not (tmp_path / "touched").exists()
