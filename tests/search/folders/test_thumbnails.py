from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import FakeEncoder
from tests.photo_folders import write_photo
from vse.errors import ImageError
from vse.search.folders import Store, index_photos, thumbnail
from vse.search.folders.thumbnails import thumbnail_of


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


@pytest.mark.parametrize(("size", "expected"), [((800, 400), (384, 192)), ((400, 800), (192, 384)), ((9, 7), (9, 7))])
def test_thumbnails_are_webp_with_a_longer_side_of_384_at_most(size: tuple[int, int], expected: tuple[int, int]):
    image = Image.new("RGB", size, (200, 40, 40))
    with Image.open(io.BytesIO(thumbnail_of(image))) as small:
        assert (small.format, small.size) == ("WEBP", expected)
        np.testing.assert_allclose(np.asarray(small).mean(axis=(0, 1)), (200, 40, 40), atol=5)
    assert image.size == size
