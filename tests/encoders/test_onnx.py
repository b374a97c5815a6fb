"""Pictures by ONNX Runtime: as torch's, made once, and told where it cannot be."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from tests.conftest import long_trial, tiny_checkpoint, tiny_clip
from vse.encoders import onnx
from vse.encoders.clip.encoder import ClipEncoder
from vse.encoders.vse.encoder import VSEEncoder
from vse.errors import CheckpointError, ConfigError
from vse.io.paths import cache_folder

for package in ("onnxruntime", "onnx", "onnxscript"):
    pytest.importorskip(package)
PICTURES = list(np.random.default_rng(0).integers(0, 256, (5, 20, 24, 3), dtype=np.uint8))


@long_trial
def test_vectors_are_torch_s_and_the_graph_is_made_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    checkpoint = tiny_checkpoint()
    expected = VSEEncoder(checkpoint, "tiny").encode_images(PICTURES)
    encoder = VSEEncoder(checkpoint, "tiny", "onnx")
    for count in (5, 1, 3):
        found = encoder.encode_images(PICTURES[:count])
        np.testing.assert_allclose(found, expected[:count], atol=1e-4)
        assert found.dtype == np.float32
    np.testing.assert_array_equal(encoder.encode_texts(["a dog"]), VSEEncoder(checkpoint, "x").encode_texts(["a dog"]))
    (path,) = (cache_folder() / "onnx").iterdir()
    assert path.name.startswith(checkpoint.fingerprint)
    made: list[bytes] = []
    graph = path.read_bytes()
    monkeypatch.setattr(onnx, "checked_graph", lambda *given: made.append(graph) or graph)
    np.testing.assert_allclose(VSEEncoder(checkpoint, "tiny", "onnx").encode_images(PICTURES), expected, atol=1e-4)
    assert made == []
    path.write_bytes(graph[:100])
    with caplog.at_level(logging.WARNING):
        np.testing.assert_allclose(VSEEncoder(checkpoint, "tiny", "onnx").encode_images(PICTURES), expected, atol=1e-4)
    assert "The ONNX graph in" in caplog.text
    assert (made, path.read_bytes() == graph) == ([graph], True)


@long_trial
def test_in_8_bits_vectors_are_much_alike_and_a_model_whose_are_not_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(onnx, "_CALIBRATED", 16)
    checkpoint = tiny_checkpoint()
    expected = VSEEncoder(checkpoint, "tiny").encode_images(PICTURES)
    found = VSEEncoder(checkpoint, "tiny", "int8").encode_images(PICTURES)
    assert 0.99 < np.sum(found * expected, axis=1).min() < 0.999999
    (path,) = (cache_folder() / "onnx").iterdir()
    assert path.name.endswith("-int8.onnx")
    path.unlink()
    monkeypatch.setattr(onnx, "ALIKE", 1.1)
    with pytest.raises(CheckpointError, match=r"In 8 bits a vector of the model has a cosine of \d\.\d{3}"):
        VSEEncoder(checkpoint, "tiny", "int8").encode_images(PICTURES)


def test_8_bits_are_not_for_a_clip():
    with pytest.raises(ConfigError, match="tiny is a CLIP, and 8 bits are for the CNN of a VSE"):
        ClipEncoder(tiny_clip(), "tiny", "int8")


@long_trial
def test_a_clip_too():
    parts = tiny_clip()
    expected = ClipEncoder(parts, "tiny").encode_images(PICTURES)
    np.testing.assert_allclose(ClipEncoder(parts, "tiny", "onnx").encode_images(PICTURES), expected, atol=1e-4)


def test_a_graph_that_is_not_like_the_model_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(onnx, "graph_of", lambda *given: b"")
    monkeypatch.setattr(onnx, "runner", lambda graph: lambda *inputs: np.ones((2, 3), np.float32))
    with pytest.raises(CheckpointError, match=r"vectors are off by 2\.0e-04: run it by torch"):
        onnx.checked_graph(nn.Identity(), [torch.full((2, 3), 1.0002)], ["inputs"], [["count"]])

    def fails(*given: object) -> bytes:
        raise RuntimeError("no such operator\nand much more")

    monkeypatch.setattr(onnx, "graph_of", fails)
    with pytest.raises(CheckpointError, match=r"cannot be written as ONNX \(no such operator\): run it by torch"):
        onnx.checked_graph(nn.Identity(), [torch.ones(2, 3)], ["inputs"], [["count"]])


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VSE_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(onnx, "checked_graph", lambda *given: b"graph")
    monkeypatch.setattr(onnx, "runner", lambda graph: lambda inputs: graph)
    assert onnx.cached_runner("print", nn.Identity, [])(None) == b"graph"
