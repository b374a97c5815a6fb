from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import write_pictures
from vse.data.item import Item
from vse.data.readers.picture_files import CaptionRows, absent, caption_text, names_in, picture_name, picture_root
from vse.data.splits import one_name
from vse.errors import CollectionError


@pytest.mark.parametrize(
    ("given", "expected"), [("a.jpg", "a.jpg"), (" ./b/./a b.jpg ", "b/a b.jpg"), ("b//..a.jpg", "b/..a.jpg")]
)
def test_a_name_is_made_plain(given: str, expected: str):
    assert picture_name(given) == expected


@pytest.mark.parametrize("name", ["/a.jpg", "../a.jpg", "b/../a.jpg", "b/..", r"..\a.jpg", r"C:\a.jpg", "C:a.jpg"])
def test_a_name_that_leads_outside_is_refused(name: str):
    with pytest.raises(ValueError, match="lies outside the folder; give a path inside it"):
        picture_name(name)


@pytest.mark.parametrize("name", ["", " ", ".", "a\0.jpg", "\udc80.jpg"])
def test_what_names_no_file_is_refused(name: str):
    with pytest.raises(ValueError, match="is no picture's name"):
        picture_name(name)


@pytest.mark.parametrize("name", [None, 7, ["a.jpg"]])
def test_a_name_is_text(name: object):
    with pytest.raises(ValueError, match="expected text"):
        picture_name(name)


def test_a_caption_is_one_line_of_text():
    assert caption_text(" a dog \n runs .") == "a dog runs ."
    for caption, message in (("\t", "empty"), (None, "is 'None', expected text"), ("\ud83d", "holds half a character")):
        with pytest.raises(ValueError, match=message):
            caption_text(caption)


def test_rows_are_gathered_by_picture_in_the_order_they_came(tmp_path: Path):
    rows = CaptionRows()
    for name, caption in (("b.jpg", "one"), ("a.jpg", "two"), ("./b.jpg", "three"), ("b.jpg", "one")):
        rows.add(name, [caption], "train")
    rows.add("c.jpg", [])
    assert rows.contents(tmp_path / "file", tmp_path).items == (
        Item.picture("b.jpg", tmp_path / "b.jpg", ("one", "three", "one"), "train"),
        Item.picture("a.jpg", tmp_path / "a.jpg", ("two",), "train"),
        Item.picture("c.jpg", tmp_path / "c.jpg", (), "test"),
    )
    with pytest.raises(ValueError, match=r"b\.jpg is in the split 'train' above and in 'test' here"):
        rows.add("b.jpg", ["four"], "test")


def test_absent_files_are_told_in_order(tmp_path: Path):
    write_pictures(tmp_path / "x", ["red"])
    (tmp_path / "x" / "folder.png").mkdir()
    (tmp_path / "x" / "link.png").symlink_to("red.png")
    (tmp_path / "x" / "broken.png").symlink_to("nowhere.png")
    names = ["x/blue.png", "x/red.png", "y/red.png", "x/folder.png", "x/link.png", "x/broken.png", "x/red.png/a.png"]
    gone = absent([str(tmp_path / name) for name in names])
    assert [os.path.relpath(path, tmp_path) for path in gone] == [names[i] for i in (0, 2, 3, 5, 6)]


def test_a_folder_that_cannot_be_looked_into_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(CollectionError, match=r"cannot be looked into \(Permission denied\); check its permissions"):
        names_in(tmp_path, lambda entry: True)


@pytest.mark.parametrize("where", [".", "images", "Images", "Flicker8k_Dataset"])
def test_pictures_are_found_where_people_put_them(where: str, tmp_path: Path):
    write_pictures(tmp_path / where, ["red", "green"])
    write_pictures(tmp_path / "zoo", ["red"])
    (tmp_path / ".hidden").mkdir()
    write_pictures(tmp_path / ".hidden", ["red", "green", "blue"])
    assert picture_root(tmp_path, ["red.png", "green.png", "blue.png"], None) == tmp_path / where


def test_a_folder_of_pictures_that_is_named_is_taken(tmp_path: Path):
    write_pictures(tmp_path / "c" / "images", ["red"])
    write_pictures(tmp_path / "elsewhere", ["blue"])
    assert picture_root(tmp_path / "c", ["red.png"], tmp_path / "elsewhere") == tmp_path / "elsewhere"
    assert picture_root(tmp_path / "c", ["nowhere.png"], None) == tmp_path / "c"
    with pytest.raises(CollectionError, match=r"The folder of pictures .*nowhere is not there; give the path"):
        picture_root(tmp_path / "c", ["red.png"], tmp_path / "nowhere")


def test_names_of_splits():
    assert [one_name(name) for name in ("val", "Validation", "dev", "valid")] == ["dev"] * 4
    assert [one_name(name) for name in ("train", "test", "restval", "unlisted")] == [
        "train", "test", "restval", "unlisted",
    ]  # fmt: skip
