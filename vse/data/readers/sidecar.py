"""Captions beside the pictures: a.txt holds what a.jpg shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from vse.data.readers.base import Contents
from vse.data.readers.parsing import Faults, read_text
from vse.data.readers.picture_files import caption_text, is_inside
from vse.data.readers.plain_folder import read_plain
from vse.errors import CollectionError


@dataclass(frozen=True)
class Sidecars:
    """A folder of pictures most of which have a text file of their name; a line of it is a caption."""

    name: str = "sidecar texts"
    files: tuple[str, ...] = ()

    def owns(self, file: str) -> bool:
        return False

    def find(self, folder: Path) -> Path | None:
        try:
            items = read_plain(folder).items
        except CollectionError:  # which reading it as a plain folder tells
            return None
        with_text = sum(item.image_path.with_suffix(".txt").is_file() for item in items)
        return folder if 2 * with_text > len(items) else None

    def read(self, source: Path, images: Path | None = None) -> Contents:
        contents, faults = read_plain(source if images is None else images), Faults(source)
        items, home = [], source if images is None else images
        for item in contents.items:
            captions: tuple[str, ...] = ()
            text = item.image_path.with_suffix(".txt")
            if text.is_file() and is_inside(home, [text])[text]:
                with faults.row(text.name):
                    try:
                        captions = tuple(map(caption_text, filter(str.strip, read_text(text).splitlines())))
                    except CollectionError as error:
                        raise ValueError(str(error).rstrip(".")) from error
            items.append(type(item).picture(item.id, item.image_path, captions, item.split))
        return replace(contents, items=tuple(items), notes=(*contents.notes, *faults.notes(items)))
