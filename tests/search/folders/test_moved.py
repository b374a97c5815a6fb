"""Folders that are moved, renamed or copied: their photographs are known from the cache of where they were."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.photo_folders import change, spoil, write_photo, write_photos
from tests.search.folders.test_indexing import COUNT, Counting, as_dict, snapshot
from vse.io.paths import cache_folder
from vse.search.folders import Report, Store, index_photos, thumbnail
from vse.search.stores.elsewhere import is_gone


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An indexed folder, with the thumbnail of one photograph."""
    folder = tmp_path / "photos"
    write_photos(folder, COUNT)
    index_photos(Counting(), folder)
    thumbnail(folder, "p00.png", Store.of(folder))
    return folder


def indexed(folder: Path, fingerprint: str = "fake") -> tuple[Report, int]:
    """What came of indexing a folder, and how many pictures the encoder was asked for."""
    encoder = Counting(fingerprint)
    return index_photos(encoder, folder, batch_size=3), encoder.seen


def test_a_folder_that_was_renamed_is_not_encoded_again(folder: Path, tmp_path: Path):
    before, small = as_dict(snapshot(folder)), Store.of(folder).thumbnail("p00.png")
    renamed = folder.rename(tmp_path / "my photos #1")
    assert indexed(renamed) == (Report(recognised=COUNT), 0)
    assert as_dict(snapshot(renamed)) == before
    assert Store.of(renamed).thumbnail("p00.png") == small is not None
    assert Store.of(renamed).thumbnail("p01.png") is None
    assert indexed(renamed) == (Report(kept=COUNT), 0)
    assert as_dict(snapshot(renamed)) == before


def caches() -> set[Path]:
    return {path.parent for path in cache_folder().glob("photos/*/*")}


def home(folder: Path) -> Path:
    return Store.of(folder).path.parent


@pytest.mark.parametrize("link", [False, True], ids=["gone", "a link stands in its place"])
def test_the_cache_of_a_folder_that_was_moved_is_removed(folder: Path, tmp_path: Path, link: bool):
    old = home(folder)
    moved = folder.rename(tmp_path / "moved")
    if link:
        folder.symlink_to(moved)
    assert caches() == {old}
    indexed(moved)
    assert caches() == {home(moved)}
    assert indexed(moved.rename(folder) if not link else folder)[1] == 0


def test_the_cache_of_a_folder_that_was_copied_stays(folder: Path, tmp_path: Path):
    shutil.copytree(folder, tmp_path / "copy")
    indexed(tmp_path / "copy")
    assert caches() == {home(folder), home(tmp_path / "copy")}


def test_what_only_the_cache_of_a_folder_that_was_moved_keeps_is_not_lost(folder: Path, tmp_path: Path):
    """The photographs went to two folders, and are known under two models."""
    indexed(folder, "another")
    old, first, second = home(folder), tmp_path / "first", tmp_path / "second"
    for number, path in enumerate(sorted(folder.iterdir())):
        (first, second)[number % 2].mkdir(exist_ok=True)
        path.rename((first, second)[number % 2] / path.name)
    folder.rmdir()
    for part, model in ((first, "fake"), (first, "another"), (second, "fake")):
        assert indexed(part, model)[1] == 0
        assert old in caches()
    assert indexed(second, "another")[1] == 0
    assert caches() == {home(first), home(second)}


def test_a_folder_on_a_disk_that_is_not_there_keeps_its_cache(folder: Path, tmp_path: Path):
    old = home(folder)
    change(Store.of(folder).path, "UPDATE place SET device = '-1'")
    indexed(folder.rename(tmp_path / "moved"))
    assert old in caches()


def test_a_cache_that_does_not_say_whose_it_is_stays(folder: Path, tmp_path: Path):
    old = home(folder)
    change(Store.of(folder).path, "DROP TABLE place")
    assert indexed(folder.rename(tmp_path / "moved")) == (Report(recognised=COUNT), 0)
    assert old in caches()


def test_a_folder_that_may_not_be_looked_into_is_not_gone(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(self: Path, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    device = str(folder.stat().st_dev)
    assert is_gone(folder / "away", device)
    assert is_gone(folder / "away" / "deep", device)
    assert not is_gone(folder, device)
    assert not is_gone(folder / "away", "-1")
    monkeypatch.setattr(Path, "stat", refuse)
    assert not is_gone(folder / "away", device)


def test_of_a_folder_with_some_of_the_photographs_only_the_others_are_encoded(folder: Path, tmp_path: Path):
    other = tmp_path / "other"
    for number in range(0, COUNT, 2):
        write_photo(other / "deep" / f"{number}.png", number)
    for number in range(100, 103):
        write_photo(other / f"{number}.png", number)
    shutil.copy(other / "deep" / "0.png", other / "again.png")
    before = as_dict(snapshot(folder))
    assert indexed(other) == (Report(encoded=3, recognised=6), 3)
    after = as_dict(snapshot(other))
    assert after["deep/0.png"] == after["again.png"] == before["p00.png"]
    assert as_dict(snapshot(folder)) == before


def test_vectors_of_another_model_are_of_no_use(folder: Path, tmp_path: Path):
    shutil.copytree(folder, tmp_path / "copy")
    assert indexed(tmp_path / "copy", "another") == (Report(encoded=COUNT), COUNT)
    assert indexed(folder, "another") == (Report(recognised=COUNT), 0)


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(spoil, id="damaged"),
        pytest.param(lambda path: path.write_bytes(b"no database" * 100), id="no database"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: change(path, "PRAGMA user_version = 99"), id="another format"),
        pytest.param(lambda path: change(path, "DROP TABLE thumbnails"), id="without a table"),
        pytest.param(lambda path: change(path, "UPDATE vectors SET vector = ?", bytes(6)), id="zeros"),
        pytest.param(lambda path: change(path, "UPDATE vectors SET vector = ?", b"\xff" * 6), id="no numbers"),
    ],
)
def test_a_cache_that_cannot_be_used_is_done_without_and_left_alone(folder: Path, tmp_path: Path, harm):
    harm(Store.of(folder).path)
    before = Store.of(folder).path.read_bytes()
    renamed = folder.rename(tmp_path / "renamed")
    assert indexed(renamed) == (Report(encoded=COUNT), COUNT)
    assert Store.of(folder).path.read_bytes() == before
    truth = Counting().encode_images([renamed / path for path in snapshot(renamed).item_ids])
    np.testing.assert_allclose(snapshot(renamed).vectors, truth, atol=2e-3)


def test_a_cache_that_is_locked_is_done_without(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("vse.search.stores.elsewhere._WAIT_SECONDS", 0.0)
    shutil.copytree(folder, tmp_path / "copy")
    with closing(sqlite3.connect(Store.of(folder).path)) as db:
        db.execute("BEGIN EXCLUSIVE")
        assert indexed(tmp_path / "copy") == (Report(encoded=COUNT), COUNT)


def test_a_cache_that_is_lost_midway_is_done_without(folder: Path, tmp_path: Path):
    class Losing(Counting):
        def encode_images(self, images, progress=None):
            shutil.rmtree(Store.of(folder).path.parent, ignore_errors=True)
            return super().encode_images(images, progress)

    other = tmp_path / "other"
    shutil.copytree(folder, other)
    write_photo(other / "a.png", 100)  # comes first, and is new
    encoder = Losing()
    report = index_photos(encoder, other, batch_size=1)
    assert report.searchable == COUNT + 1
    assert report.encoded == encoder.seen > 1
    truth = Counting().encode_images([other / path for path in snapshot(other).item_ids])
    np.testing.assert_allclose(snapshot(other).vectors, truth, atol=2e-3)


def test_where_nothing_is_new_no_other_cache_is_read(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copytree(folder, tmp_path / "copy")
    indexed(tmp_path / "copy")
    monkeypatch.setattr("vse.search.stores.elsewhere.Elsewhere._read", lambda *_: pytest.fail("a cache was read"))
    assert indexed(folder) == (Report(kept=COUNT), 0)
