"""Models as CLIP_benchmark calls them; its own figures where it is installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from tests.conftest import tiny_checkpoint, tiny_clip
from vse import load_collection, load_model
from vse.encoders.clip.folder import save_clip_folder
from vse.encoders.vse.checkpoint import save_checkpoint
from vse.errors import CheckpointError
from vse.evaluation.report import evaluate_encoder
from vse.interop import clip_benchmark as adapter


@pytest.fixture(params=["vse", "clip"])
def model(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "vse":
        save_checkpoint(tmp_path / "model", tiny_checkpoint())
    else:
        save_clip_folder(tmp_path / "model", tiny_clip())
    return tmp_path / "model"


def test_the_adapter_gives_the_encoder_s_own_vectors(model: Path, colours: Path):
    encoder, collection = load_model(model), load_collection(colours)
    network, transform, tokenize = adapter.load(str(model))
    pairs = adapter.Pairs(collection, transform)
    assert len(pairs) == 3  # the fourth square has no captions
    pictures, captions = adapter.collate([pairs[row] for row in range(3)])
    assert captions == [["red", "a red square"], ["green"], ["Red and green."]]
    expected = encoder.encode_images([item.image_path for item in pairs.items])
    np.testing.assert_allclose(network.encode_image(pictures).numpy(), expected, atol=1e-6)
    texts = ["red", "ein grüner Hund", "a"]
    np.testing.assert_allclose(
        network.encode_text(tokenize(texts)).numpy(), encoder.encode_texts(texts, strict=False), atol=1e-6
    )


def test_tokens_are_the_bytes_of_texts_and_padding():
    assert adapter.tokenize(["ab", "é", ""]).tolist() == [[97, 98], [195, 169], [-1, -1]]
    assert adapter.tokenize("a").dtype == torch.int16


def test_without_the_library_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "clip_benchmark", None)
    with pytest.raises(CheckpointError, match=r"CLIP_benchmark is not installed: run pip install"):
        adapter.register()


def test_its_recall_is_that_of_evaluate():
    # But for ties, as of captions that differ in capitals alone: a miss here, and as the sort has it there.
    name = "scenes-vse"
    pytest.importorskip("clip_benchmark")
    from clip_benchmark.metrics.zeroshot_retrieval import evaluate
    from clip_benchmark.models import load_clip

    adapter.register()
    network, transform, tokenize = load_clip("vse", name, "", None, device="cpu")
    collection = load_collection("scenes").of_rows(range(100))
    loader = DataLoader(adapter.Pairs(collection, transform), batch_size=32, collate_fn=adapter.collate)
    theirs = evaluate(network, loader, tokenize, "cpu", amp=False, recall_k_list=[1, 5, 10])
    ours = evaluate_encoder(load_model(name), collection).to_json()
    for direction, key in (("image_to_text", "text"), ("text_to_image", "image")):
        for k in (1, 5, 10):
            assert 100 * theirs[f"{key}_retrieval_recall@{k}"] == pytest.approx(ours[direction][f"r{k}"], abs=1e-4)
