from __future__ import annotations

import logging
import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import complaint, write_pictures
from vse.data import load_collection
from vse.errors import CollectionError

TOKENS = "red.jpg#0\ta red square .\nred.jpg#1\tred\ngreen.jpg#0\tgreen\nblue.jpg#0\tblue , 5\t6\n"


def write_jpgs(folder: Path, names: tuple[str, ...] = ("red", "green", "blue")) -> None:
    write_pictures(folder, names)
    for name in names:
        (folder / f"{name}.png").rename(folder / f"{name}.jpg")


@pytest.fixture
def flickr(tmp_path: Path) -> Path:
    """Three pictures and their token file, without lists."""
    write_jpgs(tmp_path / "f" / "Flicker8k_Dataset")
    (tmp_path / "f" / "Flickr8k.token.txt").write_text(TOKENS)
    (tmp_path / "f" / "Flickr8k.lemma.token.txt").write_text(TOKENS)
    return tmp_path / "f"


def splits(folder: Path) -> dict[str, str]:
    return {item.id: item.split for item in load_collection(folder).items}


def test_captions_go_to_their_pictures(flickr: Path):
    collection = load_collection(flickr)
    assert [(item.id, item.captions, item.split) for item in collection.items] == [
        ("red.jpg", ("a red square .", "red"), "test"),
        ("green.jpg", ("green",), "test"),
        ("blue.jpg", ("blue , 5 6",), "test"),
    ]
    assert collection.items[0].image_path == flickr / "Flicker8k_Dataset" / "red.jpg"


def test_lists_give_the_splits(flickr: Path):
    (flickr / "Flickr_8k.trainImages.txt").write_text("red.jpg\r\n")
    (flickr / "Flickr_8k.devImages.txt").write_text("green.jpg\n\n")
    (flickr / "readme.txt").write_text("blue.jpg\n")
    assert splits(flickr) == {"red.jpg": "train", "green.jpg": "dev", "blue.jpg": "unlisted"}
    assert [item.id for item in load_collection(flickr, "val").items] == ["green.jpg"]


def test_the_token_file_and_lists_of_flickr30k_lack_endings(flickr: Path):
    for name in ("Flickr8k.token.txt", "Flickr8k.lemma.token.txt"):
        (flickr / name).unlink()
    (flickr / "results_20130124.token").write_text(TOKENS)
    for split, name in (("train", "red"), ("val", "green"), ("test", "blue")):
        (flickr / f"{split}.txt").write_text(f"{name}\n")
    assert splits(flickr) == {"red.jpg": "train", "green.jpg": "val", "blue.jpg": "test"}


def test_the_texts_may_lie_in_their_own_folder(flickr: Path):
    texts = flickr / "Flickr8k_text"
    texts.mkdir()
    for path in flickr.glob("*.txt"):
        shutil.move(path, texts)
    (texts / "Flickr_8k.testImages.txt").write_text("red.jpg\n")
    assert splits(flickr) == {"red.jpg": "test", "green.jpg": "unlisted", "blue.jpg": "unlisted"}
    assert load_collection(flickr / "Flickr8k_text" / "Flickr8k.token.txt").items == load_collection(flickr).items


def test_names_of_second_downloads_mean_the_first(flickr: Path, caplog: pytest.LogCaptureFixture):
    (flickr / "Flickr8k.token.txt").write_text(TOKENS + "red.jpg.1#0\tagain\npink.jpg.1#0\tno picture\n")
    with caplog.at_level(logging.INFO):
        collection = load_collection(flickr)
    assert [item.id for item in collection.items] == ["red.jpg", "green.jpg", "blue.jpg"]
    assert collection.item("red.jpg").captions == ("a red square .", "red", "again")
    assert "pink.jpg.1 has no picture" in caplog.text
    (flickr / "Flicker8k_Dataset" / "green.jpg").rename(flickr / "Flicker8k_Dataset" / "red.jpg.1")
    (flickr / "Flickr8k.token.txt").write_text("red.jpg#0\tred\nred.jpg.1#0\tgreen\n")
    assert [item.id for item in load_collection(flickr).items] == ["red.jpg", "red.jpg.1"]


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ("red.jpg#0 red\n", r"Flickr8k\.token\.txt, line 1: expected name\.jpg#0, a tab and a caption"),
        ("red.jpg#0\tred\n\nred.jpg\tred\n", r"line 3: expected name\.jpg#0, a tab and a caption"),
        ("red.jpg#x\tred\n", r"line 1: expected name\.jpg#0, a tab and a caption"),
        ("red.jpg#0\t \n", "line 1: the caption is empty; write one or remove the line"),
        ("red.jpg#0\tred\nred.jpg#0\tred\n", "line 2: red.jpg#0 is there twice; remove one"),
        ("../red.jpg#0\tred\n", r"line 1: the picture '../red.jpg' lies outside the folder"),
        ("/red.jpg#0\tred\n", r"line 1: the picture '/red.jpg' lies outside the folder"),
        ("\n", "names no pictures"),
        ("red.jpg#0\tred\npink.jpg#0\tpink\n", r"lacks 1 of the 2 pictures named in Flickr8k\.token\.txt: .*pink\.jpg"),
    ],
)
def test_what_does_not_fit_is_named(tokens: str, message: str, flickr: Path):
    (flickr / "Flickr8k.token.txt").write_text(tokens)
    assert re.search(message, complaint(flickr))


def test_bytes_that_are_no_utf8_are_named(flickr: Path):
    (flickr / "Flickr8k.token.txt").write_bytes(b"red.jpg#0\tred\nred.jpg#1\tros\xe9\n")
    with pytest.raises(CollectionError, match=r"token\.txt, line 2: this is not UTF-8 text"):
        load_collection(flickr)


def test_a_picture_is_in_one_list_only(flickr: Path):
    (flickr / "Flickr_8k.trainImages.txt").write_text("green.jpg\nred.jpg\n")
    (flickr / "Flickr_8k.devImages.txt").write_text("red.jpg\n")
    expected = r"trainImages\.txt, line 2: red\.jpg is in the split 'dev' too; choose one"
    with pytest.raises(CollectionError, match=expected):
        load_collection(flickr)
