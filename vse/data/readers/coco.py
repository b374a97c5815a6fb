"""COCO's own annotation files: annotations/captions_val2017.json beside the folder val2017.

https://cocodataset.org/#format-data
"""

from __future__ import annotations

import re
from pathlib import Path

from vse.data.readers.base import Contents
from vse.data.readers.parsing import Faults, read_json
from vse.data.readers.picture_files import CaptionRows, picture_name, picture_root
from vse.errors import CollectionError

ANNOTATIONS = "annotations"


def read_coco(source: Path, images: Path | None = None) -> Contents:
    """A picture's id is its `file_name`; its split is in the file's name, else test.

    Pictures are looked for in the folder that the file is named after, such as val2017, and where others have theirs.

    Raises:
        CollectionError: when there are no lists `images` and `annotations`, or none of their entries fits.
    """
    data = read_json(source)
    pictures, captions = (data.get(key) if isinstance(data, dict) else None for key in ("images", "annotations"))
    if not isinstance(pictures, list) or not isinstance(captions, list):
        raise CollectionError(f"{source} has no lists 'images' and 'annotations'; expected COCO's, or rename it.")
    written = source.stem.removeprefix("captions_")
    split = re.sub(r"\d+$", "", written) or "test"
    rows, faults = CaptionRows(), Faults(source)
    names: dict[object, str] = {}
    for number, entry in enumerate(pictures):
        with faults.row(f"images[{number}]"):
            if not isinstance(entry, dict) or not isinstance(entry.get("id"), int | str):
                raise ValueError("expected an object with 'id' and 'file_name'")
            names[entry["id"]] = picture_name(entry.get("file_name"))
            rows.add(names[entry["id"]], [], split)
    for number, entry in enumerate(captions):
        with faults.row(f"annotations[{number}]"):
            key = entry.get("image_id") if isinstance(entry, dict) else None
            if not isinstance(key, int | str) or key not in names:
                raise ValueError(f"there is no picture with the id {key!r}")
            rows.add(names[key], [entry.get("caption")], split)
    folder = source.parent.parent if source.parent.name == ANNOTATIONS else source.parent
    own = folder / written
    root = own if images is None and own.is_dir() else picture_root(folder, list(rows.captions), images)
    return rows.contents(source, root, faults.notes(rows.captions))
