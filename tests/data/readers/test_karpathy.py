from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import complaint, write_pictures
from vse.data import load_collection
from vse.data.item import Item
from vse.errors import CollectionError

ENTRIES: list[dict[str, Any]] = [
    {"filename": "red.png", "imgid": 0, "split": "train", "sentences": [{"raw": " red \n"}, {"raw": "a red square"}]},
    {"filename": "green.png", "imgid": 1, "split": "val", "sentences": [{"raw": "green", "tokens": ["green"]}]},
    {"filename": "blue.png", "imgid": 2, "split": "restval", "sentences": []},
]


def write(folder: Path, data: object = None, name: str = "dataset_colours.json") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    text = data if isinstance(data, str) else json.dumps({"images": ENTRIES, "dataset": "c"} if data is None else data)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("where", [".", "images", "Images", "flickr30k-images"])
def test_pictures_captions_and_splits_come_back(where: str, tmp_path: Path):
    write_pictures(tmp_path / where)
    root = tmp_path / where
    collection = load_collection(write(tmp_path))
    assert collection.items == (
        Item.picture("red.png", root / "red.png", ("red", "a red square"), "train"),
        Item.picture("green.png", root / "green.png", ("green",), "val"),
        Item.picture("blue.png", root / "blue.png", (), "restval"),
    )
    assert load_collection(tmp_path, "dev").items == collection.items[1:2]
    assert load_collection(tmp_path, "restval").items == collection.items[2:]


@pytest.mark.parametrize("root", [".", "images"])
def test_filepath_is_a_subfolder_or_passed_over(root: str, tmp_path: Path):
    entries = [entry | {"filepath": f"{entry['split']}2014"} for entry in ENTRIES]
    deep, flat = write(tmp_path / "deep", {"images": entries}), write(tmp_path / "flat", {"images": entries})
    for entry in entries:
        write_pictures(deep / root / entry["filepath"], [entry["filename"].removesuffix(".png")])
    write_pictures(flat / root)
    for folder, paths in (
        (deep, ["train2014/red.png", "val2014/green.png", "restval2014/blue.png"]),
        (flat, ["red.png", "green.png", "blue.png"]),
    ):
        items = load_collection(folder).items
        assert [item.id for item in items] == ["red.png", "green.png", "blue.png"]
        assert [item.image_path for item in items] == [folder / root / path for path in paths]


def test_the_folder_of_pictures_may_be_named(tmp_path: Path):
    write_pictures(tmp_path / "photos")
    collection = load_collection(write(tmp_path / "texts"), images=tmp_path / "photos")
    assert [item.image_path.parent for item in collection.items] == [tmp_path / "photos"] * 3


def test_of_several_files_one_is_chosen_by_its_path(tmp_path: Path):
    write_pictures(tmp_path)
    write(tmp_path, {"images": ENTRIES[:1]}, "dataset_other.json")
    with pytest.raises(CollectionError, match=r"dataset_colours\.json and dataset_other\.json; give the path of one"):
        load_collection(write(tmp_path))
    assert len(load_collection(tmp_path / "dataset_colours.json")) == 3
    other = load_collection(tmp_path / "dataset_other.json")
    assert (len(other), other.name) == (1, tmp_path.name)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"filename": None}, r"dataset_colours\.json left out; the first, images\[1\]: 'filename' is missing"),
        ({"sentences": None}, r"images\[1\]: 'sentences' is missing"),
        ({"split": ""}, r"images\[1\]: the split is '', expected a name such as 'train'"),
        ({"split": 3}, r"images\[1\]: the split is 3"),
        ({"sentences": "green"}, r"images\[1\]: 'sentences' must be a list of objects with 'raw'"),
        (
            {"sentences": [{"tokens": [1]}]},
            r"images\[1\]: 'sentences' must be a list of objects with 'raw' or 'tokens'",
        ),
        ({"sentences": [{"raw": " "}]}, r"images\[1\]: the caption is empty"),
        ({"filename": "red.png"}, r"images\[1\]: there are two pictures with the filename 'red.png'"),
        ({"filename": "/etc/a.png"}, r"images\[1\]: the picture '/etc/a.png' lies outside"),
        ({"filepath": "../.."}, r"images\[1\]: the picture '../..' lies outside"),
        ({"filepath": 7}, r"images\[1\]: the picture's name is 7, expected text"),
    ],
)
def test_a_picture_that_does_not_fit_is_named(changes: dict[str, object], message: str, tmp_path: Path):
    write_pictures(tmp_path)
    changed = {key: value for key, value in (ENTRIES[1] | changes).items() if value is not None}
    assert re.search(message, complaint(write(tmp_path, {"images": [ENTRIES[0], changed]})))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "has no list 'images'; expected one of Karpathy's files, or rename it"),
        ({"images": {}}, "has no list 'images'"),
        ({"images": [1]}, r"images\[0\]: expected a JSON object, found int"),
        ({"images": []}, "names no pictures"),
        ('{"images": [\n', "line 2: the JSON is cut short; get the file again"),
    ],
)
def test_a_file_of_another_kind_is_refused(data: object, message: str, tmp_path: Path):
    with pytest.raises(CollectionError, match=message):
        load_collection(write(tmp_path, data))


def test_missing_pictures_are_counted(tmp_path: Path):
    write_pictures(tmp_path / "images", ["red"])
    expected = r"lacks 2 of the 3 pictures named in dataset_colours\.json: images/green\.png, images/blue\.png; put"
    with pytest.raises(CollectionError, match=expected):
        load_collection(write(tmp_path))
