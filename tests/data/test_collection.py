from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import CAPTIONS, write_pictures
from vse.data import Collection, list_collections, load_collection
from vse.data import collection as collection_module
from vse.data.collection import distinct_names, joined
from vse.data.item import Item
from vse.data.scenes.annotations import SceneTruth, scenes_of
from vse.data.scenes.drawing.glyphs import find_font
from vse.data.scenes.language.captions import write_captions
from vse.data.scenes.world.sample import sample_scenes
from vse.data.scenes.write import write_collection
from vse.errors import CollectionError, FontMissingError


def _font_missing() -> bool:
    try:
        find_font()
    except FontMissingError:
        return True
    return False


def rewrite(folder: Path, line: int, **changes: object) -> None:
    """Change one line of a collection; a value of None removes the key."""
    path = folder / "items.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    data = {k: v for k, v in (json.loads(lines[line]) | changes).items() if v is not None}
    lines[line] = json.dumps(data)
    path.write_text("\n".join(lines), encoding="utf-8")


def test_a_folder_with_items_keeps_order_captions_and_owners(colours: Path):
    (colours / "collection.json").write_text('{"title": "Colours", "credit": "me"}')
    collection = load_collection(colours)
    assert [item.id for item in collection.items] == list(CAPTIONS)
    assert collection.items[3] == Item.picture("yellow", colours / "images/yellow.png", ("Red and green.",))
    assert collection.captions == ("red", "a red square", "green", "Red and green.")
    assert collection.caption_owners.tolist() == [0, 0, 1, 3]
    assert (len(collection), collection.name, collection.annotations) == (4, "colours", None)
    assert collection.about == {"title": "Colours", "credit": "me"}
    assert collection.item("green").captions == ("green",)
    with pytest.raises(CollectionError, match="No picture 'pink' in colours; ids look like 'red'"):
        collection.item("pink")


def test_scenes_come_back_with_their_truth(scenes_folder: Path):
    collection, scenes = load_collection(scenes_folder), sample_scenes("test", 30)
    assert isinstance(collection.annotations, SceneTruth)
    assert scenes_of(collection.annotations) == tuple(scenes)
    captions = [caption for scene in scenes for caption in write_captions(scene)]
    assert collection.annotations.statements == tuple(caption.statement for caption in captions)
    assert collection.captions == tuple(caption.text for caption in captions)
    assert collection.annotations.matrix[collection.caption_owners, np.arange(150)].all()


@pytest.mark.skipif(_font_missing(), reason="the Noto Color Emoji font is not installed")
def test_a_drawn_collection_comes_back(tmp_path: Path):
    write_collection(tmp_path / "drawn", "dev", 3, seed=2)
    collection = load_collection(tmp_path / "drawn")
    assert isinstance(collection.annotations, SceneTruth)
    assert scenes_of(collection.annotations) == tuple(sample_scenes("dev", 3, seed=2))
    assert {item.split for item in collection.items} == {"dev"}
    assert "Noto Color Emoji" in collection.about["credit"]
    with Image.open(collection.items[0].image_path) as image:
        assert (image.format, image.size) == ("WEBP", (192, 192))


@pytest.mark.parametrize("known", ["truth", "no truth"])
def test_a_split_keeps_what_belongs_to_its_pictures(known: str, scenes_folder: Path, tmp_path: Path):
    shutil.copytree(scenes_folder / "images", tmp_path / "images")
    lines = [json.loads(line) for line in (scenes_folder / "items.jsonl").read_text(encoding="utf-8").splitlines()]
    for number, line in enumerate(lines):
        line["split"] = "dev" if number % 3 else "test"
        kept = number % 4  # 0 to 3 captions a picture
        line["captions"], line["statements"] = line["captions"][:kept], line["statements"][:kept]
        if known == "no truth":
            del line["scene"]
    (tmp_path / "items.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    whole = load_collection(tmp_path)
    part = whole.split("test")
    assert [item.id for item in part.items] == [item.id for item in whole.items[::3]]
    texts = [row for row, owner in enumerate(whole.caption_owners) if owner % 3 == 0]
    assert part.captions == tuple(whole.captions[row] for row in texts)
    assert part.caption_owners.tolist() == [whole.caption_owners[row] // 3 for row in texts]
    if known == "truth":
        assert whole.annotations is not None
        assert part.annotations is not None
        np.testing.assert_array_equal(
            part.annotations.relevance("image", "text"), whole.annotations.relevance("image", "text")[::3][:, texts]
        )
    else:
        assert whole.annotations is part.annotations is None


def test_a_split_of_all_is_the_collection_and_one_of_none_is_refused(colours: Path):
    collection = load_collection(colours)
    assert collection.split("test") is collection
    with pytest.raises(CollectionError, match="colours has no split 'train'; it has test"):
        collection.split("train")


def test_one_scene_without_truth_leaves_the_collection_without(scenes_folder: Path, tmp_path: Path):
    shutil.copytree(scenes_folder / "images", tmp_path / "images")
    (tmp_path / "items.jsonl").write_bytes((scenes_folder / "items.jsonl").read_bytes())
    assert load_collection(tmp_path).annotations is not None
    rewrite(tmp_path, 4, scene=None)
    assert load_collection(tmp_path).annotations is None


def test_val_dev_and_validation_are_one_split(colours: Path):
    for line, split in enumerate(("val", "test", "dev", "validation")):
        rewrite(colours, line, split=split)
    collection = load_collection(colours)
    assert [item.split for item in collection.items] == ["val", "test", "dev", "validation"]
    for name in ("val", "dev", "validation", "VAL"):
        assert [item.id for item in collection.split(name).items] == ["red", "blue", "yellow"]
        assert load_collection(colours, name) == collection.split(name)
    with pytest.raises(CollectionError, match="colours has no split 'train'; it has dev, test, val, validation"):
        load_collection(colours, split="train")


def test_missing_pictures_are_counted_and_named(colours: Path):
    for name in ("red", "green", "blue", "yellow"):
        (colours / f"images/{name}.png").unlink()
    rewrite(colours, 3, split="dev")
    first = (
        r"lacks 4 of the 4 pictures named in items.jsonl: images/red.png, images/green.png, images/blue.png and 1 mo"
    )
    with pytest.raises(CollectionError, match=first):
        load_collection(colours)
    write_pictures(colours / "images", ["red", "green", "blue"])
    (colours / "images/yellow.png").mkdir()
    with pytest.raises(
        CollectionError, match=r"lacks 1 of the 4 pictures named in items.jsonl: images/yellow.png; put"
    ):
        load_collection(colours)
    assert len(load_collection(colours, split="test")) == 3  # the pictures of other splits need not be there


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"image": None}, r"items.jsonl, line 2: this does not describe a picture: 'image' is missing"),
        ({"captions": None}, r"line 2: .*: 'captions' is missing"),
        ({"captions": "green"}, r"line 2: .* \(captions must be a list\)"),
        ({"captions": ["green", " "]}, r"line 2: the caption is empty; write one or remove it"),
        ({"captions": [7]}, r"line 2: the caption is '7', expected text"),
        ({"scene": {"place": "sea"}}, "line 2: the scene lacks other, relation, seed"),
        ({"scene": [1]}, "line 2: this does not describe a picture"),
        ({"id": "red"}, "line 2: there are two pictures with the id 'red'; give each its own"),
        ({"id": 7}, r"line 2: .* \(id must be text, found 7\)"),
        ({"image": "/etc/passwd.png"}, "line 2: the picture '/etc/passwd.png' lies outside the folder"),
        ({"image": "images/../../red.png"}, "line 2: the picture 'images/../../red.png' lies outside the folder"),
    ],
)
def test_a_line_that_does_not_fit_is_named(changes: dict[str, object], message: str, colours: Path):
    rewrite(colours, 1, **changes)
    with pytest.raises(CollectionError, match=message):
        load_collection(colours)


def test_lines_are_counted_with_the_blank_ones_and_only_by_line_feeds(colours: Path):
    path = colours / "items.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[0] = lines[0].replace("a red square", "a red\u2028square")
    path.write_text("\n\r\n".join(lines), encoding="utf-8")
    assert load_collection(colours).items[0].captions == ("red", "a red square")
    path.write_text("\n\n".join([*lines[:2], "[]"]), encoding="utf-8")
    with pytest.raises(CollectionError, match=r"line 5: .*expected a JSON object"):
        load_collection(colours)


def test_every_caption_of_a_scene_needs_its_statement(scenes_folder: Path, tmp_path: Path):
    shutil.copytree(scenes_folder / "images", tmp_path / "images")
    (tmp_path / "items.jsonl").write_bytes((scenes_folder / "items.jsonl").read_bytes())
    rewrite(tmp_path, 2, captions=["only one"])
    with pytest.raises(CollectionError, match=r"line 3: 5 statements came for 1 captions"):
        load_collection(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "line 1: the JSON is cut short"),
        (b"[1]", r"line 1: .*expected a JSON object, found list"),
        (b'"text"', "line 1: .*found str"),
        (b"\n\xff\xfe", "line 2: this is not UTF-8 text; save the file as UTF-8"),
        (b" \n", "items.jsonl names no pictures"),
    ],
)
def test_items_that_are_none_are_refused(content: bytes, message: str, colours: Path):
    (colours / "items.jsonl").write_bytes(content)
    with pytest.raises(CollectionError, match=rf"items\.jsonl.*{message.removeprefix('items.jsonl')}"):
        load_collection(colours)


@pytest.mark.parametrize(
    ("content", "message"), [("{", "collection.json, line 1: the JSON is cut"), ("[]", "holds no JSON object")]
)
def test_a_broken_description_is_named(content: str, message: str, colours: Path):
    (colours / "collection.json").write_text(content)
    with pytest.raises(CollectionError, match=message):
        load_collection(colours)


def test_bundled_collections_are_known_by_name(colours: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(collection_module, "COLLECTIONS", colours.parent)
    assert list_collections() == ["colours"]
    assert load_collection("colours").captions == load_collection(colours).captions
    with pytest.raises(CollectionError, match="No collection 'flickr': expected a folder's path or one of colours"):
        load_collection("flickr")
    with pytest.raises(CollectionError, match=r"No collection 'x+': expected a folder's path"):
        load_collection("x" * 5000)
    monkeypatch.setattr(collection_module, "COLLECTIONS", colours.parent / "nowhere")
    assert list_collections() == []
    with pytest.raises(CollectionError, match="or one of none"):
        load_collection("flickr")


def test_the_key_changes_with_ids_captions_and_files(colours: Path):
    def key() -> str:
        return load_collection(colours).key

    keys = [key()]
    assert key() == keys[0]
    rewrite(colours, 0, captions=["crimson"])
    keys.append(key())
    rewrite(colours, 0, id="scarlet")
    keys.append(key())
    os.utime(colours / "images/blue.png", (1, 1))
    keys.append(key())
    assert len(set(keys)) == 4
    assert all(len(each) == 16 for each in keys)


def test_an_empty_collection_has_no_example():
    with pytest.raises(CollectionError, match="ids look like 'none'"):
        Collection("empty", ()).item("x")


def test_several_collections_become_one(tmp_path: Path):
    for name, colours in (("a", ("red", "green", "blue", "yellow")), ("b", ("red", "blue"))):
        write_pictures(tmp_path / name, colours)
    a, b = (load_collection(tmp_path / name) for name in "ab")
    assert joined([a]) is a
    whole = joined([a, b])
    assert whole.name == "a + b"
    assert [item.id for item in whole.items][3:] == [f"a/{a.items[3].id}", f"b/{b.items[0].id}", f"b/{b.items[1].id}"]
    mixed = [item.id[0] for item in joined([a, b], mixed=True).items]
    assert sorted(mixed) == list("aaaabb")
    assert mixed[:3].count("b") == mixed[3:].count("b") == 1


def test_collections_of_one_name_are_told_apart(tmp_path: Path):
    assert distinct_names(["a", "b", "a", "a-2", "a"]) == ("a", "b", "a-3", "a-2", "a-4")
    for year in ("2019", "2020"):
        write_pictures(tmp_path / year / "trip", ["red"])
    both = [load_collection(tmp_path / year / "trip") for year in ("2019", "2020")]
    assert [item.id for item in joined(both).items] == ["trip/red.png", "trip-2/red.png"]
    assert [item.id for item in joined(both[:1], names=["mine"]).items] == ["mine/red.png"]
