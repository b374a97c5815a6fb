"""The pictures that caption files name: names that stay in the folder, where they lie, and whether they are there."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath

from vse.data.item import Item
from vse.data.readers.base import Contents
from vse.errors import CollectionError

USUAL_FOLDERS = ("images", "Images")


def is_utf8(text: str) -> bool:
    """Whether a text can be written as UTF-8: neither JSON nor a file's name need hold whole characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def picture_name(name: object, folder: Path | None = None) -> str:
    """A picture's path as a caption file gives it, with forward slashes and without needless dots.

    An absolute path that lies in `folder` is taken from there on.

    Raises:
        ValueError: for an absolute path, one with `..`, and what is no path at all.
    """
    if not isinstance(name, str):
        raise ValueError(f"the picture's name is {name!r}, expected text")
    stripped = name.strip().replace("\\", "/")
    is_whole = stripped.startswith("/") or bool(PureWindowsPath(stripped).drive)
    for home in (folder.absolute(), folder.resolve()) if is_whole and folder is not None else ():
        if PurePosixPath(stripped).is_relative_to(home.as_posix()):
            stripped = PurePosixPath(stripped).relative_to(home.as_posix()).as_posix()
    path, windows = PurePosixPath(stripped), PureWindowsPath(stripped)
    if path.is_absolute() or windows.anchor or ".." in (*path.parts, *windows.parts):
        raise ValueError(f"the picture {name!r} lies outside the folder; give a path inside it")
    if not path.name or "\0" in stripped or not is_utf8(stripped):
        raise ValueError(f"{name!r} is no picture's name")
    return str(path)


def caption_text(caption: object) -> str:
    """A caption on one line, without blanks around it.

    Raises:
        ValueError: for an empty one, and for what is no text.
    """
    if not isinstance(caption, str):
        raise ValueError(f"the caption is {str(caption)[:40]!r}, expected text")
    text = " ".join(caption.split())
    if not text:
        raise ValueError("the caption is empty; write one or remove it")
    if not is_utf8(text):
        raise ValueError(f"the caption {text!r} holds half a character; write it anew")
    return text


@dataclass
class CaptionRows:
    """Captions that come row by row, many rows a picture; pictures keep the order in which they first came."""

    folder: Path | None = None  # what absolute paths may lie in
    captions: dict[str, list[str]] = field(default_factory=dict)
    splits: dict[str, str] = field(default_factory=dict)

    def add(self, name: object, captions: Iterable[object], split: str = "test") -> None:
        """
        Raises:
            ValueError: for a name or a caption that does not do, or a picture that is in another split already.
        """
        key = name if isinstance(name, str) and name in self.captions else picture_name(name, self.folder)
        texts = [caption_text(caption) for caption in captions]
        self.captions.setdefault(key, []).extend(texts if self.splits.setdefault(key, split) == split else ())
        if self.splits[key] != split:
            raise ValueError(f"{key} is in the split {self.splits[key]!r} above and in {split!r} here; choose one")

    def contents(self, source: Path, root: Path, notes: tuple[str, ...] = ()) -> Contents:
        """What came, its pictures in a folder."""
        paths = on_disk([str(root / name) for name in self.captions])
        items = (
            Item.picture(name, Path(path), tuple(texts), self.splits[name])
            for path, (name, texts) in zip(paths, self.captions.items(), strict=True)
        )
        return Contents(source, tuple(items), notes=notes)


def is_inside(folder: Path, files: Iterable[Path]) -> dict[Path, bool]:
    """Whether each file lies in a folder once all links are followed; the folder itself may be one."""
    home = os.path.join(os.path.realpath(folder), "")
    places: dict[str, str] = {}
    inside = {}
    for file in files:
        place, name = os.path.split(file)
        if place not in places:
            places[place] = os.path.join(os.path.realpath(place), "")
        path = os.path.join(places[place], name)
        inside[file] = (os.path.realpath(path) if os.path.islink(path) else path).startswith(home)
    return inside


def names_in(folder: Path, is_wanted: Callable[[os.DirEntry[str]], bool]) -> set[str]:
    """The names of the entries of a folder that are wanted; none where there is no such folder.

    An entry that cannot be looked at, as a link in a circle, is not wanted.

    Raises:
        CollectionError: when the folder cannot be looked into.
    """
    try:
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries if _wanted(entry, is_wanted)}
    except (FileNotFoundError, NotADirectoryError):
        return set()
    except OSError as error:
        raise CollectionError(f"{folder} cannot be looked into ({error.strerror}); check its permissions.") from error


def _wanted(entry: os.DirEntry[str], is_wanted: Callable[[os.DirEntry[str]], bool]) -> bool:
    try:
        return is_wanted(entry)
    except OSError:
        return False


def on_disk(paths: Sequence[str]) -> list[str]:
    """The paths as the disk spells their last part, which may be composed otherwise (Unicode NFC, NFD)."""
    present: dict[str, dict[str, str]] = {}
    found = []
    for folder, name in map(os.path.split, paths):
        if folder not in present:
            names = names_in(Path(folder), lambda entry: entry.is_file())
            present[folder] = {_nfc(each): each for each in names} | {n: n for n in names}
        found.append(os.path.join(folder, present[folder].get(name) or present[folder].get(_nfc(name), name)))
    return found


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def absent(paths: Sequence[str]) -> list[str]:
    """The paths that are no files, however their last part is composed, in order; each folder is listed once."""
    parts = [os.path.split(path) for path in paths]
    present = {
        folder: {_nfc(name) for name in names_in(Path(folder), lambda entry: entry.is_file())}
        for folder in dict.fromkeys(f for f, _ in parts)
    }
    return [path for path, (folder, name) in zip(paths, parts, strict=True) if _nfc(name) not in present[folder]]


def picture_root(folder: Path, names: Sequence[str], given: Path | None) -> Path:
    """The folder that the names of pictures start from: the one given, else where most of them are.

    Looked at are the folder itself, `images`, `Images`, and then its other subfolders by name.

    Raises:
        CollectionError: when the one given is no folder.
    """
    if given is not None:
        if not given.is_dir():
            raise CollectionError(f"The folder of pictures {given} is not there; give the path of a folder.")
        return given
    others = names_in(folder, lambda entry: entry.is_dir() and not entry.name.startswith("."))
    roots = [folder, *(folder / name for name in (*USUAL_FOLDERS, *sorted(others)) if name in others)]
    best, fewest = folder, len(names)
    for root in roots:
        if fewest and (lacking := len(absent([f"{root}/{name}" for name in names]))) < fewest:
            best, fewest = root, lacking
    return best


def check_present(folder: Path, source: Path, items: Sequence[Item]) -> None:
    """
    Raises:
        CollectionError: counting the pictures that are not there, and naming the first.
    """
    if missing := absent([str(path) for item in items for path in item.files]):
        shown = ", ".join(os.path.relpath(path, folder) for path in missing[:3])
        more = f" and {len(missing) - 3:,} more" if len(missing) > 3 else ""
        raise CollectionError(
            f"{folder} lacks {len(missing):,} of the {len(items):,} pictures named in {source.name}: {shown}{more}; "
            f"put them there, or take them out of {source.name}."
        )
