"""Recipe1M in its own layout."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from vse.data import load_collection
from vse.data.readers import recipe1m
from vse.data.readers.recipe1m import entries
from vse.data.recipe_classes import classes_of_titles
from vse.errors import CollectionError
from vse.modalities.recipe.recipe import Recipe


def lines(*texts: str) -> list[dict[str, str]]:
    return [{"text": text} for text in texts]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    layer1: list[Any] = [
        {"id": "one", "title": "Soup", "partition": "train",
         "ingredients": lines("2 carrots", "For the soup:"), "instructions": lines("Boil.", "Eat.")},
        {"id": "two", "title": "Toast", "partition": "val",
         "ingredients": lines("bread"), "instructions": lines("Toast.")},
        {"id": "three", "title": "Air", "partition": "test", "ingredients": [], "instructions": []},
        {"id": "four", "title": "Tea", "partition": "test",
         "ingredients": lines("tea"), "instructions": lines("Brew.")},
    ]  # fmt: skip
    layer2 = [
        {"id": "one", "images": [{"id": "abcd1.jpg", "url": "x"}, {"id": "abce2.jpg", "url": "x"}]},
        {"id": "two", "images": [{"id": "ffff.jpg", "url": "x"}]},
    ]
    detected = [{"id": "one", "valid": [True, False], "ingredients": lines("carrots", "soup")}]
    for name, data in (("layer1", layer1), ("layer2", layer2), ("det_ingrs", detected)):
        (tmp_path / f"{name}.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
    for place in ("images/train/a/b/c/d/abcd1.jpg", "val/f/f/f/f/ffff.jpg"):
        (tmp_path / place).parent.mkdir(parents=True)
        Image.new("RGB", (4, 4)).save(tmp_path / place)
    return tmp_path


def test_recipes_come_with_the_pictures_that_are_there(folder: Path):
    collection = load_collection(folder)
    assert [(item.id, item.split) for item in collection.items] == [("one", "train"), ("two", "dev")]
    assert collection.inputs("recipe") == (
        Recipe("Soup", ("2 carrots",), ("Boil.", "Eat.")),
        Recipe("Toast", ("bread",), ("Toast.",)),
    )
    assert [path.name for path in collection.inputs("image")] == ["abcd1.jpg", "ffff.jpg"]
    assert len(load_collection(folder, "val")) == 1
    left_out, without = collection.notes
    assert "1 row" in left_out
    assert "entry 2: 'three' has no list 'ingredients' of texts" in left_out
    assert without.startswith("1 recipe of ")


def test_entries_are_read_whatever_the_pieces(folder: Path, monkeypatch: pytest.MonkeyPatch):
    whole = json.loads((folder / "layer1.json").read_text(encoding="utf-8"))
    for size in (1, 7, 1000):
        monkeypatch.setattr(recipe1m, "_CHUNK", size)
        assert list(entries(folder / "layer1.json")) == whole


def test_files_that_are_not_as_they_should_be_are_named(folder: Path):
    (folder / "layer2.json").write_text('[{"id": "one", ', encoding="utf-8")
    with pytest.raises(CollectionError, match=r"layer2\.json is cut short, or holds what is no JSON"):
        load_collection(folder)
    (folder / "layer2.json").write_text("{}", encoding="utf-8")
    with pytest.raises(CollectionError, match=r"layer2\.json holds no list"):
        load_collection(folder)
    (folder / "layer2.json").unlink()
    with pytest.raises(CollectionError, match=r"layer2\.json is missing; put it beside layer1\.json"):
        load_collection(folder)


def test_classes_come_from_their_file_or_from_the_titles(folder: Path):
    assert load_collection(folder).annotations.facets() == {"class": ["none", "none"]}
    with (folder / "classes1M.pkl").open("wb") as file:
        pickle.dump({"one": 7, "two": 0, "four": 7}, file, protocol=2)
        pickle.dump({0: "background", 7: "carrot soup"}, file, protocol=2)
    assert load_collection(folder).annotations.of_recipes == ("carrot soup", "")
    assert load_collection(folder, "val").annotations.of_recipes == ("",)
    with (folder / "classes1M.pkl").open("wb") as file:
        pickle.dump(Path("x"), file)
    with pytest.raises(CollectionError, match=r"classes1M\.pkl is not the classes of Recipe1M.*it holds pathlib"):
        load_collection(folder)


def test_a_title_is_of_the_pair_of_words_that_most_titles_have():
    titles = ["Best Chocolate Cake", "Chocolate cake with cream", "Carrot cake", "Chocolate Cake Pops", "Cake pops"]
    found = classes_of_titles(titles, [True, True, True, True, False])
    assert found == ("chocolate cake", "chocolate cake", "", "chocolate cake", "")
