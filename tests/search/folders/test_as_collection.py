from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import FakeEncoder, write_pictures
from vse.data import load_collection
from vse.errors import CollectionError, ImageError
from vse.io.paths import cache_folder
from vse.search.folders import Store, StoreError, collection_of, index_photos
from vse.search.searcher import Searcher
from vse.search.vectors import IMAGE, vectors_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pictures(tmp_path / "plain", ("red", "green", "blue"))
    return tmp_path / "plain"


def test_searching_a_plain_folder_uses_its_index_and_makes_no_other(folder: Path):
    index_photos(FakeEncoder(), folder)
    encoder = FakeEncoder()
    searcher = Searcher.open(encoder, folder)
    assert encoder.encoded == []
    assert searcher.search_text("blue", 1)[0].item_id == "blue.png"
    assert [path.name for path in cache_folder().iterdir()] == ["photos"]


def test_searching_first_makes_the_index(folder: Path):
    seen: list[tuple[int, int]] = []
    encoder = FakeEncoder()
    Searcher.open(encoder, folder, lambda done, total: seen.append((done, total)))
    assert (encoder.encoded, seen) == (["images"], [(3, 3)])
    assert index_photos(encoder, folder).kept == 3
    assert encoder.encoded == ["images"]


def test_rows_follow_the_collection(folder: Path):
    collection = load_collection(folder)
    some = replace(collection, items=(collection.items[2], collection.items[0]))
    index = vectors_of(FakeEncoder(), some, IMAGE)
    assert index.item_ids == ("red.png", "blue.png")
    np.testing.assert_allclose(index.vectors, [[1, 0, 0], [0, 0, 1]], atol=1e-3)


def test_what_cannot_be_read_is_left_out_of_a_search_and_said(folder: Path, caplog: pytest.LogCaptureFixture):
    (folder / "bad.png").write_bytes(b"x")
    searcher = Searcher.open(FakeEncoder(), folder)
    assert [item.id for item in searcher.collection.items] == list(searcher.images.item_ids)
    assert searcher.images.item_ids == ("blue.png", "green.png", "red.png")
    np.testing.assert_allclose(searcher.vector_of("blue.png"), [0, 0, 1], atol=1e-3)
    assert "1 of the 4 pictures of plain cannot be read and are left out; the first: " in caplog.text
    with pytest.raises(ImageError, match=r"bad\.png' is not a picture"):
        vectors_of(FakeEncoder(), load_collection(folder), IMAGE)


def test_a_folder_of_nothing_readable_is_refused(tmp_path: Path):
    (tmp_path / "a.png").write_bytes(b"x")
    with pytest.raises(CollectionError, match=r"cannot be read, which leaves none\. '.*a\.png' is not a picture"):
        Searcher.open(FakeEncoder(), tmp_path)


def test_a_picture_that_is_taken_away_meanwhile_is_told(folder: Path):
    collection = load_collection(folder)
    (folder / "red.png").unlink()
    with pytest.raises(ImageError, match=r"red\.png' is not there any more"):
        vectors_of(FakeEncoder(), collection, IMAGE)


def test_without_a_cache_the_vectors_are_made_and_it_is_said(folder: Path, monkeypatch, caplog):
    def refuse(self):
        raise StoreError("read-only")

    monkeypatch.setattr(Store, "files", refuse)
    searcher = Searcher.open(FakeEncoder(), folder)
    assert searcher.search_text("red", 1)[0].item_id == "red.png"
    assert "is done without: read-only" in caplog.text


def test_a_snapshot_as_a_collection(folder: Path):
    index_photos(FakeEncoder(), folder)
    index = Store.of(folder).snapshot("fake", 3)
    collection = collection_of(folder, index)
    assert collection == load_collection(folder)
    searcher = Searcher(FakeEncoder(), collection, {"image": index})
    assert searcher.search_text("green", 1)[0].item_id == "green.png"
