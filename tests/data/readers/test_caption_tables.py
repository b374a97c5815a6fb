from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import complaint, write_pictures
from vse.data import load_collection
from vse.data.item import Item
from vse.errors import CollectionError

TSV = 'image\tsplit\tcaption\nred.png\ttrain\tred\ngreen.png\tval\t"green\nred.png\ttrain\ta "red" square\n'
KAGGLE = 'image,caption\nred.png,red\nred.png,"a square, red"\ngreen.png, A green one .\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pictures(tmp_path / "c" / "images")
    return tmp_path / "c"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_tsv_keeps_quotes_and_gathers_rows(end: str, folder: Path):
    (folder / "captions.tsv").write_bytes(TSV.replace("\n", end).encode())
    collection = load_collection(folder)
    assert collection.items == (
        Item.picture("red.png", folder / "images/red.png", ("red", 'a "red" square'), "train"),
        Item.picture("green.png", folder / "images/green.png", ('"green',), "val"),
    )
    assert [item.id for item in load_collection(folder, "dev").items] == ["green.png"]


def test_columns_go_by_name_and_the_split_may_be_missing(folder: Path):
    (folder / "captions.tsv").write_text("caption\tnote\timage\nred\t\tred.png\n")
    assert load_collection(folder).items == (Item.picture("red.png", folder / "images/red.png", ("red",), "test"),)


def test_the_captions_of_kaggle_are_csv(folder: Path):
    (folder / "images").rename(folder / "Images")
    (folder / "captions.txt").write_text(KAGGLE)
    assert load_collection(folder).items == (
        Item.picture("red.png", folder / "Images/red.png", ("red", "a square, red"), "test"),
        Item.picture("green.png", folder / "Images/green.png", ("A green one .",), "test"),
    )


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("captions.tsv", "red.png\ttrain\tred\n", r"captions\.tsv, line 1: the column 'image' is missing; expected im"),
        ("captions.tsv", "image\tsplit\twords\n", "line 1: the column 'caption' is missing"),
        ("captions.tsv", "image\tsplit\tcaption\nred.png\ttrain\n", "line 2: 2 columns came, expected 3: image, split"),
        ("captions.tsv", "image\tsplit\tcaption\nred.png\ttrain\tred\tred\n", "line 2: 4 columns came, expected 3"),
        ("captions.tsv", "image\tsplit\tcaption\n\nred.png\ttrain\t \n", "line 3: the caption is empty"),
        ("captions.tsv", "image\tsplit\tcaption\nred.png\t\tred\n", "line 2: the split is empty; write one such as"),
        ("captions.tsv", "image\tsplit\tcaption\n\ttrain\tred\n", "line 2: '' is no picture's name"),
        (
            "captions.tsv",
            f"{TSV}red.png\tval\tred\n",
            "line 5: red.png is in the split 'train' above and in 'val' here",
        ),
        ("captions.tsv", "image\tsplit\tcaption\n../red.png\tval\tred\n", "line 2: the picture '../red.png' lies outs"),
        ("captions.tsv", "image\tsplit\tcaption\n", "captions.tsv names no pictures"),
        ("captions.tsv", "", "captions.tsv names no pictures"),
        ("captions.tsv", f"{TSV}pink.png\tval\tred\n", r"lacks 1 of the 3 pictures named in captions.tsv: images/pink"),
        ("captions.txt", "red.png#0\tred\n", r"captions\.txt, line 1: the column 'image' is missing"),
        ("captions.txt", "image,caption\nred.png,a, b\n", "line 2: 3 columns came, expected 2: image, caption"),
        ("captions.txt", "image,caption\nred.png,\n", "line 2: the caption is empty"),
        ("captions.txt", "image,caption\n/red.png,red\n", "line 2: the picture '/red.png' lies outside the folder"),
    ],
)
def test_what_does_not_fit_is_named(name: str, text: str, message: str, folder: Path):
    (folder / name).write_text(text)
    assert re.search(message, complaint(folder))


@pytest.mark.parametrize(("name", "text"), [("captions.tsv", TSV), ("captions.txt", KAGGLE)])
def test_bytes_that_are_no_utf8_are_named(name: str, text: str, folder: Path):
    (folder / name).write_bytes(text.encode() + b"\xe9\n")
    with pytest.raises(CollectionError, match=rf"{name}, line {text.count(chr(10)) + 1}: this is not UTF-8 text"):
        load_collection(folder)
