"""A folder of pictures and nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

from vse.data.item import Item
from vse.data.readers.base import Contents
from vse.data.readers.picture_files import is_utf8
from vse.errors import CollectionError
from vse.modalities.image.decoding import IMAGE_SUFFIXES


def read_plain(folder: Path) -> Contents:
    """Every picture below a folder, told by the name's ending and sorted; its path in the folder is its id.

    Hidden files and folders are passed over, and so is a linked folder: it may lead outside, or in a circle.

    Raises:
        CollectionError: when there is no picture, a folder cannot be looked into, or a name is not UTF-8.
    """
    ids: list[str] = []
    for place, subfolders, files in os.walk(folder, onerror=_refuse):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        prefix = "" if place == str(folder) else f"{Path(place).relative_to(folder).as_posix()}/"
        ids += [prefix + name for name in files if _is_picture(name) and os.path.isfile(os.path.join(place, name))]
    if not ids:
        raise CollectionError(f"{folder} holds no pictures; expected files such as .jpg, .png or .webp.")
    if wrong := [name for name in ids if not is_utf8(name)]:
        raise CollectionError(f"{folder}: the name {wrong[0]!r} is not UTF-8; rename the file.")
    return Contents(folder, tuple(Item.picture(name, folder / name) for name in sorted(ids)))


def _is_picture(name: str) -> bool:
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES


def _refuse(error: OSError) -> NoReturn:
    raise CollectionError(f"{error.filename} cannot be looked into ({error.strerror}); check its permissions.")
