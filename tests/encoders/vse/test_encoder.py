from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import tiny_checkpoint
from vse.encoders import registry as registry_module
from vse.encoders.base import Encoder
from vse.encoders.registry import list_models, load_model
from vse.encoders.similarity import COSINE, ORDER
from vse.encoders.vse.encoder import VSEEncoder
from vse.errors import CheckpointError, ImageError, TextError
from vse.io.progress import batched

TEXTS = ["a red dog on the green beach", "cats", "two blue cats", "a bus at night", "dog", "green zebra cats"]


@pytest.fixture(scope="module")
def encoder() -> VSEEncoder:
    return VSEEncoder(tiny_checkpoint(), "tiny")


def pictures(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(7)
    return [rng.integers(0, 256, (16 + row, 20, 3), dtype=np.uint8) for row in range(count)]


def assert_unit(vectors: np.ndarray, count: int) -> None:
    assert (vectors.shape, vectors.dtype) == ((count, 8), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_rows_are_unit(encoder: VSEEncoder):
    assert_unit(encoder.encode_images(pictures(3)), 3)
    assert_unit(encoder.encode_texts(TEXTS), 6)
    assert_unit(encoder.encode_images([]), 0)
    assert_unit(encoder.encode_texts([]), 0)


def test_an_order_model_gives_unit_rows_without_negatives():
    encoder = VSEEncoder(tiny_checkpoint(similarity="order"), "tiny")
    assert encoder.similarity is ORDER
    for vectors in (encoder.encode_images(pictures(4)), encoder.encode_texts(TEXTS)):
        assert vectors.min() >= 0
        assert_unit(vectors, len(vectors))


def test_a_picture_may_come_as_path_picture_or_array(encoder: VSEEncoder, tmp_path: Path):
    pixels = pictures(1)[0]
    path = tmp_path / "a.png"
    Image.fromarray(pixels).save(path)
    vectors = encoder.encode_images([str(path), path, Image.fromarray(pixels), pixels])
    np.testing.assert_allclose(vectors, np.repeat(vectors[:1], 4, axis=0), atol=1e-6)
    resized = np.asarray(encoder.checkpoint.preprocess.uint8(Image.fromarray(pixels)))
    np.testing.assert_allclose(encoder.encode_pixels(resized[None]), vectors[:1], atol=1e-6)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_the_size_of_a_batch_changes_nothing_and_order_is_kept(encoder: VSEEncoder, size: int):
    images = pictures(5)
    whole = encoder.encode_images(images)
    encoder.batch_sizes = {"image": size, "text": size}
    np.testing.assert_allclose(encoder.encode_images(iter(images)), whole, atol=1e-5)
    np.testing.assert_allclose(encoder.encode_images(images[::-1]), whole[::-1], atol=1e-5)
    texts = encoder.encode_texts(TEXTS)
    np.testing.assert_allclose(encoder.encode_texts(TEXTS), texts, atol=1e-5)
    for row, text in enumerate(TEXTS):
        np.testing.assert_allclose(encoder.encode_texts([text])[0], texts[row], atol=1e-5)
    assert len(np.unique(texts.round(4), axis=0)) == len(TEXTS)


def test_progress_counts_up_to_all(encoder: VSEEncoder):
    seen: list[tuple[int, int]] = []
    encoder.batch_sizes = {"image": 2, "text": 4}
    encoder.encode_images(pictures(5), lambda done, total: seen.append((done, total)))
    encoder.encode_texts(TEXTS, lambda done, total: seen.append((done, total)))
    encoder.encode_images(iter(pictures(2)), lambda done, total: seen.append((done, total)))
    assert seen == [(2, 5), (4, 5), (5, 5), (4, 6), (6, 6), (2, 0)]


def test_case_and_punctuation_do_not_change_a_text_and_far_words_are_cut_off(encoder: VSEEncoder):
    plain, loud, long, cut = encoder.encode_texts(
        ["two blue cats", "  Two, BLUE cats!", "dog " * 6 + "cats bus", "dog " * 6]
    )
    np.testing.assert_allclose(plain, loud, atol=1e-6)
    np.testing.assert_allclose(long, cut, atol=1e-6)


def test_unknown_words_are_all_read_alike_and_named(encoder: VSEEncoder):
    first, second = encoder.encode_texts(["a zebra", "a yurt"])
    np.testing.assert_allclose(first, second, atol=1e-6)
    unknown = encoder.unknown_words("a zebra, dogs and a bech")
    assert [each.word for each in unknown] == ["zebra", "dogs", "and", "bech"]
    assert unknown[1].suggestions[0] == "dog"
    assert unknown[3].suggestions == ("beach",)
    assert encoder.unknown_words("two blue cats") == ()


def test_what_cannot_be_encoded_is_refused(encoder: VSEEncoder, tmp_path: Path):
    with pytest.raises(TextError, match="is empty"):
        encoder.encode_texts(["dog", " "])
    with pytest.raises(TextError, match="knows none of these words: 'zebra'"):
        encoder.encode_texts(["zebra"])
    with pytest.raises(ImageError, match=r"none\.png' does not exist"):
        encoder.encode_images([tmp_path / "none.png"])
    (tmp_path / "text.png").write_text("not a picture")
    with pytest.raises(ImageError, match="is not a picture"):
        encoder.encode_images([pictures(1)[0], tmp_path / "text.png"])


def test_batched_leaves_nothing_out():
    assert list(batched(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(batched([], 2)) == []


def test_a_model_is_loaded_by_name_or_path(model_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registry_module, "MODELS", model_folder.parent)
    assert list_models() == ["tiny"]
    by_name, by_path = load_model("tiny"), load_model(model_folder)
    assert isinstance(by_name, Encoder)
    assert (by_name.name, by_name.dim, by_name.similarity) == ("tiny", 8, COSINE)
    assert by_name.fingerprint == by_path.fingerprint == tiny_checkpoint().fingerprint
    np.testing.assert_array_equal(by_name.encode_texts(TEXTS), by_path.encode_texts(TEXTS))
    with pytest.raises(CheckpointError, match="No model 'huge': expected a model folder's path or one of tiny"):
        load_model("huge")


def test_without_bundled_models_none_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registry_module, "MODELS", tmp_path / "nowhere")
    assert list_models() == []
    with pytest.raises(CheckpointError, match="or one of none"):
        load_model("scenes-vse")
