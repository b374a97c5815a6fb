from __future__ import annotations

import pytest

from vse.cli import main
from vse.encoders import devices
from vse.encoders.devices import VARIABLE, chosen_device, torch_device
from vse.encoders.registry import load_model
from vse.errors import ConfigError


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a GPU and with ONNX Runtime, where nobody chose."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(devices, "best_device", lambda: "cpu")
    monkeypatch.setattr(devices, "missing_packages", list)


def test_what_is_given_comes_before_the_environment_and_that_before_the_cpu(monkeypatch: pytest.MonkeyPatch):
    assert chosen_device(None) == "cpu"
    monkeypatch.setenv(VARIABLE, "onnx")
    assert (chosen_device(None), chosen_device("cpu"), torch_device("onnx")) == ("onnx", "cpu", "cpu")


def test_auto_is_a_gpu_else_onnx_else_the_cpu(monkeypatch: pytest.MonkeyPatch):
    assert chosen_device("auto") == "onnx"
    monkeypatch.setattr(devices, "missing_packages", lambda: ["onnx"])
    assert chosen_device("auto") == "cpu"
    monkeypatch.setattr(devices, "best_device", lambda: "cuda")
    assert (chosen_device("auto"), chosen_device("cuda:1")) == ("cuda", "cuda:1")


def test_what_is_not_there_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(ConfigError, match="No device 'abacus': give one of auto, cpu, onnx, int8, cuda, mps"):
        chosen_device("abacus")
    with pytest.raises(ConfigError, match="torch finds no device 'mps' on this machine: give auto"):
        chosen_device("mps")
    monkeypatch.setattr(devices, "missing_packages", lambda: ["onnxruntime", "onnx"])
    told = r'not installed: run pip install "vse-explorer\[fast\]", or pip install "onnxruntime onnx"'
    with pytest.raises(ConfigError, match=told):
        load_model(device="onnx")


def test_a_command_chooses_for_itself_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    assert main(["search", "a dog", "--device", "cuda"]) == 2
    assert "no device 'cuda' on this machine" in capsys.readouterr().err
    assert chosen_device(None) == "cpu"
