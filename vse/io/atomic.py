"""Writing files and folders so that a reader, or a kill half-way, never meets a half-written one."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_STALE_SECONDS = 24 * 3600


def write_text(path: str | Path, text: str) -> None:
    """Write `text` as UTF-8, with newlines as they are, replacing a file whole; see `write_bytes`."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write a file beside `path`, flush it to disk and rename it to `path`; parent folders are made.

    The old file stays whole until the new one is. Raises OSError when the disk refuses, and leaves nothing behind.
    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = _sibling(target)
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


@contextmanager
def replace_folder(path: str | Path) -> Iterator[Path]:
    """Yield an empty folder beside `path`; when the block ends well it takes the place of `path`, whole.

    The block's files are flushed to disk first. When it raises, the new folder is removed and `path` is as it was.
    A folder cannot be swapped in one step everywhere, so `path` is renamed to `.<name>.old` for a moment: after a
    kill in that moment `restore_folder`, which readers call first, puts it back.
    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    restore_folder(target)
    _remove_stale(target)
    temporary = _sibling(target)
    temporary.mkdir()
    try:
        yield temporary
        _sync_tree(temporary)
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
    for left in target.parent.iterdir():
        if left.name.startswith(f".{target.name}.") and left.name.endswith(".new"):
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
