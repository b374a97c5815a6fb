"""Flickr8k and Flickr30k as their makers give them: a token file of captions, and lists of the pictures of a split.

Hodosh, Young and Hockenmaier, "Framing image description as a ranking task" (JAIR 2013). A line of the token file is
`name.jpg#0<TAB>caption`; the lists are Flickr_8k.trainImages.txt and so on, or train.txt, val.txt and test.txt.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path

from vse.data.readers.base import Contents
from vse.data.readers.parsing import Faults, numbered_lines, told
from vse.data.readers.picture_files import CaptionRows, names_in, picture_name, picture_root

# The folder in which Flickr8k's texts come.
TEXT_FOLDER = "Flickr8k_text"
# The split of pictures that no list names, as 91 of Flickr8k are.
UNLISTED = "unlisted"
# Flickr8k.token.txt has captions for 2258277193_586949ec62.jpg.1, which is the name of a second download.
_SECOND_DOWNLOAD = re.compile(r"(.+\.jpg)\.\d+", re.IGNORECASE)
_LIST = re.compile(r"(?:.*\.)?(train|dev|val|test)(?:Images)?\.txt", re.IGNORECASE)
_log = logging.getLogger(__name__)


def read_flickr_tokens(source: Path, images: Path | None = None) -> Contents:
    """A picture's id is its file name; without any lists every picture is of the split test.

    Pictures are looked for beside the token file, and beside the folder Flickr8k_text when it is in one. Captions
    of the name of a second download, `.jpg.1`, go to the picture itself; with no such picture they are left out.

    Raises:
        CollectionError: naming the line that does not fit.
    """
    splits = _splits(source.parent)
    faults = Faults(source)
    captions = _captions(source, faults)
    names = list(captions)
    folder = source.parent.parent if source.parent.name == TEXT_FOLDER else source.parent
    root = picture_root(folder, names, images)
    rows = CaptionRows(folder)
    for name, texts in captions.items():
        picture = _picture_of(name, root)
        if picture is None:
            _log.info("%s has no picture; its captions in %s are left out.", name, source)
            continue
        split = splits.get(picture, splits.get(picture.rpartition(".")[0], UNLISTED)) if splits else "test"
        rows.add(picture, texts, split)
    return rows.contents(source, root, faults.notes(captions))


def _captions(source: Path, faults: Faults) -> dict[str, list[str]]:
    """Name -> captions; a caption's number may come once."""
    captions: dict[str, list[str]] = {}
    seen: set[str] = set()
    for number, line in numbered_lines(source):
        with faults.row(number):
            key, tab, caption = line.partition("\t")
            name, hash_, count = key.strip().rpartition("#")
            if not tab or not hash_ or not count.isdecimal():
                raise ValueError("expected name.jpg#0, a tab and a caption")
            if not caption.strip():
                raise ValueError("the caption is empty; write one or remove the line")
            if key.strip() in seen:
                raise ValueError(f"{key.strip()} is there twice; remove one")
            seen.add(key.strip())
            captions.setdefault(picture_name(name, source.parent), []).append(caption)
    return captions


def _picture_of(name: str, root: Path) -> str | None:
    """The picture that a name of the token file means."""
    second = _SECOND_DOWNLOAD.fullmatch(name)
    if second is None or (root / name).is_file():
        return name
    return second[1] if (root / second[1]).is_file() else None


def _splits(folder: Path) -> dict[str, str]:
    """Picture -> split, from the lists beside the token file; a name may lack its `.jpg`."""
    splits: dict[str, str] = {}
    for file in sorted(names_in(folder, lambda entry: entry.is_file())):
        if (kind := _LIST.fullmatch(file)) is None:
            continue
        split = kind[1].lower()
        for number, line in numbered_lines(folder / file):
            with told(folder / file, number):
                name = picture_name(line)
                if splits.setdefault(name, split) != split:
                    raise ValueError(f"{name} is in the split {splits[name]!r} too; choose one")
    return splits
