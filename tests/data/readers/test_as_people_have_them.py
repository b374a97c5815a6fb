"""Collections as people have them: each is read as it is plainly meant, or what is wrong is said."""

from __future__ import annotations

import importlib.util
import json
import unicodedata
from pathlib import Path

import pytest

from tests.conftest import write_pictures
from vse.data import load_collection
from vse.errors import CollectionError

CAPTIONS = {"red.png": ("red",), "green.png": ("green",)}
COCO = {
    "images": [{"id": 1, "file_name": "red.png"}, {"id": 2, "file_name": "green.png"}],
    "annotations": [{"image_id": 1, "caption": "red"}, {"image_id": 2, "caption": "green"}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pictures(tmp_path / "c", ["red", "green"])
    return tmp_path / "c"


def found(path: Path) -> dict[str, tuple[str, ...]]:
    return {item.id: item.captions for item in load_collection(path).items}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("captions.txt", "image;caption\nred.png;red\ngreen.png;green\n"),
        ("captions.txt", "image\tcaption\nred.png\tred\ngreen.png\tgreen\n"),
        ("captions.txt", "image|caption\nred.png|red\ngreen.png|green\n"),
        ("captions.csv", "image,caption\nred.png,red\ngreen.png,green\n"),
        ("captions.csv", "\ufefffilename,text\r\nred.png,red\r\ngreen.png,green\r\n"),
        ("captions.csv", "Image,Caption\nred.png,red\ngreen.png,green\n"),
        ("captions.tsv", "file_name\tcomment\nred.png\tred\ngreen.png\tgreen\n"),
        ("captions.txt", "image,caption\n.\\\\red.png,red\n.\\\\green.png,green\n".replace("\\\\", "\\")),
        ("metadata.jsonl", '{"file_name":"red.png","caption":"red"}\n{"file_name":"green.png","caption":["green"]}'),
        ("metadata.csv", "file_name,caption\nred.png,red\ngreen.png,green\n"),
        ("captions_train2017.json", json.dumps(COCO)),
        ("dataset_x.json", json.dumps({"images": [
            {"filename": f"{name}.png", "split": "val", "sentences": [{"tokens": [name]}]} for name in ("red", "green")
        ]})),
    ],
)  # fmt: skip
def test_spellings_of_a_caption_file_mean_the_same(name: str, text: str, folder: Path):
    (folder / name).write_text(text)
    assert found(folder) == CAPTIONS


def test_an_absolute_path_inside_the_folder_is_read(folder: Path):
    rows = f"{folder}/red.png,red\n{folder.resolve()}/green.png,green\n{folder.parent}/pink.png,pink\n"
    (folder / "captions.txt").write_text("image,caption\n" + rows)
    assert found(folder) == CAPTIONS
    assert "1 row of " in load_collection(folder).notes[0]


@pytest.mark.parametrize(("written", "on_disk"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_name_may_be_composed_otherwise_than_on_the_disk(written: str, on_disk: str, folder: Path):
    (folder / "red.png").rename(folder / unicodedata.normalize(on_disk, "rosé.png"))
    (folder / "captions.txt").write_text(
        unicodedata.normalize(written, "image,caption\nrosé.png,red\ngreen.png,green\n")
    )
    collection = load_collection(folder)
    assert [len(item.captions) for item in collection.items] == [1, 1]
    assert all(item.image_path.is_file() for item in collection.items)


def test_the_results_of_kaggle_are_read_with_their_broken_line(folder: Path):
    rows = "red.png| 0| red\nred.png| 4   A red one .\ngreen.png| 0| green\n"
    (folder / "results.csv").write_text("image_name| comment_number| comment\n" + rows)
    assert found(folder) == {"red.png": ("red", "A red one ."), "green.png": ("green",)}
    assert "results.csv, line 3, lacks a bar; it is read as it is plainly meant" in load_collection(folder).notes[0]


def test_annotations_of_coco_lie_beside_the_pictures(folder: Path):
    (folder / "annotations").mkdir()
    (folder / "val2017").mkdir()
    for name in CAPTIONS:
        (folder / name).rename(folder / "val2017" / name)
    broken = {"images": COCO["images"], "annotations": [*COCO["annotations"], {"image_id": 9, "caption": "?"}, 3]}
    (folder / "annotations" / "captions_val2017.json").write_text(json.dumps(broken))
    collection = load_collection(folder)
    assert (found(folder), {item.split for item in collection.items}) == (CAPTIONS, {"val"})
    assert "2 rows of" in collection.notes[0]
    assert "annotations[2]: there is no picture with the id 9" in collection.notes[0]


def test_metadata_may_lie_in_any_subfolder(folder: Path):
    write_pictures(folder / "data", ["blue"])
    (folder / "data" / "metadata.csv").write_text("file_name,text\nblue.png,blue\n")
    assert found(folder) == {"data/blue.png": ("blue",)}


def test_texts_beside_the_pictures_are_their_captions(folder: Path):
    (folder / "red.txt").write_text("red\n\na red square\n")
    (folder / "green.txt").write_text("green")
    assert found(folder) == {"red.png": ("red", "a red square"), "green.png": ("green",)}
    (folder / "green.txt").write_bytes(b"\xff\xfe")
    assert found(folder) == {"red.png": ("red", "a red square"), "green.png": ()}
    assert "green.txt: " in load_collection(folder).notes[0]


@pytest.mark.parametrize("name", ["captions.json", "captions.xlsx", "metadata.arrow", "caption.csv", "Captions.yaml"])
def test_captions_that_cannot_be_read_make_no_plain_folder(name: str, folder: Path):
    (folder / name).write_text("x")
    with pytest.raises(CollectionError, match=f"{name} holds captions in a layout that is not known; expected"):
        load_collection(folder)


def test_a_parquet_file_is_never_passed_over(folder: Path):
    (folder / "metadata.parquet").write_bytes(b"PAR1")
    if importlib.util.find_spec("pyarrow") is None:
        expected = r"metadata\.parquet needs pyarrow to be read: run pip install \"vse-explorer\[export\]\""
    else:
        expected = r"metadata\.parquet is no whole parquet file"
    with pytest.raises(CollectionError, match=expected):
        load_collection(folder)


def test_a_parquet_file_is_read(folder: Path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = arrow.table({"file_name": list(CAPTIONS), "text": [list(texts) for texts in CAPTIONS.values()]})
    parquet.write_table(table, folder / "metadata.parquet")
    assert found(folder) == CAPTIONS


def test_what_a_folder_of_photographs_leaves_out_is_told(folder: Path, tmp_path: Path):
    for name in ("@eaDir", "#recycle", "$RECYCLE.BIN", ".thumbnails", "System Volume Information", "__MACOSX"):
        write_pictures(folder / name, ["blue"])
    write_pictures(tmp_path / "out", ["blue"])
    (folder / "link.png").symlink_to(tmp_path / "out" / "blue.png")
    collection = load_collection(folder)
    assert [item.id for item in collection.items] == ["green.png", "red.png"]
    assert "link.png is left out: it is a link out of the folder" in collection.notes[0]
    assert "Folders of the system in" in collection.notes[1]
