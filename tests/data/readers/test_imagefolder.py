from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.conftest import complaint, write_pictures
from vse.data import load_collection
from vse.data.item import Item
from vse.errors import CollectionError


def write_lines(path: Path, *rows: object) -> None:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")


def row(file_name: object, text: object, **more: object) -> dict[str, object]:
    return {"file_name": file_name, "text": text, **more}


def test_json_lines_with_one_caption_a_row_or_a_list_of_them(tmp_path: Path):
    write_pictures(tmp_path)
    rows = (row("red.png", "red", label=3), row("green.png", ["green", "a square"]), row("red.png", "a red one"))
    write_lines(tmp_path / "metadata.jsonl", *rows, row("blue.png", []))
    assert load_collection(tmp_path).items == (
        Item.picture("red.png", tmp_path / "red.png", ("red", "a red one"), "test"),
        Item.picture("green.png", tmp_path / "green.png", ("green", "a square"), "test"),
        Item.picture("blue.png", tmp_path / "blue.png", (), "test"),
    )


def test_csv_rows(tmp_path: Path):
    write_pictures(tmp_path)
    (tmp_path / "metadata.csv").write_text('text,label,file_name\n"red, all over",1,red.png\nred,1,red.png\n')
    assert load_collection(tmp_path).items == (
        Item.picture("red.png", tmp_path / "red.png", ("red, all over", "red"), "test"),
    )


def test_splits_are_folders_with_one_file_for_all(tmp_path: Path):
    for split, name in (("train", "red"), ("Validation", "green"), ("other", "blue")):
        write_pictures(tmp_path / "data" / split, [name])
    names = ("data/train/red.png", "data/Validation/green.png", "data/other/blue.png")
    write_lines(tmp_path / "metadata.jsonl", *(row(name, "a square") for name in names))
    collection = load_collection(tmp_path)
    assert [(item.id, item.split) for item in collection.items] == list(
        zip(names, ["train", "validation", "test"], strict=True)
    )
    assert [item.id for item in load_collection(tmp_path, "dev").items] == [names[1]]


def test_splits_are_folders_with_a_file_each(tmp_path: Path):
    for split, name in (("train", "red"), ("test", "green")):
        write_pictures(tmp_path / split, [name])
    write_lines(tmp_path / "train" / "metadata.jsonl", row("red.png", "red"))
    (tmp_path / "test" / "metadata.csv").write_text("file_name,text\ngreen.png,green\n")
    assert load_collection(tmp_path).items == (
        Item.picture("test/green.png", tmp_path / "test/green.png", ("green",), "test"),
        Item.picture("train/red.png", tmp_path / "train/red.png", ("red",), "train"),
    )
    one = load_collection(tmp_path / "train" / "metadata.jsonl")
    assert one.items == (Item.picture("red.png", tmp_path / "train/red.png", ("red",), "test"),)
    (tmp_path / "test" / "green.png").unlink()
    with pytest.raises(CollectionError, match=rf"lacks 1 of the 2 pictures named in {tmp_path.name}: test/green\.png"):
        load_collection(tmp_path)


def test_both_kinds_of_metadata_are_too_many(tmp_path: Path):
    write_lines(tmp_path / "metadata.jsonl", row("red.png", "red"))
    (tmp_path / "metadata.csv").write_text("file_name,text\n")
    with pytest.raises(CollectionError, match=r"holds both metadata\.jsonl and metadata\.csv; remove one"):
        load_collection(tmp_path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            {"file_name": "red.png"},
            r"metadata\.jsonl left out; the first, line 2: 'text' is missing; expected 'file_name'",
        ),
        ({"text": "red"}, "line 2: 'file_name' is missing"),
        ([1], "line 2: expected a JSON object, found list"),
        ('{"file_name": "re', "line 2: the JSON is cut short; get the file again"),
        (row("red.png", ""), "line 2: the caption is empty"),
        (row("red.png", ["red", ""]), "line 2: the caption is empty"),
        (row("red.png", None), "line 2: the caption is 'None', expected text"),
        (row(["red.png"], "red"), r"line 2: the picture's name is \['red.png'\], expected text"),
        (row("../red.png", "red"), "line 2: the picture '../red.png' lies outside the folder"),
        (row("/red.png", "red"), "line 2: the picture '/red.png' lies outside the folder"),
        (row("pink.png", "red"), r"lacks 1 of the 2 pictures named in metadata\.jsonl: pink\.png"),
    ],
)
def test_a_line_that_does_not_fit_is_named(line: object, message: str, tmp_path: Path):
    write_pictures(tmp_path)
    write_lines(tmp_path / "metadata.jsonl", row("blue.png", "blue"), line)
    assert re.search(message, complaint(tmp_path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file_name,label\n", r"metadata\.csv, line 1: the column 'text' is missing; expected file_name, text"),
        ("file_name,text\nred.png\n", "line 2: 1 columns came, expected 2"),
        ("file_name,text\nred.png,\n", "line 2: the caption is empty"),
        ("file_name,text\n../red.png,red\n", "line 2: the picture '../red.png' lies outside"),
    ],
)
def test_a_csv_that_does_not_fit_is_named(text: str, message: str, tmp_path: Path):
    write_pictures(tmp_path)
    (tmp_path / "metadata.csv").write_text(text)
    with pytest.raises(CollectionError, match=message):
        load_collection(tmp_path)


@pytest.mark.parametrize("name", ["metadata.jsonl", "metadata.csv"])
def test_bytes_that_are_no_utf8_are_named(name: str, tmp_path: Path):
    (tmp_path / name).write_bytes(b"file_name,text\nred.png,ros\xe9\n")
    with pytest.raises(CollectionError, match=rf"{name}, line 2: this is not UTF-8 text"):
        load_collection(tmp_path)


def test_a_subfolder_may_have_its_metadata_as_parquet(tmp_path: Path):
    pyarrow, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    for split, colour in (("train", "red"), ("test", "green")):
        write_pictures(tmp_path / split, [colour])
        table = pyarrow.table({"file_name": [f"{colour}.png"], "text": [[colour, "a square"]]})
        pq.write_table(table, tmp_path / split / "metadata.parquet")
    found = {item.id: (item.split, item.captions) for item in load_collection(tmp_path).items}
    assert found == {
        "test/green.png": ("test", ("green", "a square")),
        "train/red.png": ("train", ("red", "a square")),
    }
