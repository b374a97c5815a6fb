from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import write_pictures
from vse.cli import main
from vse.data import load_collection
from vse.data.readers import READERS
from vse.errors import CollectionError

# One caption file of each layout, about red.png and green.png of the folder; the caption tells the layout.
FILES = {
    "items.jsonl": '{"id": "r", "image": "red.png", "captions": ["items.jsonl"]}',
    "dataset_c.json": '{"images": [{"filename": "red.png", "split": "val", "sentences": [{"raw": "dataset_c.json"}]}]}',
    "captions.tsv": "image\tsplit\tcaption\nred.png\tdev\tcaptions.tsv\n",
    "Flickr8k.token.txt": "red.png#0\tFlickr8k.token.txt\n",
    "captions.txt": "image,caption\nred.png,captions.txt\n",
    "results.csv": "image_name| comment_number| comment\nred.png| 0| results.csv\n",
    "captions_val.json": json.dumps(
        {
            "images": [{"id": 7, "file_name": "red.png"}],
            "annotations": [{"image_id": 7, "caption": "captions_val.json"}],
        }
    ),
    "metadata.jsonl": '{"file_name": "red.png", "text": "metadata.jsonl"}',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pictures(tmp_path / "c", ["red", "green"])
    return tmp_path / "c"


OTHERS = ("parquet", "labels", "Recipe1M", "Flickr8k Audio")  # tested by themselves


def test_every_layout_of_a_caption_file_has_an_example_here():
    readers = [reader for reader in READERS if reader.files and reader.name not in OTHERS]
    assert [reader.owns(name) for reader, name in zip(readers, FILES, strict=True)] == [True] * len(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_folder_is_told_by_its_caption_file(name: str, folder: Path):
    (folder / name).write_text(FILES[name])
    assert load_collection(folder).captions == (name,)
    assert load_collection(folder / name) == load_collection(folder)


def test_of_several_layouts_the_first_is_read_and_any_can_be_named(folder: Path):
    for name, text in FILES.items():
        (folder / name).write_text(text)
    assert load_collection(folder).captions == ("items.jsonl",)
    assert [load_collection(folder / name).captions for name in FILES] == [(name,) for name in FILES]


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_written_and_the_pictures_may_be_elsewhere(name: str, folder: Path, tmp_path: Path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / name).write_text(FILES[name])
    collection = load_collection(tmp_path / "texts", images=folder)
    assert [item.image_path for item in collection.items] == [folder / "red.png"]
    assert (collection.name, len(collection.key)) == ("texts", 16)
    assert [path.name for path in (tmp_path / "texts").iterdir()] == [name]
    assert sorted(path.name for path in folder.iterdir()) == ["green.png", "red.png"]


def test_a_file_of_no_known_name_is_refused(folder: Path):
    with pytest.raises(CollectionError, match=r"red\.png is not a caption file of a known name; expected a folder or "):
        load_collection(folder / "red.png")


def test_a_folder_that_is_named_as_a_caption_file_is_none(folder: Path):
    (folder / "captions.tsv").mkdir()
    assert [item.id for item in load_collection(folder).items] == ["green.png", "red.png"]


@pytest.mark.parametrize("asked", ["dev", "val"])
def test_evaluate_picks_the_split(asked: str, folder: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]):
    rows = "red.png\tdev\ta red dog\nred.png\tdev\ttwo cats\ngreen.png\ttrain\ta bus\nlost.png\ttest\ta beach\n"
    (folder / "captions.tsv").write_text(f"image\tsplit\tcaption\n{rows}")
    assert main(["evaluate", str(model_folder), str(folder), "--split", asked]) == 0
    assert "| caption -> pictures | 100.0 | 100.0 | 100.0 | 1 | 1.0 | 2 | 1 |" in capsys.readouterr().out
    assert main(["evaluate", str(model_folder), str(folder), "--split", "tset"]) == 2
    assert "error: c has no split 'tset'; it has dev, test, train" in capsys.readouterr().err
    assert main(["evaluate", str(model_folder), str(folder)]) == 2
    assert "lacks 1 of the 1 pictures named in captions.tsv: lost.png" in capsys.readouterr().err


def test_search_answers_with_the_pictures_of_a_plain_folder(
    folder: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["search", "a red dog", "--model", str(model_folder), "--collection", str(folder)]) == 0
    assert sorted(line.split()[2] for line in capsys.readouterr().out.splitlines()) == ["green.png", "red.png"]
