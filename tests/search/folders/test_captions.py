from __future__ import annotations

import json
import os
from pathlib import Path

from tests.conftest import FakeEncoder, write_pictures
from vse.data import load_collection
from vse.search.folders import captioned, captions_alone, index_photos, rows_for
from vse.search.searcher import Searcher
from vse.search.vectors import TEXT, vectors_of


def captions_tsv(folder: Path, *lines: str) -> None:
    (folder / "captions.tsv").write_text("image\tcaption\n" + "".join(f"{line}\n" for line in lines))


def test_photographs_are_called_by_their_paths_whatever_the_layout_calls_them(colours: Path):
    found = captioned(colours)
    assert found.items["images/red.png"].captions == load_collection(colours).item("red").captions
    assert [item.id for item in found.collection.items] == sorted(found.items)
    line = {"id": "again", "image": "images/red.png", "captions": ["once more"], "credit": "Ann (CC BY)"}
    (colours / "items.jsonl").write_text(json.dumps(line))
    assert captioned(colours).items["images/red.png"].credit == "Ann (CC BY)"


def test_plain_photographs_have_none_and_nothing_is_told(tmp_path: Path):
    write_pictures(tmp_path)
    found = captioned(tmp_path)
    assert (found.items, found.problem, found.notes) == ({}, "", ())


def test_a_file_that_cannot_be_read_is_told_in_a_sentence(tmp_path: Path):
    write_pictures(tmp_path)
    (tmp_path / "captions.tsv").write_text("no header\n")
    assert captioned(tmp_path).problem.startswith(f"{tmp_path}/captions.tsv")
    captions_tsv(tmp_path, "elsewhere.png\ta cat")
    assert "names no photograph of" in captioned(tmp_path).problem
    captions_tsv(tmp_path, "red.png\ta red square", "elsewhere.png\ta cat")  # one is enough
    assert captioned(tmp_path).problem == ""


def test_a_photograph_that_changes_costs_no_caption_its_vector(tmp_path: Path):
    write_pictures(tmp_path)
    captions_tsv(tmp_path, "red.png\ta red square", "blue.png\ta blue square")
    encoder, collection = FakeEncoder(), load_collection(tmp_path)
    index_photos(encoder, tmp_path)
    Searcher.open(encoder, collection)
    assert encoder.encoded == ["images", "texts"]  # the pictures by the index of the folder
    os.utime(tmp_path / "red.png", (1, 1))
    Searcher.open(encoder, load_collection(tmp_path))
    assert encoder.encoded == ["images", "texts"]
    captions_tsv(tmp_path, "red.png\tred again", "blue.png\ta blue square")
    Searcher.open(encoder, load_collection(tmp_path))
    assert encoder.encoded == ["images", "texts", "texts"]
    assert captions_alone(collection).captions == collection.captions
    assert not captions_alone(collection).is_bundled


def test_some_photographs_have_the_rows_of_their_captions_in_their_order(colours: Path):
    encoder, found = FakeEncoder(), captioned(colours)
    index = vectors_of(encoder, found.collection, TEXT)
    paths = sorted(found.items)
    assert rows_for(index, paths) is index
    some = rows_for(index, ["images/red.png", "images/blue.png"])
    assert some is not None
    expected = [each for path in ("images/red.png", "images/blue.png") for each in found.items[path].captions]
    assert (some.vectors == encoder.encode_texts(expected).astype("float16")).all()
    assert set(some.item_ids) <= {"images/red.png", "images/blue.png"}
    assert rows_for(index, []) is None
