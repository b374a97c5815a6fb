"""CLIP as an Encoder: order, batches, unit rows, and vectors that are never another model's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.conftest import tiny_clip, write_pictures
from vse.data import load_collection
from vse.encoders import registry as registry_module
from vse.encoders.base import Counted, Encoder, unknown_words
from vse.encoders.clip.encoder import ClipEncoder, fingerprint
from vse.encoders.clip.folder import CLIP_CONFIG, bpe_tokenizer, build_clip, save_clip_folder
from vse.encoders.registry import dim_of, list_models, load_model
from vse.encoders.similarity import COSINE
from vse.errors import CheckpointError, ImageError, TextError
from vse.search.searcher import Searcher
from vse.search.vectors import vectors_of

TEXTS = ["a dog", "two dogs and a much longer sentence than the model reads", "x", "naïve 🦓", "dog dog"]


@pytest.fixture(scope="module")
def encoder() -> ClipEncoder:
    return ClipEncoder(tiny_clip(), "tiny-clip")


def pictures(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (20 + 5 * i, 30, 3), dtype=np.uint8) for i in range(count)]


def assert_unit(rows: np.ndarray, count: int) -> None:
    assert (rows.shape, rows.dtype) == ((count, 8), np.float32)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_it_is_an_encoder_like_any_other(encoder: ClipEncoder):
    assert isinstance(encoder, Encoder)
    assert isinstance(encoder, Counted)
    assert (encoder.name, encoder.dim, encoder.similarity) == ("tiny-clip", 8, COSINE)
    assert encoder.parameters == sum(tensor.numel() for tensor in encoder.parts.model.parameters())
    assert unknown_words(encoder, "zzyzx") == ()


def test_pictures_are_encoded_in_order_however_they_are_batched(encoder: ClipEncoder):
    images, seen = pictures(5), []
    encoder.batch_sizes = {"image": 2, "text": 2}
    rows = encoder.encode_images(images, lambda *news: seen.append(news))
    assert seen == [(2, 5), (4, 5), (5, 5)]
    assert_unit(rows, 5)
    one_by_one = np.concatenate([encoder.encode_images([image]) for image in images])
    np.testing.assert_allclose(rows, one_by_one, atol=1e-6)
    np.testing.assert_allclose(encoder.encode_images(iter(images[::-1])), rows[::-1], atol=1e-6)
    assert np.abs(rows[0] - rows[1]).max() > 1e-3


def test_texts_are_encoded_in_order_however_they_are_batched(encoder: ClipEncoder):
    seen: list[tuple[int, int]] = []
    encoder.batch_sizes = {"image": 2, "text": 2}
    rows = encoder.encode_texts(TEXTS, lambda *news: seen.append(news))
    assert seen == [(2, 5), (4, 5), (5, 5)]
    assert_unit(rows, 5)
    one_by_one = np.concatenate([encoder.encode_texts([text]) for text in TEXTS])
    np.testing.assert_allclose(rows, one_by_one, atol=1e-6)
    np.testing.assert_allclose(encoder.encode_texts(TEXTS[::-1]), rows[::-1], atol=1e-6)


def test_vectors_are_those_of_open_clip(encoder: ClipEncoder):
    from open_clip.transform import PreprocessCfg, image_transform_v2

    parts = encoder.parts
    transform = image_transform_v2(PreprocessCfg(**parts.preprocess_cfg), is_train=False)
    image = pictures(1)[0]
    with torch.inference_mode():
        picture = parts.model.encode_image(transform(Image.fromarray(image))[None], normalize=True)
        texts = parts.model.encode_text(parts.tokenizer(TEXTS), normalize=True)
    np.testing.assert_allclose(encoder.encode_images([image]), picture.numpy(), atol=1e-6)
    np.testing.assert_allclose(encoder.encode_texts(TEXTS), texts.numpy(), atol=1e-6)


@pytest.mark.parametrize(
    "change", [{"custom_text": True}, {"text": {"no_causal_mask": True}}, {"text": {"pool_type": "last"}}]
)
def test_other_text_towers_read_the_whole_context(change: dict):
    parts = tiny_clip()
    config = {**parts.config, **change}
    config["text_cfg"] = {**parts.config["text_cfg"], **config.pop("text", {})}
    parts = replace(parts, config=config, model=build_clip(config, "here"))
    with torch.inference_mode():
        expected = parts.model.encode_text(parts.tokenizer(TEXTS), normalize=True).numpy()
    np.testing.assert_allclose(ClipEncoder(parts, "other").encode_texts(TEXTS), expected, atol=1e-6)


def test_very_long_pictures_stay_small(encoder: ClipEncoder):
    image = np.full((2, 20000, 3), 255, np.uint8)
    image[:, 9_984:10_016] = 0  # all that the middle square and what the transform needs around it hold
    assert_unit(encoder.encode_images([image, image.transpose(1, 0, 2)]), 2)
    np.testing.assert_allclose(encoder.encode_images([image]), encoder.encode_images([np.zeros_like(image)]), atol=1e-6)


def test_nothing_gives_nothing(encoder: ClipEncoder):
    assert encoder.encode_images([]).shape == encoder.encode_texts([]).shape == (0, 8)


def test_what_cannot_be_encoded_is_refused(encoder: ClipEncoder, tmp_path: Path):
    with pytest.raises(TextError, match="is empty"):
        encoder.encode_texts(["dog", " "])
    with pytest.raises(ImageError, match=r"none\.png' does not exist"):
        encoder.encode_images([tmp_path / "none.png"])


def test_captions_of_any_kind_are_encoded(encoder: ClipEncoder):
    assert_unit(encoder.encode_texts(["", "half a pair \ud83e", "\x00", "dog " * 5000], strict=False), 4)


def test_the_fingerprint_changes_with_all_that_changes_a_vector():
    parts = tiny_clip()
    assert fingerprint(parts) == fingerprint(tiny_clip())
    merges = bpe_tokenizer([("d", "o"), ("o", "g</w>")], 8)
    shorter = bpe_tokenizer([("d", "o"), ("do", "g</w>")], 7)
    others = [
        tiny_clip(seed=1),
        replace(parts, tokenizer=merges),
        replace(parts, tokenizer=shorter),
        replace(parts, preprocess_cfg={**parts.preprocess_cfg, "std": [0.5, 0.25, 0.25]}),
        replace(parts, config={**parts.config, "quick_gelu": True}),
    ]
    found = {fingerprint(other) for other in [parts, *others]}
    assert len(found) == 6
    assert {len(digits) for digits in found} == {32}
    last = tiny_clip()
    with torch.no_grad():
        last.model.logit_scale += 1e-3
    assert fingerprint(last) not in found


def test_a_folder_is_loaded_by_name_or_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    save_clip_folder(tmp_path / "tiny-clip", tiny_clip(), dtype=torch.float16)
    monkeypatch.setattr(registry_module, "MODELS", tmp_path)
    assert list_models() == ["tiny-clip"]
    assert dim_of(tmp_path / "tiny-clip") == 8
    by_name, by_path = load_model("tiny-clip"), load_model(tmp_path / "tiny-clip", device="auto")
    assert by_name.name == by_path.name == "tiny-clip"
    assert by_name.fingerprint == by_path.fingerprint
    np.testing.assert_allclose(by_name.encode_texts(TEXTS), by_path.encode_texts(TEXTS), atol=1e-2)
    (tmp_path / "tiny-clip" / CLIP_CONFIG).write_text("{}")
    with pytest.raises(CheckpointError, match="describes no model"):
        dim_of(tmp_path / "tiny-clip")


def test_vectors_of_another_clip_are_never_used(tmp_path: Path):
    write_pictures(tmp_path / "squares")
    collection = load_collection(tmp_path / "squares")
    one, two = ClipEncoder(tiny_clip(0), "clip"), ClipEncoder(tiny_clip(1), "clip")
    first = vectors_of(one, collection, "image")
    second = vectors_of(two, collection, "image")
    paths = [item.image_path for item in collection.items]
    np.testing.assert_allclose(second.vectors, two.encode_images(paths), atol=1e-3)
    assert np.abs(np.asarray(first.vectors) - np.asarray(second.vectors)).max() > 0.01
    again = vectors_of(ClipEncoder(tiny_clip(0), "clip"), collection, "image")
    np.testing.assert_array_equal(again.vectors, first.vectors)


def test_searching_with_a_clip(colours: Path):
    encoder = ClipEncoder(tiny_clip(), "clip")
    searcher = Searcher.open(encoder, colours)
    hits = searcher.search_text("dog", 4)
    scores = (
        encoder.encode_images([item.image_path for item in searcher.collection.items])
        @ encoder.encode_texts(["dog"])[0]
    )
    ids = [item.id for item in searcher.collection.items]
    assert [hit.item_id for hit in hits] == [ids[i] for i in np.argsort(-scores)]
    assert searcher.ask("[red] - dog + cat", 2).hits[0].item_id != "red"
