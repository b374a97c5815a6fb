"""What can be added from outside the packages: each registry takes one more entry, and what it names is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import write_pictures
from vse.data import load_collection
from vse.data.item import Item
from vse.data.readers import READERS
from vse.data.readers.base import Contents
from vse.data.readers.caption_file import CaptionFile


def test_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def read(source: Path, images: Path | None) -> Contents:
        names = (line.split(": ") for line in source.read_text().splitlines())
        return Contents(source, tuple(Item.picture(name, source.parent / name, (caption,)) for name, caption in names))

    monkeypatch.setattr("vse.data.readers.READERS", [*READERS, CaptionFile("lines", ("captions.lines",), read)])
    write_pictures(tmp_path / "c", ["red", "green"])
    (tmp_path / "c" / "captions.lines").write_text("green.png: a meadow\nred.png: a barn\n")
    collection = load_collection(tmp_path / "c")
    assert [item.id for item in collection.items] == ["green.png", "red.png"]
    assert collection.captions == ("a meadow", "a barn")
    assert load_collection(tmp_path / "c" / "captions.lines") == collection
