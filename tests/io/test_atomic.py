from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vse.io.atomic import replace_folder, restore_folder, write_bytes, write_text

ROOT = Path(__file__).resolve().parents[2]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_write_text_keeps_every_character(tmp_path: Path):
    path = tmp_path / "new" / "folder" / "a.txt"
    write_text(path, "狗\n\r\n🐕")
    assert path.read_bytes() == "狗\n\r\n🐕".encode()
    write_text(path, "second")
    assert path.read_text() == "second"
    assert names(path.parent) == ["a.txt"]


def test_write_bytes_leaves_the_old_file_when_the_disk_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a"
    write_bytes(path, b"old")

    def refuse(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="no space left"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_write_bytes_follows_a_link(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    write_bytes(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "a").read_bytes() == b"new"


def test_replace_folder_makes_and_replaces_whole(tmp_path: Path):
    target = tmp_path / "deep" / "target"
    with replace_folder(target) as new:
        (new / "one").write_text("1")
        assert not target.exists()
    with replace_folder(target) as new:
        assert names(new) == []
        (new / "sub").mkdir()
        (new / "sub" / "two").write_text("2")
        assert names(target) == ["one"]
    assert names(target) == ["sub"]
    assert (target / "sub" / "two").read_text() == "2"
    assert names(target.parent) == ["target"]


def test_replace_folder_leaves_everything_as_it_was_on_an_error(tmp_path: Path):
    target = tmp_path / "target"
    with replace_folder(target) as new:
        (new / "old").write_text("old")

    def half_way() -> None:
        with replace_folder(target) as new:
            (new / "new").write_text("half")
            raise KeyboardInterrupt("stopped")

    with pytest.raises(KeyboardInterrupt, match="stopped"):
        half_way()
    assert names(target) == ["old"]
    assert names(tmp_path) == ["target"]


@pytest.mark.parametrize("moment", ["before the swap", "between the renames"])
def test_a_kill_leaves_the_old_folder(moment: str, tmp_path: Path):
    target = tmp_path / "target"
    with replace_folder(target) as new:
        (new / "old").write_text("old")
    script = f"""
import os
from vse.io.atomic import replace_folder
rename, calls = os.rename, []
def killed(*paths):
    calls.append(paths)
    if len(calls) == 2:
        os._exit(9)
    rename(*paths)
os.rename = killed
with replace_folder({str(target)!r}) as new:
    (new / "new").write_text("new")
    if {moment == "before the swap"}:
        os._exit(9)
"""
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False, timeout=60)
    assert run.returncode == 9
    assert target.exists() == (moment == "before the swap")
    restore_folder(target)
    assert names(target) == ["old"]
    with replace_folder(target) as new:
        (new / "newer").write_text("newer")
    assert names(target) == ["newer"]


def test_a_swap_survives_a_reader_that_restores_in_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "target"
    with replace_folder(target) as new:
        (new / "old").write_text("old")
    rename, calls = os.rename, []

    def interrupted(source: Path, to: Path) -> None:
        calls.append(source)
        if len(calls) == 2:
            rename(tmp_path / ".target.old", target)  # the reader
        rename(source, to)

    monkeypatch.setattr(os, "rename", interrupted)
    with replace_folder(target) as new:
        (new / "new").write_text("new")
    assert names(target) == ["new"]
    assert names(tmp_path) == ["target"]


def test_leftovers_of_killed_writers_go_when_they_are_old(tmp_path: Path):
    for name, age in ((".target.aaa.new", 2 * 24 * 3600), (".target.bbb.new", 60), (".other.ccc.new", 2 * 24 * 3600)):
        (tmp_path / name).mkdir()
        then = (tmp_path / name).stat().st_mtime - age
        os.utime(tmp_path / name, (then, then))
    with replace_folder(tmp_path / "target"):
        pass
    assert names(tmp_path) == [".other.ccc.new", ".target.bbb.new", "target"]


def test_restore_folder_does_nothing_without_an_old_one(tmp_path: Path):
    restore_folder(tmp_path / "none")
    assert names(tmp_path) == []
