from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import write_pictures
from tests.photo_folders import colour, write_photo
from vse.data import load_collection
from vse.data.item import Item
from vse.search.folders.reading import AT_LEAST, MOST_PIXELS, Found, find_photos, folder_of, read_photo, smaller


def read(folder: Path, path: str, **known: set[str]):
    return read_photo(folder, find_photos(folder, [path])[path], known.get("encoded", set()))


def test_photographs_are_found_by_path_with_size_and_time(tmp_path: Path):
    for path in ("b.png", "a/c.JPG", ".hidden/d.png"):
        write_photo(tmp_path / path, 1)
    (tmp_path / "notes.txt").write_text("no picture")
    os.utime(tmp_path / "b.png", ns=(7, 7))
    found = find_photos(tmp_path)
    assert list(found) == ["a/c.JPG", "b.png"]
    assert found["b.png"] == Found("b.png", (tmp_path / "b.png").stat().st_size, 7)
    assert list(find_photos(tmp_path, ["b.png", "gone.png"])) == ["b.png"]
    (tmp_path / "empty").mkdir()
    assert find_photos(tmp_path / "empty") == {}


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "gif", "tiff", "bmp"])
def test_the_usual_formats_are_read(tmp_path: Path, suffix: str):
    write_photo(tmp_path / f"a.{suffix}", 30)
    photo = read(tmp_path, f"a.{suffix}")
    assert photo.reason is None
    assert photo.image is not None
    assert photo.image.mode == "RGB"
    np.testing.assert_allclose(np.asarray(photo.image).mean(axis=(0, 1)), colour(30), atol=6)


def test_the_digest_names_the_content(tmp_path: Path):
    write_photo(tmp_path / "a.png", 1)
    write_photo(tmp_path / "b.png", 2)
    (tmp_path / "c.png").write_bytes((tmp_path / "a.png").read_bytes())
    a, b, c = (read(tmp_path, name).digest for name in ("a.png", "b.png", "c.png"))
    assert a == c != b
    doubtful = read_photo(tmp_path, replace(find_photos(tmp_path)["a.png"], doubtful=True), set())
    assert doubtful.digest == a


def test_known_content_is_not_decoded(tmp_path: Path):
    write_photo(tmp_path / "a.png", 1)
    first = read(tmp_path, "a.png")
    assert first.digest is not None
    assert first.image is not None
    known = read(tmp_path, "a.png", encoded={first.digest})
    assert (known.digest, known.image) == (first.digest, None)


def test_what_cannot_be_read_has_a_reason_that_names_the_file(tmp_path: Path):
    (tmp_path / "bad.jpg").write_bytes(b"nothing of the kind")
    photo = read(tmp_path, "bad.jpg")
    assert (photo.digest, photo.image) == (None, None)
    assert photo.reason is not None
    assert photo.reason.startswith(f"'{tmp_path / 'bad.jpg'}' is not a picture in a format")
    gone = read_photo(tmp_path, Found("gone.png", 1, 1), set())
    assert gone.reason == f"'{tmp_path / 'gone.png'}' cannot be read (No such file or directory): check it and " + (
        "its permissions."
    )


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1023, 1200), (1023, 1200)),  # the shorter side would fall below 512
        ((1600, 1024), (800, 512)),
        ((3000, 2100), (750, 525)),
        ((20, 30000), (20, 30000)),
        ((300, 20000), (150, 10000)),  # 6 million pixels: over the limit
    ],
)
def test_pictures_that_wait_are_small(size: tuple[int, int], expected: tuple[int, int]):
    image = smaller(Image.new("RGB", size, (1, 2, 3)))
    assert image.size == expected
    assert image.width * image.height <= MOST_PIXELS
    assert image.getpixel((0, 0)) == (1, 2, 3)
    assert min(image.size) >= min(AT_LEAST, *size) or size == (300, 20000)


def test_a_plain_folder_is_told_from_other_collections(colours: Path, tmp_path: Path):
    write_pictures(tmp_path / "plain")
    write_pictures(tmp_path / "plain" / "sub" / "deep")
    plain = load_collection(tmp_path / "plain")
    assert folder_of(plain) == tmp_path / "plain"
    assert folder_of(replace(plain, items=plain.items[5:6])) == tmp_path / "plain"  # sub/deep/...
    assert folder_of(load_collection(colours)) is None  # has captions
    assert folder_of(replace(plain, items=())) is None
    elsewhere = Item.picture("red.png", tmp_path / "other" / "red.png")
    assert folder_of(replace(plain, items=(*plain.items, elsewhere))) is None
    assert folder_of(replace(plain, items=(Item.picture("a/b/c/d.png", Path("d.png")),))) is None
