"""Data sets that hold their pictures, written here as Hugging Face's `datasets` writes them."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.conftest import COLOURS, write_pictures
from vse.data import load_collection
from vse.data.readers.datasets_folder import DatasetFolder
from vse.errors import CollectionError
from vse.io.paths import cache_folder

pyarrow = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
PICTURE = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])


def png(colour: str) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (4, 4), COLOURS[colour]).save(data, "PNG")
    return data.getvalue()


def table(colours: Sequence[str], named: bool = True, **columns: Sequence[Any]) -> Any:
    rows = [{"bytes": png(colour), "path": f"{colour}.png" if named else None} for colour in colours]
    return pyarrow.table({"image": pyarrow.array(rows, PICTURE), **columns})


def save(folder: Path, rows: Any, split: str | None = None) -> None:
    """As `save_to_disk`: a stream of record batches, and a state that names it."""
    folder.mkdir(parents=True)
    file = "data-00000-of-00001.arrow"
    with pyarrow.ipc.new_stream(str(folder / file), rows.schema) as stream:
        stream.write_table(rows)
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": file}], "_split": split}))
    (folder / "dataset_info.json").write_text("{}")


def found(path: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {item.id: (item.split, item.captions) for item in load_collection(path).items}


def test_shards_of_the_hub_are_read_with_their_pictures(tmp_path: Path):
    folder = tmp_path / "set"
    (folder / "data").mkdir(parents=True)
    pq.write_table(table(["red"], caption=["a red square"]), folder / "data/train-00000-of-00002.parquet")
    pq.write_table(table(["green"], caption=["green"]), folder / "data/train-00001-of-00002.parquet")
    pq.write_table(table(["blue"], caption=["blue"]), folder / "data/test-00000-of-00001-0123456789abcdef.parquet")
    assert found(folder) == {
        "blue.png": ("test", ("blue",)),
        "red.png": ("train", ("a red square",)),
        "green.png": ("train", ("green",)),
    }
    collection = load_collection(folder, "train")
    assert (collection.name, len(collection)) == ("set", 2)
    assert collection.items[0].image_path.read_bytes() == png("red")
    assert collection.items[0].image_path.is_relative_to(cache_folder())
    assert sorted(path.name for path in folder.iterdir()) == ["data"]


def test_a_row_a_caption_and_several_columns_of_captions_come_together(tmp_path: Path):
    rows = table(["red", "red", "green"], False, caption=["one", "two", "three"])
    pq.write_table(rows, tmp_path / "test.parquet")
    assert found(tmp_path) == {"test-000001": ("test", ("one", "two")), "test-000003": ("test", ("three",))}
    numbered = table(["red"], caption_0=["a"], caption_1=["b"])
    pq.write_table(numbered, tmp_path / "test.parquet")
    assert found(tmp_path) == {"red.png": ("test", ("a", "b"))}
    lists = table(["red", "blue"], caption=[["a", "b"], ["c"]])
    pq.write_table(lists, tmp_path / "test.parquet")
    assert found(tmp_path / "test.parquet") == {"red.png": ("test", ("a", "b")), "blue.png": ("test", ("c",))}


def test_what_save_to_disk_wrote_is_read(tmp_path: Path):
    save(tmp_path / "one", table(["red"], text=["red"]), "validation")
    assert found(tmp_path / "one") == {"red.png": ("validation", ("red",))}
    save(tmp_path / "both/train", table(["red"], text=["red"]))
    save(tmp_path / "both/test", table(["red", "green"], text=["red again", "green"]))
    (tmp_path / "both/dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    assert found(tmp_path / "both") == {
        "red.png": ("test", ("red again",)),
        "green.png": ("test", ("green",)),
        "train-000003": ("train", ("red",)),  # its name was taken
    }


def test_a_row_without_a_picture_costs_only_itself(tmp_path: Path):
    rows = pyarrow.table(
        {
            "image": pyarrow.array(
                [{"bytes": png("red"), "path": None}, None, {"bytes": None, "path": "../x.png"}], PICTURE
            ),
            "text": ["red", "none", "outside"],
        }
    )
    pq.write_table(rows, tmp_path / "train.parquet")
    collection = load_collection(tmp_path)
    assert [item.captions for item in collection.items] == [("red",)]
    assert "2 rows of" in collection.notes[0]
    assert "row 2: it has no picture" in collection.notes[0]


def test_pictures_beside_the_data_set_are_found_by_their_paths(tmp_path: Path):
    write_pictures(tmp_path / "images", ["red"])
    rows = pyarrow.array([{"bytes": None, "path": "images/red.png"}], PICTURE)
    save(tmp_path / "set", pyarrow.table({"image": rows, "text": ["red"]}))
    assert "'images/red.png' is not there" in _told(tmp_path / "set")
    write_pictures(tmp_path / "set/images", ["red"])
    assert found(tmp_path / "set") == {"red.png": ("test", ("red",))}


def test_the_files_are_unpacked_once_and_again_when_they_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "set/test.parquet"
    path.parent.mkdir()
    pq.write_table(table(["red"], text=["red"]), path)
    first = load_collection(path.parent).items[0].image_path
    assert load_collection(path.parent).items[0].image_path == first
    pq.write_table(table(["red", "green"], text=["red", "green"]), path)
    assert len(load_collection(path.parent)) == 2
    monkeypatch.setenv("VSE_CACHE", str(path / "no folder"))
    assert "cannot be kept in" in _told(path.parent)


def test_a_table_without_pictures_leaves_a_folder_of_photographs_as_it_is(tmp_path: Path):
    write_pictures(tmp_path, ["red"])
    pq.write_table(pyarrow.table({"x": [1]}), tmp_path / "train.parquet")
    assert DatasetFolder().find(tmp_path) is None
    assert list(found(tmp_path)) == ["red.png"]
    with pytest.raises(CollectionError, match="the column 'file_name' is missing"):
        load_collection(tmp_path / "train.parquet")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("test.parquet", b"PAR1", "is no whole file of a data set"),
        ("state.json", b"[]", "names no files of a data set"),
        ("state.json", b'{"_data_files": [{"filename": "../x.arrow"}]}', "names no files of a data set"),
        ("state.json", b'{"_data_files": [{"filename": "x.arrow"}]}', "x.arrow"),
    ],
)
def test_what_is_damaged_is_told(name: str, content: bytes, told: str, tmp_path: Path):
    (tmp_path / name).write_bytes(content)
    assert told in _told(tmp_path)


def test_a_set_with_two_unusual_columns_of_pictures_says_so(tmp_path: Path):
    rows = table(["red"])
    rows = pyarrow.table({"a": rows["image"], "b": rows["image"]})
    pq.write_table(rows, tmp_path / "test.parquet")
    assert "no column of pictures with their bytes, such as 'image'; found a, b" in _told(tmp_path)


def _told(path: Path) -> str:
    with pytest.raises(CollectionError, match=r"\w") as error:
        load_collection(path)
    return str(error.value)
