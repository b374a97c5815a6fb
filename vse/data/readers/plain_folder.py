"""A folder of pictures and nothing else."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from vse.data.item import Item
from vse.data.readers.base import Contents
from vse.data.readers.picture_files import is_utf8
from vse.errors import CollectionError
from vse.modalities.image.decoding import IMAGE_SUFFIXES

# What NAS boxes and systems keep beside photographs: previews of them, and what was thrown away.
SYSTEM_FOLDERS = frozenset(
    {
        "@eadir",
        "@recycle",
        "@recently-snapshot",
        "@tmp",
        "#recycle",
        "#snapshot",
        "$recycle.bin",
        "recycler",
        "recycled",
    }
) | frozenset({"lost+found", ".thumbnails", "__macosx", "system volume information"})


@dataclass(frozen=True)
class Choice:
    """Shell patterns of names or paths in a folder; what `include` names comes in though it is left out by default."""

    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()

    def refuses(self, path: str) -> str:
        """Why a file or folder is left out, or ""."""
        name = path.rpartition("/")[2]
        if _fits(path, self.exclude):
            return "excluded"
        if _fits(path, self.include):
            return ""
        return "a system folder" if name.lower() in SYSTEM_FOLDERS else "hidden" if name.startswith(".") else ""


def _fits(path: str, patterns: tuple[str, ...]) -> bool:
    both = path, path.rpartition("/")[2]
    return any(fnmatchcase(each, pattern.rstrip("/")) for pattern in patterns for each in both)


@dataclass(frozen=True)
class Pictures:
    """The paths of a folder's pictures, sorted; `unread` says why of what cannot be read, by path; `passed_over` names
    system folders."""

    ids: tuple[str, ...]
    unread: dict[str, str]
    passed_over: tuple[str, ...]


def list_pictures(folder: Path, choice: Choice = Choice()) -> Pictures:
    """Every picture below a folder, told by the name's ending; its path in the folder is its id.

    Hidden files and folders and those of the system are passed over, and so is a link to a folder, or out of this one.

    Raises:
        CollectionError: when the folder itself cannot be looked into.
    """
    ids: list[str] = []
    unread: dict[str, str] = {}
    passed_over: list[str] = []
    home = os.path.join(os.path.realpath(folder), "")

    def refuse(error: OSError) -> None:
        if os.path.samefile(error.filename, folder):
            raise CollectionError(f"{folder} cannot be looked into ({error.strerror}); check its permissions.")
        unread[shown(Path(error.filename).relative_to(folder).as_posix())] = (
            f"it cannot be looked into ({error.strerror}): check its permissions."
        )

    for place, subfolders, files in os.walk(folder, onerror=refuse):
        prefix = "" if place == str(folder) else f"{Path(place).relative_to(folder).as_posix()}/"
        kept = []
        for name in subfolders:
            why = choice.refuses(prefix + name)
            if not why:
                kept.append(name)
            elif why == "a system folder":
                passed_over.append(prefix + name)
        subfolders[:] = kept
        for name in files:
            path = os.path.join(place, name)
            if not _is_picture(name) or choice.refuses(prefix + name) or not os.path.isfile(path):
                continue
            if os.path.islink(path) and not os.path.realpath(path).startswith(home):
                unread[shown(prefix + name)] = "it is a link out of the folder: copy the picture itself."
            elif not is_utf8(prefix + name):
                unread[shown(prefix + name)] = "its name is not UTF-8: rename it."
            else:
                ids.append(prefix + name)
    return Pictures(tuple(sorted(ids)), unread, tuple(map(shown, passed_over)))


def shown(name: str) -> str:
    """A name in letters that can be written, whatever its bytes are."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def read_plain(folder: Path) -> Contents:
    """The pictures that `list_pictures` gives, with notes about those that it leaves out.

    Raises:
        CollectionError: when there is no picture, or the folder cannot be looked into.
    """
    found = list_pictures(folder)
    if not found.ids:
        left_out = "".join(f" {path}: {reason}" for path, reason in list(found.unread.items())[:1])
        raise CollectionError(f"{folder} holds no pictures; expected files such as .jpg, .png or .webp.{left_out}")
    notes = [f"{folder / path} is left out: {reason}" for path, reason in list(found.unread.items())[:3]]
    if len(found.unread) > 3:
        notes.append(f"{len(found.unread) - 3:,} more of {folder} are left out.")
    if found.passed_over:
        notes.append(f"Folders of the system in {folder} are left out, such as {found.passed_over[0]}.")
    return Contents(folder, tuple(Item.picture(name, folder / name) for name in found.ids), notes=tuple(notes))


def _is_picture(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES
