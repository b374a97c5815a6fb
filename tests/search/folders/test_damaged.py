"""What is damaged in the cache of a folder is made again, and nobody is told of an error."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import FakeEncoder
from tests.photo_folders import change, spoil, write_photo, write_photos
from tests.search.folders.test_indexing import Counting
from vse.data import load_collection
from vse.search.folders import Report, Store, StoreError, index_photos, photo_vectors, thumbnail

COUNT = 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_photos(tmp_path / "photos", COUNT)
    index_photos(FakeEncoder(), tmp_path / "photos")
    return tmp_path / "photos"


def is_right(folder: Path) -> bool:
    index = Store.of(folder).snapshot("fake", 3)
    truth = FakeEncoder().encode_images([folder / path for path in index.item_ids])
    return len(index) == COUNT and np.allclose(index.vectors, truth, atol=2e-3)


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(spoil, id="spoilt"),
        pytest.param(lambda path: path.write_bytes(b"no database" * 999), id="no database"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:5000]), id="cut short"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(Path.unlink, id="gone"),
    ],
)
def test_a_damaged_store_is_made_again(folder: Path, harm: Callable[[Path], object]):
    harm(Store.of(folder).path)
    assert index_photos(FakeEncoder(), folder) == Report(encoded=COUNT)
    assert is_right(folder)
    assert index_photos(FakeEncoder(), folder) == Report(kept=COUNT)


def test_a_store_that_is_damaged_while_it_is_written_is_made_again(folder: Path):
    for number in range(100, 103):
        write_photo(folder / f"{number}.png", number)
    harmed = []

    class Harming(FakeEncoder):
        def encode_images(self, images, progress=None):
            if not harmed:
                harmed.append(True)
                spoil(Store.of(folder).path)
            return super().encode_images(images, progress)

    report = index_photos(Harming(), folder, batch_size=2)
    assert (report.searchable, report.skipped) == (COUNT + 3, ())
    assert len(Store.of(folder).snapshot("fake", 3)) == COUNT + 3


@pytest.mark.parametrize(
    "vector", [bytes(6), b"\xff" * 6, bytes(4), None], ids=["zeros", "no numbers", "short", "none"]
)
def test_a_damaged_vector_is_not_searched_and_made_again(folder: Path, vector: bytes | None):
    store = Store.of(folder)
    digest = store.files()["p00.png"].digest
    change(store.path, "UPDATE vectors SET vector = ? WHERE digest = ?", vector, digest)
    again = Store.of(folder)
    assert "p00.png" not in again.snapshot("fake", 3).item_ids
    assert len(again.snapshot("fake", 3)) == COUNT - 1
    encoder = Counting()
    assert index_photos(encoder, folder) == Report(encoded=1, kept=COUNT - 1)
    assert encoder.seen == 1
    assert is_right(folder)


def test_vectors_of_a_collection_are_made_again(folder: Path, monkeypatch: pytest.MonkeyPatch):
    real, harmed = Store.snapshot, []

    def snapshot(self: Store, fingerprint: str, dim: int):
        if not harmed:
            harmed.append(True)
            spoil(self.path)
        return real(self, fingerprint, dim)

    monkeypatch.setattr(Store, "snapshot", snapshot)
    assert len(photo_vectors(FakeEncoder(), folder, load_collection(folder))) == COUNT
    assert harmed
    assert is_right(folder)


@pytest.mark.parametrize("damaged", [b"", b"no picture", "half"], ids=["empty", "no picture", "half"])
def test_a_damaged_thumbnail_is_drawn_again(folder: Path, damaged: bytes | str):
    store = Store.of(folder)
    drawn = thumbnail(folder, "p00.png", store)
    blob = drawn[: len(drawn) // 2] if isinstance(damaged, str) else damaged
    change(store.path, "UPDATE thumbnails SET webp = ?", blob)
    assert store.thumbnail("p00.png") == blob
    assert thumbnail(folder, "p00.png", store) == drawn
    assert store.thumbnail("p00.png") == drawn


def test_thumbnails_of_a_damaged_store_are_drawn_all_the_same(folder: Path):
    store = Store.of(folder)
    spoil(store.path)
    with Image.open(io.BytesIO(thumbnail(folder, "p00.png", store))) as small:
        assert small.size == (12, 8)


def test_thumbnails_are_drawn_where_nothing_can_be_kept(folder: Path, tmp_path: Path):
    (tmp_path / "file").touch()
    store = Store(tmp_path / "file")
    with pytest.raises(StoreError, match="name another cache folder"):
        store.files()
    with Image.open(io.BytesIO(thumbnail(folder, "p00.png", store))) as small:
        assert small.size == (12, 8)
