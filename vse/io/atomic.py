"""The one place that writes for people: whole or not at all, and never over what is not of the same kind.

A file takes the place of a regular file or of nothing; a folder that of nothing, of an empty folder, or of a folder in
which everything was written by the same kind of writer (see `Kind`). A link is followed: what it points to is judged
and replaced, and the link stays. There is no way around: what stands there is removed by its owner or not at all.
A reader, or a kill half-way, never meets a half-written file or folder.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from vse.errors import VSEError, WriteError

_STALE_SECONDS = 24 * 3600
_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})  # what file managers leave anywhere
_STANDING = {
    stat.S_ISREG: "a file",
    stat.S_ISDIR: "a folder",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
    stat.S_ISFIFO: "a pipe",
    stat.S_ISSOCK: "a socket",
}


@dataclass(frozen=True)
class Kind:
    """A kind of folder that this project writes.

    name: what people read: "a model".
    written: a folder -> the files that this kind wrote in it, as paths below it with forward slashes; empty for a
        folder of another kind. What it raises over a damaged file counts as another kind.
    """

    name: str
    written: Callable[[Path], Collection[str]]


def write_text(path: str | Path, text: str) -> None:
    """Write `text` as UTF-8, with newlines as they are, replacing a file whole; see `write_bytes`."""
    write_bytes(path, text.encode("utf-8"))


def check_file(path: str | Path, begins: tuple[bytes, ...] = ()) -> Path:
    """Where a file can be written: `path` itself, its links followed. Nothing is written.

    Args:
        begins: what a file of this kind begins with; a file that stands there must be empty or begin with one of them.

    Raises:
        WriteError: when anything but a regular file stands there, one of another kind, or one that is protected.
    """
    target = _reachable(path)
    what = _standing(target)
    if what not in ("", "a file"):
        raise WriteError(f"'{path}' is {what}: give the path of a file.")
    if what and not os.access(target, os.W_OK):
        raise WriteError(f"'{path}' may not be written to: give the path of another file.")
    if what and begins:
        with target.open("rb") as file:
            start = file.read(max(map(len, begins)))
        if start and not start.startswith(begins):
            raise WriteError(f"'{path}' is a file of another kind: give another path, or remove it yourself.")
    return target


def check_folder(path: str | Path, kind: Kind | None = None) -> Path:
    """Where a folder can be written: `path` itself, its links followed. Nothing is written.

    Args:
        kind: what may be replaced there; without it only nothing or an empty folder.

    Raises:
        WriteError: when anything else stands there; the message names some of it.
    """
    target = _reachable(path)
    what = _standing(target)
    if what not in ("", "a folder"):
        raise WriteError(f"'{path}' is {what}: give the path of a new or empty folder.")
    if what and (foreign := _foreign(target, kind)):
        named = ", ".join(f"'{name}'" for name in foreign[:3]) + (", ..." if len(foreign) > 3 else "")
        of = f" that are no part of {kind.name}" if kind else ""
        raise WriteError(f"'{path}' holds files{of} ({named}): give the path of a new or empty folder.")
    return target


def _reachable(path: str | Path) -> Path:
    """The path without links, below a folder."""
    try:
        target = Path(os.path.realpath(path))
        above = next(each for each in target.parents if os.path.lexists(each))
    except ValueError as error:
        raise WriteError(f"{str(path)!r} is no path ({error}): give another one.") from error
    if not above.is_dir():
        raise WriteError(f"'{above}' is a file, so nothing can be written below it: give another path.")
    return target


def _standing(target: Path) -> str:
    """What stands there, in words; empty where nothing does."""
    try:
        mode = os.lstat(target).st_mode
    except FileNotFoundError:
        return ""
    return next((what for is_one, what in _STANDING.items() if is_one(mode)), "a link that leads nowhere")


def _foreign(folder: Path, kind: Kind | None) -> list[str]:
    """The files in a folder that the kind did not write, sorted."""
    found = sorted(_files(folder))
    if not found or kind is None:
        return found
    try:
        written = kind.written(folder)
    except (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError, VSEError):
        return found
    return [name for name in found if name not in written]


def _files(folder: Path) -> Iterator[str]:
    """What lies in a folder and below it, but for the folders themselves and what file managers leave."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from (f"{entry.name}/{name}" for name in _files(Path(entry.path)))
            elif entry.name not in _LITTER:
                yield entry.name


def write_bytes(path: str | Path, data: bytes, begins: tuple[bytes, ...] = ()) -> None:
    """Write a file beside `path`, flush it to disk and rename it to `path`; parent folders are made.

    The old file stays whole until the new one is, which takes over its permissions. Raises OSError when the disk
    refuses and WriteError as `check_file`, and leaves nothing behind.
    """
    target = check_file(path, begins)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = _sibling(target)
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


@contextmanager
def replace_folder(path: str | Path, kind: Kind | None = None) -> Iterator[Path]:
    """Yield an empty folder beside `path`; when the block ends well it takes the place of `path`, whole.

    The block's files are flushed to disk first. When it raises, the new folder is removed and `path` is as it was.
    Raises WriteError as `check_folder`, before the block and, as that may take long, again after it.
    A folder cannot be swapped in one step everywhere, so `path` is renamed to `.<name>.old` for a moment: after a
    kill in that moment `restore_folder`, which readers call first, puts it back.
    """
    target = _reachable(path)
    restore_folder(target)
    check_folder(path, kind)
    check_folder(_old(target), kind)
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_stale(target)
    temporary = _sibling(target)
    temporary.mkdir()
    try:
        yield temporary
        _sync_tree(temporary)
        check_folder(path, kind)
        _swap(temporary, target)
    except BaseException:
        restore_folder(target)
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    _sync_folder(target.parent)


def restore_folder(path: str | Path) -> None:
    """Put the old folder back if a kill came between the two renames of `replace_folder`; else do nothing."""
    target = Path(os.path.realpath(path))
    if not target.exists():
        with suppress(FileNotFoundError):
            os.rename(_old(target), target)


def _swap(new: Path, target: Path) -> None:
    old = _old(target)
    for attempt in range(5):
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
            os.rename(target, old)
        try:
            os.rename(new, target)
            break
        except OSError:
            # A reader may have put the old folder back in between; anything else is a true failure.
            restore_folder(target)
            if attempt == 4:
                raise
    shutil.rmtree(old, ignore_errors=True)


def _old(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def _sibling(target: Path) -> Path:
    # On the same disk, so that a rename suffices; hidden, so that a listing skips it.
    return target.with_name(f".{target.name}.{uuid.uuid4().hex[:12]}.new")


def _remove_stale(target: Path) -> None:
    """Remove what killed writers left beside `target`, when it is old enough to belong to nobody."""
    of_writers = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{12}}\.new")
    for left in target.parent.iterdir():
        if of_writers.fullmatch(left.name):
            with suppress(OSError):
                if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                    shutil.rmtree(left)


def _sync_tree(folder: Path) -> None:
    for root, _, names in os.walk(folder):
        for name in names:
            with (Path(root) / name).open("rb+") as file:
                os.fsync(file.fileno())
        _sync_folder(Path(root))


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
