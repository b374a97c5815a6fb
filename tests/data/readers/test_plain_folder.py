from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import write_pictures
from vse.data import load_collection
from vse.data.item import Item
from vse.data.readers.plain_folder import read_plain
from vse.errors import CollectionError


def ids(folder: Path) -> list[str]:
    return [item.id for item in load_collection(folder).items]


def test_pictures_come_sorted_with_their_paths_as_ids(tmp_path: Path):
    write_pictures(tmp_path / "holiday" / "day 2", ["red"])
    write_pictures(tmp_path / "holiday", ["blue", "green"])
    (tmp_path / "holiday" / "blue.png").rename(tmp_path / "holiday" / "blue.PNG")
    (tmp_path / "holiday" / "notes.txt").write_text("x")
    (tmp_path / "holiday" / "folder.png").mkdir()
    collection = load_collection(tmp_path / "holiday")
    assert [item.id for item in collection.items] == ["blue.PNG", "day 2/red.png", "green.png"]
    assert collection.items[1] == Item.picture("day 2/red.png", tmp_path / "holiday" / "day 2" / "red.png")
    assert (collection.name, collection.captions, collection.annotations) == ("holiday", (), None)
    assert collection.caption_owners.tolist() == []


def test_what_is_hidden_is_passed_over(tmp_path: Path):
    write_pictures(tmp_path / "seen", ["red"])
    write_pictures(tmp_path / ".thumbnails" / "deep", ["red"])
    (tmp_path / "seen" / "._red.png").write_bytes(b"x")
    (tmp_path / ".png").write_bytes(b"x")
    assert ids(tmp_path) == ["seen/red.png"]


def test_a_hidden_folder_that_is_asked_for_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_pictures(tmp_path / ".mine", ["red"])
    assert ids(tmp_path / ".mine") == ["red.png"]
    monkeypatch.chdir(tmp_path / ".mine")
    collection = load_collection(".")
    assert ([item.id for item in collection.items], collection.name) == (["red.png"], ".mine")


def test_links_lead_neither_in_a_circle_nor_outside(tmp_path: Path):
    write_pictures(tmp_path / "in" / "a", ["red"])
    write_pictures(tmp_path / "out", ["blue"])
    (tmp_path / "in" / "a" / "up").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "out").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "self.png").symlink_to(tmp_path / "in" / "self.png")
    (tmp_path / "in" / "link.png").symlink_to(tmp_path / "in" / "a" / "red.png")
    assert ids(tmp_path / "in") == ["a/red.png", "link.png"]
    (tmp_path / "shortcut").symlink_to(tmp_path / "in")
    assert ids(tmp_path / "shortcut") == ["a/red.png", "link.png"]


def test_a_folder_without_pictures_is_refused(tmp_path: Path):
    (tmp_path / "broken.png").symlink_to(tmp_path / "nowhere.png")
    with pytest.raises(CollectionError, match="holds no pictures; expected files such as"):
        load_collection(tmp_path)


def test_a_folder_that_cannot_be_looked_into_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(folder: str) -> None:
        raise PermissionError(13, "Permission denied", folder)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(CollectionError, match=r"cannot be looked into \(Permission denied\); check its permissions"):
        read_plain(tmp_path)


def test_a_name_that_is_no_utf8_is_told(tmp_path: Path):
    try:
        (tmp_path / "ros\udce9.png").write_bytes(b"x")
    except OSError:
        pytest.skip("this file system keeps only names in UTF-8")
    with pytest.raises(CollectionError, match=r"ros.[.]png: its name is not UTF-8: rename it"):
        load_collection(tmp_path)


def test_ten_thousand_files_come_whole_and_sorted(tmp_path: Path):
    names = [f"{number % 10}/{number}.jpg" for number in range(10_000)]
    (tmp_path / "picture").write_bytes(b"x")
    for number in range(10):
        (tmp_path / f"{number}").mkdir()
    for name in names:
        os.link(tmp_path / "picture", tmp_path / name)
    assert ids(tmp_path) == sorted(names)
