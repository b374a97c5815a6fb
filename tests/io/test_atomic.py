from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from vse.errors import WriteError
from vse.io.atomic import Kind, check_file, replace_folder, restore_folder, write_bytes, write_text

ROOT = Path(__file__).resolve().parents[2]
MINE = Kind("a test's folder", lambda _: ["one", "old", "new", "newer", "sub/two"])


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
    with replace_folder(target, MINE) as new:
        (new / "one").write_text("1")
        assert not target.exists()
    with replace_folder(target, MINE) as new:
        assert names(new) == []
        (new / "sub").mkdir()
        (new / "sub" / "two").write_text("2")
        assert names(target) == ["one"]
    assert names(target) == ["sub"]
    assert (target / "sub" / "two").read_text() == "2"
    assert names(target.parent) == ["target"]


def test_replace_folder_leaves_everything_as_it_was_on_an_error(tmp_path: Path):
    target = tmp_path / "target"
    with replace_folder(target, MINE) as new:
        (new / "old").write_text("old")

    def half_way() -> None:
        with replace_folder(target, MINE) as new:
            (new / "new").write_text("half")
            raise KeyboardInterrupt("stopped")

    with pytest.raises(KeyboardInterrupt, match="stopped"):
        half_way()
    assert names(target) == ["old"]
    assert names(tmp_path) == ["target"]


@pytest.mark.parametrize("moment", ["before the swap", "between the renames"])
def test_a_kill_leaves_the_old_folder(moment: str, tmp_path: Path):
    target = tmp_path / "target"
    with replace_folder(target, MINE) as new:
        (new / "old").write_text("old")
    script = f"""
import os
from tests.io.test_atomic import MINE
from vse.io.atomic import replace_folder
rename, calls = os.rename, []
def killed(*paths):
    calls.append(paths)
    if len(calls) == 2:
        os._exit(9)
    rename(*paths)
os.rename = killed
with replace_folder({str(target)!r}, MINE) as new:
    (new / "new").write_text("new")
    if {moment == "before the swap"}:
        os._exit(9)
"""
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False, timeout=60)
    assert run.returncode == 9
    assert target.exists() == (moment == "before the swap")
    restore_folder(target)
    assert names(target) == ["old"]
    with replace_folder(target, MINE) as new:
        (new / "newer").write_text("newer")
    assert names(target) == ["newer"]


def test_a_swap_survives_a_reader_that_restores_in_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "target"
    with replace_folder(target, MINE) as new:
        (new / "old").write_text("old")
    rename, calls = os.rename, []

    def interrupted(source: Path, to: Path) -> None:
        calls.append(source)
        if len(calls) == 2:
            rename(tmp_path / ".target.old", target)  # the reader
        rename(source, to)

    monkeypatch.setattr(os, "rename", interrupted)
    with replace_folder(target, MINE) as new:
        (new / "new").write_text("new")
    assert names(target) == ["new"]
    assert names(tmp_path) == ["target"]


def test_leftovers_of_killed_writers_go_when_they_are_old(tmp_path: Path):
    for name, age in (
        (".target.aaaaaaaaaaaa.new", 2 * 24 * 3600),
        (".target.bbbbbbbbbbbb.new", 60),
        (".other.cccccccccccc.new", 2 * 24 * 3600),
        (".target.mine.new", 2 * 24 * 3600),
    ):
        (tmp_path / name).mkdir()
        then = (tmp_path / name).stat().st_mtime - age
        os.utime(tmp_path / name, (then, then))
    with replace_folder(tmp_path / "target"):
        pass
    assert names(tmp_path) == [".other.cccccccccccc.new", ".target.bbbbbbbbbbbb.new", ".target.mine.new", "target"]


def test_restore_folder_does_nothing_without_an_old_one(tmp_path: Path):
    restore_folder(tmp_path / "none")
    assert names(tmp_path) == []


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a short path, which a socket needs."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(os.path.realpath(folder))


def stand(what: str, path: Path) -> None:
    """Put something at a path that no writer may replace."""
    if what == "a folder":
        path.mkdir()
        (path / "precious.txt").write_text("mine")
    elif what == "a socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(path))
    elif what == "a pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(path)  # a loop


def refused(path: Path, kind: Kind | None, match: str) -> None:
    with pytest.raises(WriteError, match=match), replace_folder(path, kind):
        raise AssertionError("the block is not reached")


@pytest.mark.parametrize("what", ["a folder", "a socket", "a pipe", "a link that leads nowhere"])
@pytest.mark.parametrize("name", ["there", "link"])
def test_a_file_takes_the_place_of_a_regular_file_only(what: str, name: str, short: Path):
    stand(what, short / "there")
    (short / "link").symlink_to(short / "there")
    before = os.lstat(short / "there")
    with pytest.raises(WriteError, match=f"{name}' is {what}: give the path of a file"):
        write_bytes(short / name, b"new")
    assert os.lstat(short / "there") == before


@pytest.mark.parametrize("what", ["a socket", "a pipe", "a link that leads nowhere"])
def test_a_folder_takes_the_place_of_a_folder_only(what: str, short: Path):
    stand(what, short / "there")
    refused(short / "there", MINE, f"there' is {what}: give the path of a new or empty folder")


@pytest.mark.parametrize("precious", ["precious.txt", "sub/precious.txt", "old/deep/precious", ".hidden"])
def test_one_file_of_another_hand_saves_a_folder(precious: str, tmp_path: Path):
    path = tmp_path / "there" / precious
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    (tmp_path / "there" / "new").write_text("old")
    refused(tmp_path / "there", MINE, rf"no part of a test's folder \('{precious}'\)")
    assert path.read_text() == "mine"


def test_a_file_that_comes_while_the_folder_is_made_saves_it_too(tmp_path: Path):
    def meanwhile() -> None:
        with replace_folder(tmp_path / "there", MINE):
            (tmp_path / "there").mkdir()
            (tmp_path / "there" / "precious").write_text("mine")

    with pytest.raises(WriteError, match="precious"):
        meanwhile()
    assert names(tmp_path) == ["there"]
    assert (tmp_path / "there" / "precious").read_text() == "mine"


def test_the_place_of_the_old_folder_is_looked_at_too(tmp_path: Path):
    (tmp_path / "there").mkdir()
    (tmp_path / ".there.old").mkdir()
    (tmp_path / ".there.old" / "precious").write_text("mine")
    refused(tmp_path / "there", MINE, r"\.there\.old' holds files")


def test_an_empty_folder_and_what_file_managers_leave_are_replaced(tmp_path: Path):
    (tmp_path / "there" / "empty").mkdir(parents=True)
    (tmp_path / "there" / ".DS_Store").write_text("litter")
    with replace_folder(tmp_path / "there") as new:
        (new / "new").write_text("new")
    assert names(tmp_path / "there") == ["new"]


def test_a_folder_behind_a_link_is_replaced_and_the_link_stays(tmp_path: Path):
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    with replace_folder(tmp_path / "link", MINE) as new:
        (new / "new").write_text("new")
    assert (tmp_path / "link").is_symlink()
    assert names(tmp_path / "there") == ["new"]


def test_a_link_inside_a_folder_saves_it(tmp_path: Path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "album").symlink_to(tmp_path)
    refused(tmp_path / "there", MINE, "'album'")


def test_nothing_is_written_below_a_file(tmp_path: Path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(WriteError, match="file' is a file, so nothing can be written below it"):
        write_text(tmp_path / "file" / "a.json", "new")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_file_of_another_kind_is_kept(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"\xff\xd8 a photograph")
    with pytest.raises(WriteError, match="a' is a file of another kind"):
        check_file(tmp_path / "a", (b"{", b"["))
    (tmp_path / "a").write_bytes(b"")
    assert check_file(tmp_path / "a", (b"{", b"[")) == tmp_path / "a"


def test_permissions_stay(tmp_path: Path):
    (tmp_path / "a").write_text("old")
    (tmp_path / "a").chmod(0o600)
    write_text(tmp_path / "a", "new")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_a_path_with_a_zero_byte_is_refused():
    with pytest.raises(WriteError, match="is no path"):
        write_text("a\0b", "new")
