from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from demo.shared.uploads import FOLDER, PREFIX, is_uploaded, own_upload_folder, paths_in


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "uploads").mkdir()
    monkeypatch.setenv(FOLDER, str(tmp_path / "uploads"))
    return tmp_path / "uploads"


def test_only_a_file_that_lies_in_the_folder_is_an_upload(folder: Path, tmp_path: Path):
    (folder / "mine.png").touch()
    (tmp_path / "other.png").touch()
    (folder / "link.png").symlink_to(tmp_path / "other.png")
    (folder / "round").symlink_to(folder / "round")
    assert is_uploaded(str(folder / "mine.png"))
    assert is_uploaded(f"{folder}/../uploads/mine.png")
    others = ["other.png", "uploads/none.png", "uploads", "uploads/link.png", "uploads/../other.png", "uploads/round"]
    assert not [name for name in others if is_uploaded(f"{tmp_path}/{name}")]
    odd: list[object] = ["", "mine.png", "\0", "x" * 5000, None, 3, ["mine.png"], {"path": str(folder / "mine.png")}]
    assert not [each for each in odd if is_uploaded(each)]


def test_files_are_found_however_deep_they_lie():
    value = [1, {"path": "a", "more": [{"path": ["b"]}, {"path": None}]}, "path", [[{"path": ""}]]]
    assert list(paths_in(value)) == ["a", ["b"], ""]


def test_the_folder_is_gone_at_the_end_and_so_is_what_others_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(FOLDER, str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, running, foreign = (tmp_path / f"{PREFIX}{name}" for name in (f"{ended.pid}-a", f"{os.getpid()}-b", "c-d"))
    for each in (left, running, foreign):
        each.mkdir()
        (each / "tmphalf").touch()
    with own_upload_folder() as own:
        assert own.parent == tmp_path
        assert os.environ[FOLDER] == str(own)
        (own / "tmphalf").touch()
        assert sorted(tmp_path.iterdir()) == sorted([own, running, foreign])
    assert sorted(tmp_path.iterdir()) == sorted([running, foreign])
    assert os.environ[FOLDER] == str(tmp_path)
