"""Data sets of Hugging Face that hold their pictures: Parquet shards of the Hub, and folders of `save_to_disk`.

A picture is a struct of `bytes` and `path` there (https://huggingface.co/docs/datasets/about_dataset_features). What
has bytes is written once into the cache, as a collection of this project's own layout, and read from there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import Any

from vse.data.readers.base import Contents
from vse.data.readers.items_jsonl import ITEMS, read_items
from vse.data.readers.parquet import read_parquet
from vse.data.readers.parsing import Faults, read_json
from vse.data.readers.picture_files import caption_text, is_utf8, names_in, picture_name
from vse.data.splits import SPLIT_FOLDERS
from vse.errors import CollectionError
from vse.io.atomic import Kind, replace_folder, restore_folder
from vse.io.hashing import fingerprint_of
from vse.io.installed import from_extra
from vse.io.paths import cache_folder

SAVED, SAVED_SPLITS = "state.json", "dataset_dict.json"
NOTES = "notes.json"
UNPACKED = Kind("pictures of a data set", lambda folder: [NOTES, ITEMS, *_pictures_in(folder)])
# The names that shards have on the Hub: train-00000-of-00002.parquet, validation.parquet; train/0000.parquet.
_SHARD = re.compile(r"(?P<split>\w+?)(?:-\d+)?(?:-of-\d+)?(?:-[0-9a-f]{16})?\.parquet")
_NUMBERED = re.compile(r"\d+\.parquet")
_PICTURES = ("image", "img", "picture", "photo", "jpg", "jpeg", "png", "webp")
_CAPTIONS = (
    "caption",
    "captions",
    "text",
    "texts",
    "sentence",
    "sentences",
    "sentences_raw",
    "description",
    "alt_text",
)
_ENDINGS = ((b"\xff\xd8", ".jpg"), (b"\x89PNG", ".png"), (b"RIFF", ".webp"), (b"GIF8", ".gif"), (b"BM", ".bmp"))
_ROWS = 64  # of pictures that are held in memory at once


@dataclass(frozen=True)
class Shard:
    """A file of a data set and the split that its name or its folder says; "" where neither does."""

    path: Path
    split: str = ""


@dataclass(frozen=True)
class DatasetFolder:
    """The reader of folders that `save_to_disk` wrote, and of shards of the Hub.

    A folder that happens to hold a table without pictures, though it is named as a shard, is not taken.
    """

    name: str = "datasets"
    files: tuple[str, ...] = ()

    def owns(self, file: str) -> bool:
        return file.endswith(".parquet")

    def find(self, folder: Path) -> Path | None:
        if saved_in(folder):
            return folder
        shards = shards_in(folder)
        return folder if shards and _may_hold_pictures(shards[0].path) else None

    @property
    def read(self) -> Callable[[Path, Path | None], Contents]:
        return read_dataset


def read_dataset(source: Path, images: Path | None = None) -> Contents:
    """A picture's id is the name in its column's `path`, else its split and row; equal pictures of a split are one.

    Captions are the columns of usual names, texts or lists of texts, or caption_0, caption_1, ...

    Args:
        source: a folder, or one Parquet file; one whose pictures lie beside it is read as metadata.parquet is.

    Raises:
        CollectionError: when pyarrow is not installed, a file is damaged, or no column holds pictures.
    """
    if source.is_file():
        if not _may_hold_pictures(source):
            return read_parquet(source, images)
        shards: Sequence[Shard] = [Shard(source, _split_of(source.name))]
    else:
        shards = saved_in(source) or shards_in(source)
    arrow = _arrow(source)
    if missing := [shard.path for shard in shards if not shard.path.is_file()]:
        raise CollectionError(f"{source} lacks {missing[0].name}, which it names; get the data set again.")
    described = [(str(s.path.absolute()), s.split, s.path.stat().st_size, s.path.stat().st_mtime_ns) for s in shards]
    unpacked = cache_folder() / "datasets" / fingerprint_of([repr(described).encode()], digits=16)
    try:
        restore_folder(unpacked)
        if not (unpacked / NOTES).is_file():
            _unpack(arrow, source, shards, unpacked)
    except OSError as error:
        raise CollectionError(f"The pictures of {source} cannot be kept in {unpacked} ({error.strerror or error}): "
                              "make room there, or choose another folder with VSE_CACHE.") from error  # fmt: skip
    notes = tuple(str(note) for note in read_json(unpacked / NOTES))
    return replace(read_items(unpacked / ITEMS), source=source, notes=notes, home=unpacked)


def saved_in(folder: Path) -> list[Shard]:
    """The files of what `save_to_disk` wrote: of one data set, or of one a split."""
    if (folder / SAVED).is_file():
        state = read_json(folder / SAVED)
        try:
            split = state.get("_split") or ""
            return [Shard(folder / picture_name(each["filename"]), str(split)) for each in state["_data_files"]]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise CollectionError(f"{folder / SAVED} names no files of a data set ({error}); save it again.") from error
    if not (folder / SAVED_SPLITS).is_file():
        return []
    found = []
    for split in sorted(names_in(folder, lambda entry: entry.is_dir())):
        if (folder / split / SAVED).is_file():
            found += [replace(shard, split=split) for shard in saved_in(folder / split)]
    return found


def shards_in(folder: Path) -> list[Shard]:
    """Parquet files named as on the Hub: beside one another, in `data`, or in a folder a split."""
    for place in (folder, folder / "data"):
        if found := _shards(place):
            return found
    found = []
    for name in sorted(names_in(folder, lambda entry: entry.is_dir() and not entry.name.startswith("."))):
        if name.lower() in SPLIT_FOLDERS:
            numbered = names_in(folder / name, lambda entry: bool(_NUMBERED.fullmatch(entry.name)) and entry.is_file())
            found += [Shard(folder / name / each, name.lower()) for each in sorted(numbered)]
    return found


def _shards(folder: Path) -> list[Shard]:
    names = names_in(folder, lambda entry: bool(_split_of(entry.name)) and entry.is_file())
    return [Shard(folder / name, _split_of(name)) for name in sorted(names)]


def _may_hold_pictures(path: Path) -> bool:
    """Whether a column of a Parquet file holds pictures; also where the file cannot be read, which is told later."""
    try:
        arrow = _arrow(path)
        return any(is_picture(arrow, field.type) for field in arrow.parquet.read_schema(path))
    except Exception:  # no pyarrow, and what it makes of other bytes
        return True


def _split_of(name: str) -> str:
    """The split that a shard's name begins with, "" where it begins with none."""
    found = _SHARD.fullmatch(name)
    split = (found["split"] or "").lower() if found else ""
    return split if split in SPLIT_FOLDERS else ""


def _unpack(arrow: Any, source: Path, shards: Sequence[Shard], to: Path) -> None:
    """Write the pictures and their captions as a collection."""
    faults = Faults(source)
    lines: dict[tuple[str, bytes], dict[str, Any]] = {}
    ids: set[str] = set()
    row = 0
    with replace_folder(to, UNPACKED) as work:
        (work / "images").mkdir()
        for shard in shards:
            split = shard.split or "test"
            for picture, captions in _rows(arrow, shard.path):
                row += 1
                with faults.row(f"row {row}"):
                    data, name = _bytes(picture, source)
                    texts = [caption_text(each) for each in captions]
                    key = split, blake2b(data, digest_size=16).digest()
                    if key not in lines:
                        id = _id(name, f"{split}-{row:06}", ids)
                        file = f"images/{row:06}{_ending(data)}"
                        (work / file).write_bytes(data)
                        lines[key] = {"id": id, "image": file, "captions": [], "split": split}
                    lines[key]["captions"] += texts
        notes = faults.notes(lines)
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines.values())
        (work / ITEMS).write_text(text, encoding="utf-8", newline="\n")
        (work / NOTES).write_text(json.dumps(notes), encoding="utf-8")


def _rows(arrow: Any, path: Path) -> Iterator[tuple[Any, list[Any]]]:
    """(picture, captions) of each row of a file, a few in memory at a time.

    Raises:
        CollectionError: when it is damaged, or no column holds pictures.
    """
    try:
        if path.suffix == ".parquet":
            file = arrow.parquet.ParquetFile(path)
            schema, batches = file.schema_arrow, None
        else:
            stream = arrow.ipc.open_stream(arrow.memory_map(str(path)))
            schema, batches = stream.schema, stream
        picture, captions = columns_of(arrow, schema, path)
        if batches is None:
            batches = file.iter_batches(_ROWS, columns=[picture, *captions])
        for batch in batches:
            for start in range(0, len(batch), _ROWS):
                part = batch.slice(start, _ROWS)
                values = [part.column(part.schema.get_field_index(name)).to_pylist() for name in (picture, *captions)]
                for shown, *texts in zip(*values, strict=True):
                    yield shown, [text for each in texts for text in (each if isinstance(each, list) else [each])]
    except (arrow.ArrowException, OSError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise CollectionError(f"{path} is no whole file of a data set ({reason}); get the file again.") from error


def columns_of(arrow: Any, schema: Any, path: Path) -> tuple[str, list[str]]:
    """The column of pictures and those of captions.

    Raises:
        CollectionError: when none, or several of unusual names, hold pictures.
    """
    pictures = [field.name for field in schema if is_picture(arrow, field.type)]
    usual = [name for name in _PICTURES if name in pictures] or (pictures if len(pictures) == 1 else [])
    if not usual:
        found = ", ".join(schema.names)[:100]
        raise CollectionError(f"{path} has no column of pictures with their bytes, such as 'image'; found {found}.")
    captions = [name for name in _CAPTIONS if name in schema.names][:1]
    return usual[0], captions or [name for name in schema.names if re.fullmatch(r"(caption|text|sentence)_?\d+", name)]


def is_picture(arrow: Any, kind: Any) -> bool:
    """Whether a column's type is that of datasets' pictures."""
    return bool(arrow.types.is_struct(kind)) and {field.name for field in kind} == {"bytes", "path"}


def _bytes(picture: Any, source: Path) -> tuple[bytes, str]:
    """The file of a picture and its name.

    Raises:
        ValueError: for one without bytes whose path does not lead to a file below the data set's folder.
    """
    if not isinstance(picture, dict):
        raise ValueError("it has no picture")
    name = picture["path"] or ""
    if picture["bytes"]:
        return picture["bytes"], name
    folder = source if source.is_dir() else source.parent
    path = folder / picture_name(name, folder)
    if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        raise ValueError(f"the picture {name!r} is not there")
    return path.read_bytes(), name


def _id(name: str, other: str, taken: set[str]) -> str:
    """The picture's own name where no other has it."""
    own = PurePosixPath(name.replace("\\", "/")).name
    found = own if own and own not in taken and is_utf8(own) else other
    taken.add(found)
    return found


def _ending(data: bytes) -> str:
    return next((ending for begins, ending in _ENDINGS if data.startswith(begins)), ".img")


def _pictures_in(folder: Path) -> list[str]:
    return [f"images/{name}" for name in names_in(folder / "images", lambda entry: entry.is_file())]


def _arrow(source: Path) -> Any:
    with from_extra("export", "pyarrow", f"{source} needs pyarrow to be read", CollectionError):
        import pyarrow
        import pyarrow.ipc
        import pyarrow.parquet
    return pyarrow
