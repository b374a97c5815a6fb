"""The folder of a CLIP: what is written is read again, and what does not fit is named."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.conftest import TINY_CLIP, tiny_clip
from vse.encoders.clip.folder import (
    CLIP_CONFIG,
    CLIP_WEIGHTS,
    MERGES,
    bpe_tokenizer,
    build_clip,
    full_preprocess,
    load_clip_folder,
    read_merges,
    save_clip_folder,
)
from vse.errors import CheckpointError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_clip_folder(tmp_path / "clip", tiny_clip(), metrics={"r1": 1.5}, history=[{"step": 1}], card="# Tiny\n")
    return tmp_path / "clip"


def change(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_a_folder_comes_back_as_it_was(folder: Path):
    parts, again = tiny_clip(), load_clip_folder(folder)
    assert (again.config, again.preprocess_cfg) == (parts.config, parts.preprocess_cfg)
    theirs = again.model.state_dict()
    for name, tensor in parts.model.state_dict().items():
        assert torch.equal(tensor, theirs[name]), name
    assert not again.model.training
    texts = ["a dog", "Zebras, naïve ones 🦓"]
    assert torch.equal(parts.tokenizer(texts), again.tokenizer(texts))


def test_the_files_of_a_folder(folder: Path):
    names = "README.md history.json merges.txt metrics.json open_clip_config.json open_clip_model.safetensors"
    assert sorted(path.name for path in folder.iterdir()) == [*names.split(), "training.json"]
    config = json.loads((folder / CLIP_CONFIG).read_text())
    assert config["model_cfg"] == TINY_CLIP
    assert config["preprocess_cfg"] == {
        "mean": [0.5, 0.5, 0.5],
        "std": [0.25, 0.25, 0.25],
        "interpolation": "bicubic",
        "resize_mode": "shortest",
    }
    assert (folder / MERGES).read_text().splitlines()[1:] == ["d o", "do g</w>"]
    assert json.loads((folder / "metrics.json").read_text()) == {"r1": 1.5}
    assert json.loads((folder / "history.json").read_text()) == [{"step": 1}]
    assert (folder / "README.md").read_text() == "# Tiny\n"


def test_half_precision_is_read_as_float32(tmp_path: Path):
    parts = tiny_clip()
    save_clip_folder(tmp_path / "half", parts, dtype=torch.float16)
    stored = load_file(tmp_path / "half" / CLIP_WEIGHTS)
    assert {tensor.dtype for tensor in stored.values()} == {torch.float16}
    theirs = load_clip_folder(tmp_path / "half").model.state_dict()
    for name, tensor in parts.model.state_dict().items():
        assert theirs[name].dtype == torch.float32
        assert torch.equal(theirs[name], tensor.half().float()), name


def test_bpe_by_hand():
    # 256 bytes, 256 bytes that end a word, then "do" and "dog</w>", start and end.
    tokenizer = bpe_tokenizer([("d", "o"), ("do", "g</w>")], context_length=5)
    assert tokenizer.vocab_size == 516
    d, s_end = ord("d") - ord("!"), 256 + ord("s") - ord("!")
    assert tokenizer(["dog"]).tolist() == [[514, 513, 515, 0, 0]]
    assert tokenizer(["Ds"]).tolist() == [[514, d, s_end, 515, 0]]
    assert tokenizer(["dog dog dog dog dog"]).tolist() == [[514, 513, 513, 513, 515]]  # cut, still ended


def test_the_usual_merges_as_plain_text_make_the_usual_tokens(tmp_path: Path):
    from open_clip.tokenizer import SimpleTokenizer, default_bpe

    lines = gzip.decompress(Path(default_bpe()).read_bytes()).decode("utf-8").split("\n")[: 49152 - 256 - 2 + 1]
    (tmp_path / MERGES).write_text("\n".join(lines) + "\n", encoding="utf-8")
    ours = bpe_tokenizer(read_merges(tmp_path / MERGES), 77)
    theirs = SimpleTokenizer()
    assert ours.encoder == theirs.encoder
    texts = ["a photo of a cat", "Zebras, naïve ones 🦓!"]
    assert torch.equal(ours(texts), theirs(texts))


def test_what_is_no_merge_is_named(folder: Path):
    (folder / MERGES).write_text("#version\nd o\nd o g\n")
    with pytest.raises(CheckpointError, match=r"merges\.txt: line 3 is 'd o g', expected two pieces"):
        load_clip_folder(folder)


def test_merges_of_another_model_are_refused(folder: Path):
    (folder / MERGES).write_text("#version\nd o\n")
    with pytest.raises(CheckpointError, match=r"merges\.txt makes 515 tokens, open_clip_config.json asks for 516"):
        load_clip_folder(folder)
    (folder / MERGES).unlink()
    with pytest.raises(CheckpointError, match=r"makes 49408 tokens, open_clip_config\.json asks for 516"):
        load_clip_folder(folder)


def test_tensors_that_do_not_fit_are_named(folder: Path):
    path = folder / CLIP_WEIGHTS
    whole = load_file(path)
    save_file({k: v for k, v in whole.items() if k != "visual.proj"}, path)
    with pytest.raises(CheckpointError, match=r"safetensors lacks visual\.proj"):
        load_clip_folder(folder)
    save_file({**whole, "more": torch.zeros(1)}, path)
    with pytest.raises(CheckpointError, match="has unknown more"):
        load_clip_folder(folder)
    save_file({**whole, "visual.proj": torch.zeros(3, 3)}, path)
    with pytest.raises(CheckpointError, match=r"visual\.proj has shape \(3, 3\), its configuration asks for \(16, 8\)"):
        load_clip_folder(folder)


def test_files_that_are_missing_or_cut_short_are_named(folder: Path):
    path = folder / CLIP_WEIGHTS
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match=r"open_clip_model.safetensors is not a whole safetensors file"):
        load_clip_folder(folder)
    path.unlink()
    with pytest.raises(CheckpointError, match=r"open_clip_model.safetensors is missing"):
        load_clip_folder(folder)
    (folder / CLIP_CONFIG).write_text("{}")
    with pytest.raises(CheckpointError, match="has no model_cfg with a text_cfg"):
        load_clip_folder(folder)
    (folder / CLIP_CONFIG).unlink()
    with pytest.raises(CheckpointError, match=r"open_clip_config.json is missing"):
        load_clip_folder(folder)


def test_configurations_that_open_clip_cannot_build_are_named(folder: Path):
    change(folder / CLIP_CONFIG, model_cfg={**TINY_CLIP, "colour": 1})
    with pytest.raises(CheckpointError, match=r"describes no network that open_clip can build .*colour"):
        load_clip_folder(folder)
    with pytest.raises(CheckpointError, match="describes no network"):
        build_clip({"embed_dim": 8}, "here")


@pytest.mark.parametrize(
    "values", [{"resize_mode": "stretch"}, {"interpolation": "best"}, {"mean": [0.5]}, {"std": [0, 1, 1]}, {"std": 1}]
)
def test_preprocessing_that_open_clip_does_not_know_is_refused(folder: Path, values: dict[str, object]):
    change(folder / CLIP_CONFIG, preprocess_cfg=values)
    with pytest.raises(CheckpointError, match="is not one of open_clip's"):
        load_clip_folder(folder)


def test_the_model_knows_the_size_of_its_pictures():
    full = full_preprocess({"resize_mode": "squash"}, tiny_clip().model, "here")
    assert (full["size"], full["resize_mode"], full["interpolation"]) == ([16, 16], "squash", "bicubic")
    np.testing.assert_allclose(full["mean"], [0.48145466, 0.4578275, 0.40821073])


def test_a_tokenizer_without_merges_cannot_be_saved(tmp_path: Path):
    from dataclasses import replace

    parts = replace(tiny_clip(), tokenizer=lambda texts: torch.zeros(len(texts), 4, dtype=torch.long))
    with pytest.raises(CheckpointError, match="A function came: only a SimpleTokenizer's merges can be saved"):
        save_clip_folder(tmp_path / "clip", parts)
    assert not (tmp_path / "clip").exists()


def test_weights_of_torch_and_a_tokenizer_of_hugging_face_s_are_read_from_a_folder(tmp_path: Path):
    save_clip_folder(tmp_path, tiny_clip())
    expected = load_clip_folder(tmp_path).model.state_dict()
    torch.save(expected, tmp_path / "open_clip_pytorch_model.bin")
    (tmp_path / "open_clip_model.safetensors").unlink()
    found = load_clip_folder(tmp_path).model.state_dict()
    assert all(torch.equal(found[name], tensor) for name, tensor in expected.items())
    (tmp_path / "open_clip_pytorch_model.bin").write_bytes(b"\x80\x02cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(CheckpointError, match=r"open_clip_pytorch_model\.bin cannot be read"):
        load_clip_folder(tmp_path)


def test_a_tokenizer_of_hugging_face_s_is_read_from_the_folder(tmp_path: Path):
    tokenizers = pytest.importorskip("tokenizers")
    pytest.importorskip("transformers")
    words = {"[PAD]": 0, "[UNK]": 1, "a": 2, "dog": 3}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    save_clip_folder(tmp_path, tiny_clip())
    (tmp_path / "merges.txt").unlink()
    config = json.loads((tmp_path / "open_clip_config.json").read_text())
    config["model_cfg"]["text_cfg"]["hf_tokenizer_name"] = "somewhere/else"
    (tmp_path / "open_clip_config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match=r"has neither merges\.txt nor tokenizer\.json"):
        load_clip_folder(tmp_path)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    about = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", "unk_token": "[UNK]"}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(about))
    assert load_clip_folder(tmp_path).tokenizer(["a dog"])[0].tolist() == [2, 3, 0, 0, 0, 0, 0, 0]
