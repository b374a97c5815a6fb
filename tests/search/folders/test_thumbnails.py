from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import FakeEncoder
from tests.photo_folders import write_photo
from vse.errors import ImageError
from vse.search.folders import Store, index_photos, thumbnail


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Of a folder with one photograph that is indexed."""
    write_photo(tmp_path / "photos" / "a.png", 1, (800, 400))
    store = Store(tmp_path / "home")
    index_photos(FakeEncoder(), tmp_path / "photos", store=store)
    return store


def test_a_thumbnail_is_drawn_when_first_looked_at_and_then_kept(store: Store, tmp_path: Path):
    assert store.thumbnail("a.png") is None
    drawn = thumbnail(tmp_path / "photos", "a.png", store)
    with Image.open(io.BytesIO(drawn)) as small:
        assert small.size == (384, 192)
    (tmp_path / "photos" / "a.png").unlink()
    assert thumbnail(tmp_path / "photos", "a.png", store) == drawn


def test_one_of_a_file_that_changed_since_is_shown_but_not_kept(store: Store, tmp_path: Path):
    write_photo(tmp_path / "photos" / "a.png", 2, (90, 50))
    with Image.open(io.BytesIO(thumbnail(tmp_path / "photos", "a.png", store))) as small:
        assert small.size == (90, 50)
    assert store.thumbnail("a.png") is None


def test_one_of_a_file_that_is_gone_cannot_be_drawn(store: Store, tmp_path: Path):
    (tmp_path / "photos" / "a.png").unlink()
    with pytest.raises(ImageError, match=r"a\.png"):
        thumbnail(tmp_path / "photos", "a.png", store)
