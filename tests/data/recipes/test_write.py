"""A collection of Emoji Recipes is read as it was written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from vse.data import load_collection
from vse.data.recipes import write
from vse.data.recipes.annotations import dishes_of
from vse.data.recipes.language.recipe import write_recipe
from vse.errors import CollectionError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(write, "render", lambda dish, size: Image.new("RGB", (8, 8)))
    write.write_collection(tmp_path / "some", count=6)
    return tmp_path / "some"


def test_what_is_written_is_read(folder: Path):
    collection = load_collection(folder)
    dishes = write.collection_dishes("test", 6)
    assert dishes_of(collection.annotations) == tuple(dishes)
    assert collection.modalities == ("image", "text", "recipe")
    assert collection.inputs("recipe") == tuple(write_recipe(dish) for dish in dishes)
    assert dishes[1].id.startswith(f"{dishes[0].id}-")
    assert dishes[1].seed == dishes[0].seed
    assert collection.annotations is not None
    assert set(collection.annotations.facets()) == {"course", "dish", "served on", "ingredients"}
    part = collection.of_rows([2, 3])
    assert dishes_of(part.annotations) == tuple(dishes[2:4])
    truth = part.annotations.relevance("recipe", "image") if part.annotations else None
    assert truth is not None
    assert truth.diagonal().all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"recipe": {"title": "x"}}, "lists of texts as its ingredients"),
        ({"recipe": {"ingredients": [], "instructions": []}}, "a text as its title"),
        ({"recipe": []}, "must be an object"),
        ({"dish": {"form": "pizza"}}, "this does not describe a dish"),
        ({"said": []}, "0 said came for 3 captions"),
    ],
)
def test_a_line_that_does_not_fit_is_named(folder: Path, change: dict[str, object], message: str):
    lines = (folder / "items.jsonl").read_text(encoding="utf-8").splitlines()
    lines[1] = json.dumps({**json.loads(lines[1]), **change})
    (folder / "items.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(CollectionError, match=f"line 2.*{message}"):
        load_collection(folder)
