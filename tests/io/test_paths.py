"""A name is a name only without a separator, and only where no folder of that name stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from vse.data import collection as collection_module
from vse.data import load_collection
from vse.errors import CollectionError, VSEError
from vse.io.paths import bundled_folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that "scenes" ships in; the working folder is another one."""
    (tmp_path / "assets" / "scenes").mkdir(parents=True)
    (tmp_path / "assets" / "scenes" / "mark").touch()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "assets"


def find(name: str | Path, home: Path) -> Path | None:
    return bundled_folder(name, home, ("other", "mark"), CollectionError)


@pytest.mark.parametrize("name", ["scenes", "bundled:scenes"])
def test_a_name_is_what_ships(name: str, home: Path):
    assert find(name, home) == home / "scenes"


@pytest.mark.parametrize(
    "path", ["./scenes", "scenes/", "../assets/scenes", ".", "..", "bundled:", "none", Path("scenes")]
)
def test_what_has_a_separator_is_a_path(path: str | Path, home: Path):
    assert find(path, home) is None


def test_a_folder_of_the_same_name_makes_the_name_a_question(home: Path):
    Path("scenes").mkdir()
    with pytest.raises(CollectionError, match=r"'scenes' may mean .*: give bundled:scenes for the one, \./scenes for"):
        find("scenes", home)
    assert find("bundled:scenes", home) == home / "scenes"


def test_where_the_folder_here_is_what_ships_there_is_no_question(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(home)
    assert find("scenes", home) == home / "scenes"


@pytest.mark.parametrize(
    ("name", "match"), [("", "The name is empty"), (" \t", "The name is empty"), ("a\0b", "zero byte")]
)
def test_what_is_no_name_at_all_is_told(name: str, match: str, home: Path):
    with pytest.raises(VSEError, match=match):
        find(name, home)


def test_ones_own_folder_is_meant_by_its_path(colours: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(collection_module, "COLLECTIONS", colours.parent / "none")
    monkeypatch.chdir(colours.parent)
    assert [item.id for item in load_collection("./colours").items] == ["red", "green", "blue", "yellow"]
