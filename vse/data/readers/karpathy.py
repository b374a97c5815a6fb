"""Karpathy's splits of Flickr8k, Flickr30k and COCO: one dataset_*.json for pictures, captions and splits.

Karpathy and Fei-Fei, "Deep visual-semantic alignments for generating image descriptions" (CVPR 2015);
https://cs.stanford.edu/people/karpathy/deepimagesent/
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vse.data.item import Item
from vse.data.readers.base import Contents
from vse.data.readers.parsing import Faults, read_json
from vse.data.readers.picture_files import absent, caption_text, picture_name, picture_root
from vse.errors import CollectionError


def read_karpathy(source: Path, images: Path | None = None) -> Contents:
    """A picture's id is its `filename`, which is the same however the pictures are put into folders.

    COCO's `filepath` (train2014, val2014) is a subfolder, or none where all pictures lie in one. Its split `restval`
    is kept as it is.

    Raises:
        CollectionError: naming the picture that does not fit.
    """
    data = read_json(source)
    entries = data.get("images") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        raise CollectionError(f"{source} has no list 'images'; expected one of Karpathy's files, or rename it.")
    items: dict[str, Item] = {}
    faults = Faults(source)
    for number, entry in enumerate(entries):
        with faults.row(f"images[{number}]"):
            item = _item(entry)
            if item.id in items:
                raise ValueError(f"there are two pictures with the filename {item.id!r}; remove one")
            items[item.id] = item
    return Contents(source, _placed(source.parent, tuple(items.values()), images), notes=faults.notes(items))


def _item(entry: Any) -> Item:
    """A picture whose path is not yet known from where."""
    if not isinstance(entry, dict):
        raise ValueError(f"expected a JSON object, found {type(entry).__name__}")
    for key in ("filename", "split", "sentences"):
        if key not in entry:
            raise ValueError(f"{key!r} is missing")
    split, sentences = entry["split"], entry["sentences"]
    if not isinstance(split, str) or not split.strip():
        raise ValueError(f"the split is {split!r}, expected a name such as 'train'")
    if not isinstance(sentences, list) or not all(
        isinstance(each, dict) and ("raw" in each or _are_words(each.get("tokens"))) for each in sentences
    ):
        raise ValueError("'sentences' must be a list of objects with 'raw' or 'tokens'")
    name = picture_name(entry["filename"])
    path = f"{picture_name(entry['filepath'])}/{name}" if entry.get("filepath") else name
    captions = tuple(caption_text(each["raw"] if "raw" in each else " ".join(each["tokens"])) for each in sentences)
    return Item.picture(name, Path(path), captions, split.strip())


def _are_words(tokens: Any) -> bool:
    return isinstance(tokens, list) and all(isinstance(token, str) for token in tokens)


def _placed(folder: Path, items: tuple[Item, ...], images: Path | None) -> tuple[Item, ...]:
    """With paths in the folder of pictures; through `filepath`, or without it where more pictures are there."""
    deep, flat = [item.image_path.as_posix() for item in items], [item.id for item in items]
    paths = [picture_root(folder, deep, images) / name for name in deep]
    if deep != flat and (lacking := len(absent([str(path) for path in paths]))):
        root = picture_root(folder, flat, images)
        if len(absent([f"{root}/{name}" for name in flat])) < lacking:
            paths = [root / name for name in flat]
    return tuple(
        Item.picture(item.id, path, item.captions, item.split) for item, path in zip(items, paths, strict=True)
    )
