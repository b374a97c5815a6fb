"""Links that lead out of a collection's folder are not followed, whatever its layout."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import write_pictures
from vse.data import load_collection
from vse.errors import CollectionError

NAMES = ("red", "green", "blue")


def items(folder: Path) -> None:
    lines = [{"id": each, "image": f"images/{each}.png", "captions": [each]} for each in NAMES]
    (folder / "items.jsonl").write_text("\n".join(map(json.dumps, lines)))


def tsv(folder: Path) -> None:
    rows = "".join(f"images/{name}.png\t{name}\n" for name in NAMES)
    (folder / "captions.tsv").write_text(f"image\tcaption\n{rows}")


def karpathy(folder: Path) -> None:
    entries = [{"filename": f"{name}.png", "split": "test", "sentences": [{"raw": name}]} for name in NAMES]
    (folder / "dataset_x.json").write_text(json.dumps({"images": entries}))


def coco(folder: Path) -> None:
    (folder / "annotations").mkdir()
    pictures = [{"id": row, "file_name": f"{name}.png"} for row, name in enumerate(NAMES)]
    captions = [{"image_id": row, "caption": name} for row, name in enumerate(NAMES)]
    data = {"images": pictures, "annotations": captions}
    (folder / "annotations" / "captions_val.json").write_text(json.dumps(data))


def imagefolder(folder: Path) -> None:
    lines = [{"file_name": f"images/{name}.png", "text": name} for name in NAMES]
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, lines)))


LAYOUTS = (items, tsv, karpathy, coco, imagefolder)


def found(folder: Path, **given: Path) -> list[str]:
    return sorted(Path(item.id).stem for item in load_collection(folder, **given).items)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_link_out_of_the_folder_costs_its_picture_and_is_told(layout: Callable[[Path], None], tmp_path: Path):
    folder = tmp_path / "in"
    write_pictures(folder / "images", ["green", "blue"])
    write_pictures(tmp_path / "out", ["red"])
    layout(folder)
    (folder / "images" / "red.png").symlink_to(tmp_path / "out" / "red.png")
    collection = load_collection(folder)
    assert sorted(Path(item.id).stem for item in collection.items) == ["blue", "green"]
    assert collection.captions == ("green", "blue")
    assert "1 picture of" in collection.notes[-1]
    assert f"red.png, is a link out of {folder}, which is not followed: copy it there." in collection.notes[-1]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_folder_that_is_a_link_out_is_not_followed(layout: Callable[[Path], None], tmp_path: Path):
    (tmp_path / "in").mkdir()
    write_pictures(tmp_path / "out", NAMES)
    layout(tmp_path / "in")
    (tmp_path / "in" / "images").symlink_to(tmp_path / "out")
    with pytest.raises(CollectionError, match=r"3 pictures of .* left out; the first, .*, is a link out of"):
        load_collection(tmp_path / "in")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_links_within_the_folder_and_to_the_folder_are_fine(layout: Callable[[Path], None], tmp_path: Path):
    folder = tmp_path / "in"
    write_pictures(folder / ".annex", NAMES)
    layout(folder)
    (folder / "images").mkdir()
    for name in NAMES:
        (folder / "images" / f"{name}.png").symlink_to(Path("..") / ".annex" / f"{name}.png")
    (tmp_path / "shortcut").symlink_to(folder)
    assert found(folder) == found(tmp_path / "shortcut") == sorted(NAMES)


def test_the_folder_of_pictures_that_is_named_is_the_one_that_counts(tmp_path: Path):
    write_pictures(tmp_path / "elsewhere" / "images", NAMES)
    (tmp_path / "in").mkdir()
    tsv(tmp_path / "in")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    assert found(tmp_path / "in", images=tmp_path / "link") == sorted(NAMES)
    (tmp_path / "elsewhere" / "images" / "red.png").rename(tmp_path / "red.png")
    (tmp_path / "elsewhere" / "images" / "red.png").symlink_to(tmp_path / "red.png")
    assert found(tmp_path / "in", images=tmp_path / "link") == ["blue", "green"]


@pytest.mark.parametrize("name", ["../out/red.png", "images/../../out/red.png", "{out}/red.png", "..\\out\\red.png"])
def test_a_path_out_of_the_folder_is_refused(name: str, tmp_path: Path):
    write_pictures(tmp_path / "in", ["green"])
    write_pictures(tmp_path / "out", ["red"])
    path = name.format(out=tmp_path / "out")
    (tmp_path / "in" / "captions.tsv").write_text(f"image\tcaption\ngreen.png\tgreen\n{path}\tred\n")
    collection = load_collection(tmp_path / "in")
    assert [item.id for item in collection.items] == ["green.png"]
    assert "lies outside the folder; give a path inside it" in collection.notes[0]


def test_an_absolute_path_inside_the_folder_is_fine(tmp_path: Path):
    write_pictures(tmp_path, ["green"])
    line = {"id": "green", "image": str(tmp_path / "green.png"), "captions": ["green"]}
    (tmp_path / "items.jsonl").write_text(json.dumps(line))
    assert load_collection(tmp_path).items[0].image_path == tmp_path / "green.png"


def test_a_text_that_is_a_link_out_gives_no_captions(tmp_path: Path):
    write_pictures(tmp_path / "in", ["green", "red"])
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "in" / "green.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "in" / "red.txt").write_text("red")
    assert load_collection(tmp_path / "in").captions == ("red",)
