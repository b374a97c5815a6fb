from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from tests.conftest import tiny_checkpoint
from vse.encoders.vse.checkpoint import Checkpoint, fingerprint, load_checkpoint, save_checkpoint, shared_out
from vse.errors import CheckpointError
from vse.modalities.image.preprocess import Preprocess
from vse.modalities.text.config import TextConfig
from vse.modalities.text.vocabulary import Vocabulary

FILES = ["README.md", "config.json", "history.json", "metrics.json", "vocabulary.json", "weights.safetensors"]


def saved(folder: Path, **changes: object) -> Path:
    save_checkpoint(folder, replace(tiny_checkpoint(), **changes))  # type: ignore[arg-type]
    return folder


def test_a_model_comes_back_as_it_was(tmp_path: Path):
    known = {"training": {"seed": 3}, "metrics": {"dev": {"rsum": 1.5}}, "history": [{"epoch": 1}], "card": "# Größe\n"}
    before = replace(tiny_checkpoint(), **known)  # type: ignore[arg-type]
    save_checkpoint(tmp_path / "model", before)
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == FILES
    after = load_checkpoint(tmp_path / "model")
    weights = before.model.state_dict()
    assert all(torch.equal(tensor, weights[name]) for name, tensor in after.model.state_dict().items())
    assert after.model.config == before.model.config
    assert not after.model.training
    assert (after.vocabulary, after.preprocess, after.fingerprint) == (
        before.vocabulary,
        before.preprocess,
        before.fingerprint,
    )
    assert {name: getattr(after, name) for name in known} == known


def test_half_precision_halves_the_file_and_keeps_three_digits(tmp_path: Path):
    before = tiny_checkpoint()
    save_checkpoint(tmp_path / "whole", before)
    save_checkpoint(tmp_path / "half", before, dtype=torch.float16)
    sizes = [sum(t.nbytes for t in load_file(tmp_path / f / "weights.safetensors").values()) for f in ("whole", "half")]
    assert sizes[0] == 2 * sizes[1]
    after = load_checkpoint(tmp_path / "half")
    weights = before.model.state_dict()
    for name, tensor in after.model.state_dict().items():
        assert tensor.dtype == weights[name].dtype
        torch.testing.assert_close(tensor, weights[name].to(torch.float16).to(tensor.dtype), rtol=0, atol=0)
    assert after.fingerprint != before.fingerprint
    save_checkpoint(tmp_path / "again", after, dtype=torch.float16)
    assert load_checkpoint(tmp_path / "again").fingerprint == after.fingerprint


def without(name: str) -> Callable[[dict[str, Tensor]], object]:
    return lambda tensors: tensors.pop(name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without("text_tower.affine.bias"), r"weights\.safetensors lacks text_tower\.affine\.bias;"),
        (lambda t: t.update(extra=torch.ones(1)), r"has unknown extra;"),
        (lambda t: t.update({f"x{i}": torch.ones(1) for i in range(7)}), r"has unknown x0, x1, x2, x3, x4 and 2 more;"),
        (
            lambda t: t.update({"image_tower.affine.weight": torch.ones(8, 9)}),
            r"image_tower\.affine\.weight has shape \(8, 9\), its configuration asks for \(8, 32\)",
        ),
    ],
)
def test_a_tensor_that_does_not_fit_is_named(
    change: Callable[[dict[str, Tensor]], object], message: str, tmp_path: Path
):
    path = saved(tmp_path / "model") / "weights.safetensors"
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path)
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(tmp_path / "model")


@pytest.mark.parametrize("name", ["config.json", "vocabulary.json", "weights.safetensors"])
@pytest.mark.parametrize("damage", ["missing", "empty", "short"])
def test_a_file_that_is_missing_or_damaged_is_named(name: str, damage: str, tmp_path: Path):
    path = saved(tmp_path / "model") / name
    data = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(b"" if damage == "empty" else data[: len(data) // 2])
    with pytest.raises(CheckpointError, match=rf"{name}( is (missing|not)|, line \d+: the JSON is cut short)"):
        load_checkpoint(tmp_path / "model")


def test_a_model_without_metrics_history_and_card_is_whole(tmp_path: Path):
    folder = saved(tmp_path / "model", card="x", history=[{"epoch": 1}])
    for name in ("metrics.json", "history.json", "README.md"):
        (folder / name).unlink()
    after = load_checkpoint(folder)
    assert (after.metrics, after.history, after.card) == ({}, [], "")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "has format 2; this version reads format 1"),
        ({"format": None}, "has format None"),
        ({"model": None}, r"config\.json: model holds None, expected an object"),
        ({"model": []}, r"config\.json: model holds \[\], expected an object"),
        ({"model": {"width": 3}}, "model has width, which ModelConfig does not know"),
        ({"model": {"similarity": "dot"}}, "similarity = 'dot'"),
        ({"preprocess": {"size": 0}}, r"config\.json: preprocess lacks fit, mean, std"),
        ({"weights": "a"}, "names weights 'a', which are no files"),
        ({"weights": [".."]}, "which are no files"),
        ({"training": 3}, r"config\.json: training holds '3', expected an object"),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(change: dict[str, object], message: str, tmp_path: Path):
    path = saved(tmp_path / "model") / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(tmp_path / "model")
    path.write_text("[1]")
    with pytest.raises(CheckpointError, match=r"format \[1\]"):
        load_checkpoint(tmp_path / "model")


def test_what_is_no_folder_is_refused(tmp_path: Path):
    with pytest.raises(CheckpointError, match="nowhere is not a folder; a model is a folder"):
        load_checkpoint(tmp_path / "nowhere")


def test_nothing_is_ever_unpickled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("unpickled")

    folder = saved(tmp_path / "model")
    monkeypatch.setattr(pickle, "load", refuse)
    monkeypatch.setattr(pickle, "loads", refuse)
    monkeypatch.setattr(torch, "load", refuse)
    load_checkpoint(folder)
    (folder / "weights.safetensors").write_bytes(pickle.dumps({"a": 1}))
    with pytest.raises(CheckpointError, match="is not a whole safetensors file"):
        load_checkpoint(folder)


def test_a_model_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = saved(tmp_path / "model", card="old")

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(json, "dumps", refuse)
    with pytest.raises(OSError, match="no space left"):
        saved(folder, card="new")
    monkeypatch.undo()
    assert load_checkpoint(folder).card == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def print_of(checkpoint: Checkpoint) -> str:
    return fingerprint(checkpoint.model, checkpoint.vocabulary, checkpoint.preprocess)


def test_a_fingerprint_changes_with_all_that_changes_a_vector():
    base = tiny_checkpoint()
    nudged = tiny_checkpoint()
    with torch.no_grad():
        bias = nudged.model.image_tower.affine.bias
        bias[3] = float(np.nextafter(np.float32(bias[3]), np.float32(9)))
    counted = tiny_checkpoint()
    counted.model.get_buffer("image_tower.backbone.0.1.running_mean")[0] += 1
    words = base.vocabulary.words
    turned = Vocabulary((*words[:2], words[3], words[2], *words[4:]))
    prints = [
        print_of(base),
        print_of(nudged),
        print_of(counted),
        print_of(replace(base, vocabulary=turned)),
        print_of(replace(base, preprocess=replace(base.preprocess, fit="squash"))),
        print_of(replace(base, preprocess=Preprocess(16, "crop", (0.5, 0.5, 0.4), (0.25, 0.25, 0.25)))),
        print_of(tiny_checkpoint(similarity="order")),
        print_of(tiny_checkpoint(similarity="order", apex=True)),
        print_of(tiny_checkpoint(text=TextConfig(word_dim=6, hidden=5, max_words=7))),
    ]
    assert len(set(prints)) == len(prints)
    assert all(len(each) == 32 and set(each) <= set("0123456789abcdef") for each in prints)


def test_a_fingerprint_does_not_change_with_names_and_figures(tmp_path: Path):
    base = tiny_checkpoint()
    assert print_of(tiny_checkpoint(name="another")) == print_of(base)
    text = replace(base.model.config.text, embedding_dropout=0.5)
    assert print_of(tiny_checkpoint(text=text)) == print_of(base)
    folder = saved(tmp_path / "model", card="x", metrics={"dev": 1}, training={"seed": 9})
    assert load_checkpoint(folder).fingerprint == print_of(base)
    counted = tiny_checkpoint()
    counted.model.get_buffer("image_tower.backbone.0.1.num_batches_tracked").add_(5)
    assert print_of(counted) == print_of(base)


def test_weights_too_large_for_a_file_are_in_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    checkpoint = tiny_checkpoint()
    largest = max(tensor.nbytes for tensor in checkpoint.model.state_dict().values())
    monkeypatch.setattr(shared_out, "__defaults__", (largest,))
    save_checkpoint(tmp_path / "model", checkpoint)
    files = sorted(path.name for path in (tmp_path / "model").glob("weights*"))
    assert len(files) > 1
    assert files[0] == "weights-1.safetensors"
    assert load_checkpoint(tmp_path / "model").fingerprint == checkpoint.fingerprint
    (tmp_path / "model" / files[1]).unlink()
    with pytest.raises(CheckpointError, match=f"{files[1]} is missing"):
        load_checkpoint(tmp_path / "model")


def test_tensors_are_shared_out_in_order_and_a_large_one_alone():
    tensors = {name: torch.zeros(size, dtype=torch.uint8) for name, size in {"a": 3, "b": 3, "c": 9, "d": 1}.items()}
    found = shared_out(tensors, largest=6)
    assert [list(part) for part in found.values()] == [["a", "b"], ["c"], ["d"]]
    assert list(shared_out(tensors, largest=16)) == ["weights.safetensors"]
