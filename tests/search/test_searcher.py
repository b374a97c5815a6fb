from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import FakeEncoder, write_pictures
from vse.data import Collection, load_collection
from vse.data import collection as collection_module
from vse.encoders.base import Encoder
from vse.encoders.similarity import normalise
from vse.errors import CollectionError
from vse.io.paths import cache_folder
from vse.search import vectors as vectors_module
from vse.search.searcher import Searcher
from vse.search.vectors import IMAGE, TEXT, build_index, index_folders, vectors_of

HALF = np.sqrt(0.5)


@pytest.fixture
def collection(colours: Path) -> Collection:
    return load_collection(colours)


def test_the_fake_is_an_encoder():
    assert isinstance(FakeEncoder(), Encoder)


def test_words_to_pictures_by_hand(collection: Collection):
    hits = Searcher.open(FakeEncoder(), collection).search_text("red", k=3)
    assert [(hit.item_id, hit.rank, hit.row) for hit in hits] == [("red", 1, 0), ("yellow", 2, 3), ("green", 3, 1)]
    assert [hit.score for hit in hits] == pytest.approx([1, HALF, 0], abs=1e-3)


def test_a_picture_to_captions_by_hand(collection: Collection, colours: Path):
    searcher = Searcher.open(FakeEncoder(), collection)
    hits = searcher.search_image(colours / "images/yellow.png", k=2)
    assert [(searcher.caption(hit), hit.item_id) for hit in hits] == [("Red and green.", "yellow"), ("red", "red")]
    assert [hit.score for hit in hits] == pytest.approx([1, HALF], abs=1e-3)


def test_a_vector_to_pictures_by_hand(collection: Collection):
    searcher = Searcher.open(FakeEncoder(), collection)
    query = searcher.vector_of("yellow") * 2 - np.array([HALF, 0, 0]) * 2  # yellow without red is green
    assert searcher.nearest_images(query, k=1)[0].item_id == "green"
    assert searcher.nearest_images(query, k=1, exclude={"green"})[0].item_id == "yellow"
    np.testing.assert_allclose(searcher.vector_of("yellow"), [HALF, HALF, 0], atol=1e-3)
    with pytest.raises(CollectionError, match="No picture 'pink'"):
        searcher.vector_of("pink")


def test_a_caption_that_stands_often_is_given_once_and_does_not_hide_the_others(tmp_path: Path):
    write_pictures(tmp_path / "c", ["red", "green"])
    lines = [
        {"id": "red", "image": "red.png", "captions": ["red", "Red.", "RED"] * 40},
        {"id": "green", "image": "green.png", "captions": ["red and green", "green"]},
    ]
    (tmp_path / "c" / "items.jsonl").write_text("\n".join(map(json.dumps, lines)))
    searcher = Searcher.open(FakeEncoder(), load_collection(tmp_path / "c"))
    hits = searcher.nearest_captions(np.array([1.0, 0.1, 0.0]), k=3)
    assert [(searcher.caption(hit), hit.rank) for hit in hits] == [("red", 1), ("red and green", 2), ("green", 3)]
    assert len(searcher.nearest_captions(np.array([1.0, 0.1, 0.0]), k=2)) == 2
    assert len(searcher.nearest_captions(np.array([1.0, 0.1, 0.0]), k=50)) == 3


def test_words_are_said_in_the_best_caption_of_the_picture(collection: Collection):
    searcher = Searcher.open(FakeEncoder(), collection)
    own = searcher.ask("[yellow] - red + blue", way="captions").resolved.parts.vectors
    np.testing.assert_allclose(own[1:], normalise(np.array([[1, 1, 0], [0, 1, 1]])), atol=1e-3)  # "Red and green."
    plain = searcher.ask("[yellow] - red + blue", way="plain").resolved.parts.vectors
    np.testing.assert_allclose(plain[1:], [[1, 0, 0], [0, 0, 1]], atol=1e-3)
    # a picture from elsewhere is asked about in the nearest caption that says the word
    upload = np.full((4, 4, 3), (255, 255, 0), dtype=np.uint8)
    given = searcher.ask("[upload] - green + blue", upload=upload, way="captions").resolved.parts.vectors
    np.testing.assert_allclose(given[1:], normalise(np.array([[1, 1, 0], [1, 0, 1]])), atol=1e-3)


def test_an_order_model_is_searched_by_order(collection: Collection):
    encoder = FakeEncoder(similarity="order")
    searcher = Searcher.open(encoder, collection)
    # Yellow covers half of "red" at each axis: max(0, 1 - 0.707)^2; what is above its picture costs nothing.
    hits = searcher.search_text("red", k=4)
    assert [hit.item_id for hit in hits[:2]] == ["red", "yellow"]
    assert [hit.score for hit in hits] == pytest.approx([0, -((1 - HALF) ** 2), -1, -1], abs=1e-3)
    hits = searcher.search_image(np.full((4, 4, 3), [255, 255, 0], dtype=np.uint8), k=2)
    assert [hit.score for hit in hits] == pytest.approx([0, -((1 - HALF) ** 2)], abs=1e-3)


def test_without_captions_only_words_can_be_asked(tmp_path: Path):
    write_pictures(tmp_path / "plain")
    searcher = Searcher.open(FakeEncoder(), tmp_path / "plain")
    assert searcher.captions is None
    assert searcher.search_text("blue", k=1)[0].item_id == "blue.png"
    with pytest.raises(CollectionError, match="plain has no captions to answer with"):
        searcher.search_image(tmp_path / "plain" / "red.png")


def test_vectors_are_made_once_and_then_read_from_the_cache(collection: Collection):
    encoder = FakeEncoder()
    first = Searcher.open(encoder, collection)
    assert encoder.encoded == ["images", "texts"]
    again = Searcher.open(encoder, collection)
    assert encoder.encoded == ["images", "texts"]
    np.testing.assert_array_equal(again.images.vectors, first.images.vectors)
    assert again.search_text("red") == first.search_text("red")
    assert sorted(path.name for path in cache_folder().glob("indexes/fake/*/*")) == ["image", "text"]


def test_vectors_of_another_model_are_never_used(collection: Collection):
    vectors_of(FakeEncoder("one"), collection, IMAGE)
    other = FakeEncoder("two")
    assert vectors_of(other, collection, IMAGE).fingerprint == "two"
    assert other.encoded == ["images"]
    # not even where a folder lies in the wrong place
    cached = [index_folders(FakeEncoder(name), collection, IMAGE)[1] for name in ("one", "three")]
    cached[1].parent.mkdir(parents=True)
    cached[0].rename(cached[1])
    third = FakeEncoder("three")
    assert vectors_of(third, collection, IMAGE).fingerprint == "three"
    assert third.encoded == ["images"]


def test_a_sum_on_photographs_is_told_by_the_captions_of_its_picture_by_hand(collection: Collection, colours: Path):
    searcher = Searcher.open(FakeEncoder(), collection)
    found = searcher.ask("[yellow] - red + blue").resolved
    # its caption says blue and green then: (1, 2, 1) / sqrt(6); blue has a weight of 1.25, and no red is left
    np.testing.assert_allclose(found.vector, normalise([0, 2, 1 + 1.25 * np.sqrt(6)]), atol=1e-3)
    np.testing.assert_allclose(found.parts.vectors[0], [HALF, HALF, 0], atol=1e-3)  # the picture is still itself
    # a caption that says what is taken away for nothing has no part, nor has one of another picture
    np.testing.assert_allclose(searcher.ask("[yellow] - red").resolved.vector, [0, 1, 0], atol=1e-3)
    upload = colours / "images/yellow.png"
    given = searcher.ask("[upload] - red + blue", upload=upload).resolved.vector
    np.testing.assert_allclose(given, normalise([0, HALF, 1.25]), atol=1e-3)
    alone = searcher.ask("[yellow] + [red]").resolved.vector
    np.testing.assert_allclose(alone, normalise([HALF + 1, HALF, 0]), atol=1e-3)


def test_a_changed_collection_is_encoded_again(colours: Path):
    encoder = FakeEncoder()
    vectors_of(encoder, load_collection(colours), TEXT)
    path = colours / "items.jsonl"
    path.write_text(path.read_text().replace("a red square", "a blue square"))
    index = vectors_of(encoder, load_collection(colours), TEXT)
    assert encoder.encoded == ["texts", "texts"]
    np.testing.assert_allclose(index.vectors[1], [0, 0, 1], atol=1e-3)


def test_a_damaged_cache_is_made_again_and_it_is_said(collection: Collection, caplog: pytest.LogCaptureFixture):
    encoder = FakeEncoder()
    vectors_of(encoder, collection, IMAGE)
    (index_folders(encoder, collection, IMAGE)[1] / "vectors.npy").write_bytes(b"")
    assert len(vectors_of(encoder, collection, IMAGE)) == 4
    assert "is damaged and is made again" in caplog.text
    assert len(vectors_of(encoder, collection, IMAGE)) == 4
    assert encoder.encoded == ["images", "images"]


def bundle(monkeypatch: pytest.MonkeyPatch, collections: Path, indexes: Path) -> None:
    monkeypatch.setattr(collection_module, "COLLECTIONS", collections)
    monkeypatch.setattr(vectors_module, "INDEXES", indexes)


def test_shipped_vectors_are_used_for_the_shipped_collection(
    colours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    bundle(monkeypatch, colours.parent, tmp_path / "indexes")
    collection, encoder = load_collection(colours), FakeEncoder()
    monkeypatch.setattr(vectors_module, "load_model", lambda name: encoder)
    monkeypatch.setattr(vectors_module, "load_collection", lambda name: collection)
    monkeypatch.setattr(vectors_module, "model_folder", lambda name: vectors_module.MODELS / name)
    folders = build_index("fake", "colours")
    assert folders == [tmp_path / "indexes/fake/colours/image", tmp_path / "indexes/fake/colours/text"]
    assert encoder.encoded == ["images", "texts"]
    searcher = Searcher.open(encoder, collection)
    assert encoder.encoded == ["images", "texts"]
    assert not cache_folder().exists()
    np.testing.assert_allclose(np.asarray(searcher.images.vectors[:3], dtype=float), np.eye(3), atol=1e-3)


def test_shipped_vectors_are_not_used_for_another_folder_of_that_name(
    colours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    bundle(monkeypatch, tmp_path / "assets", tmp_path / "indexes")
    encoder, collection = FakeEncoder(), load_collection(colours)
    turned = np.roll(np.eye(3), 1, axis=0)
    wrong = normalise(np.vstack([turned, turned[:1]]))
    ids = [item.id for item in collection.items]
    vectors_module.EmbeddingIndex.build("fake", IMAGE, ids, wrong).save(tmp_path / "indexes/fake/colours/image")
    assert Searcher.open(encoder, collection).search_text("red", k=1)[0].item_id == "red"
    assert "images" in encoder.encoded


def test_a_cache_that_cannot_be_written_is_said_and_does_without(colours: Path, monkeypatch, caplog):
    def refuse(self, folder):
        raise PermissionError("read-only")

    monkeypatch.setattr("vse.search.stores.exact.EmbeddingIndex.save", refuse)
    searcher = Searcher.open(FakeEncoder(), load_collection(colours))
    assert searcher.search_text("red", 1)[0].item_id == "red"
    assert "could not be kept" in caplog.text


def test_several_collections_are_searched_as_one(collection: Collection, tmp_path: Path):
    write_pictures(tmp_path / "plain", ["red", "blue"])
    encoder = FakeEncoder()
    both = [Searcher.open(encoder, each) for each in (collection, tmp_path / "plain")]
    made = len(encoder.encoded)
    whole = Searcher.joined(both)
    assert len(encoder.encoded) == made
    assert whole.collection.name == "colours + plain"
    assert {hit.item_id for hit in whole.search_text("red", k=2)} == {"colours/red", "plain/red.png"}
    assert [hit.item_id for hit in whole.ask("red in:plain", k=9).hits] == ["plain/red.png", "plain/blue.png"]
    assert [hit.item_id for hit in whole.ask("[colours/yellow] - red", k=1).hits] == ["colours/green"]
    captions = whole.search_image(tmp_path / "plain/red.png", k=1)
    assert [(hit.item_id, whole.caption(hit)) for hit in captions] == [("colours/red", "red")]
    assert whole.facts is not None
    assert whole.facts["plain/red.png"].width == 20


def test_captions_of_which_some_have_no_vectors_are_not_searched(collection: Collection):
    whole = Searcher.open(FakeEncoder(), collection)
    part = replace(whole, indexes={IMAGE: whole.images})
    assert Searcher.joined([whole, part], ["a", "b"]).captions is None
