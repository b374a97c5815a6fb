"""Recipes as queries: what is read as one, what answers, and what each ingredient adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import FakeEncoder
from vse.cli import main
from vse.data import Collection, load_collection
from vse.encoders.similarity import normalise
from vse.errors import QueryError, TextError
from vse.modalities.recipe.modality import recipe_of
from vse.modalities.recipe.recipe import Recipe
from vse.search.explain import answer_shares
from vse.search.query import Picture, Query, Term, Text, Written, describe, read
from vse.search.searcher import Searcher

RED = Recipe("Red soup", ("2 red things", "1 green thing"), ("Cook the red things.",))


class Cooks(FakeEncoder):
    """The fake, which reads recipes too: how often a colour is named in one."""

    modalities = ("image", "text", "recipe")

    def encode(self, modality: str, inputs: Sequence[Any], **options: Any) -> np.ndarray:
        if modality != "recipe":
            return super().encode(modality, inputs, **options)
        texts = [" ".join([*recipe_of(each).ingredients, *recipe_of(each).instructions]) for each in inputs]
        return normalise(
            np.array([[0.1 + text.count(colour) for colour in ("red", "green", "blue")] for text in texts], np.float32)
        )


@pytest.fixture
def kitchen(colours: Path) -> Collection:
    collection = load_collection(colours)
    items = tuple(
        replace(item, inputs={**item.inputs, "recipe": (Recipe(f"{item.id} soup", (f"1 {item.id}",), ("Cook.",)),)})
        for item in collection.items
    )
    return replace(collection, items=items)


def test_what_looks_like_a_recipe_is_read_as_one():
    query = read(str(RED))
    assert query == Query((Term(1, Written(RED)),)) == read(str(query)) == read(str(RED).replace("\n", " ⏎ "))
    assert query.recipe == RED
    assert not query.is_plain
    assert query.texts == query.pictures == ()
    assert describe(query) == "the recipe Red soup"
    assert read("a red car").recipe is None


def test_a_recipe_in_brackets_is_a_term_of_a_sum():
    asked = Query((Term(0.5, Written(RED)), Term(-1, Text("red")), Term(1, Picture("a b"))))
    assert str(asked).startswith("0.5*[Red soup ⏎ Ingredients: ⏎ - 2 red things ⏎")
    assert read(str(asked)) == asked
    assert (asked.recipe, asked.recipes, asked.pictures) == (None, (RED,), ("a b",))
    assert describe(asked) == '0.5 times the recipe Red soup, minus "red", plus the picture a b'
    assert read(f"[{RED}] - red".replace("\n", " ⏎ ")).recipes == (RED,)
    long = replace(RED, instructions=(("Cook it well. " * 300).strip(),))
    assert read(str(query := Query((Term(1, Written(long)), Term(-1, Text("red")))))) == query
    with pytest.raises(TextError, match="at most 2,000 are read"):
        read(str(Query((Term(1, Written(long)), Term(-1, Text("red"))))) + " red" * 500)
    boxes = read("[ ] 2 eggs ⏎ [ ] 1 onion ⏎ Method: ⏎ Fry [all] of it.")
    assert boxes.recipe is not None


def test_a_bracket_names_an_item_s_recipe_or_what_is_given(kitchen: Collection):
    searcher = Searcher.open(Cooks(), kitchen)
    of_red = searcher.vector_of("red", "recipe")
    found = searcher.ask("[recipe red]", 1)
    np.testing.assert_allclose(found.resolved.vector, of_red, atol=1e-3)
    assert found.hits[0].item_id == "red"
    assert describe(read("[recipe red]")) == "the recipe red"
    both = "[recipe red] + green"
    assert [hit.item_id for hit in searcher.ask(both, 2).hits] == ["yellow", "green"]  # red itself is no answer
    for given in (RED, str(RED), {"recipe": RED}):
        found = searcher.ask("[recipe] - red", 1, given)
        np.testing.assert_allclose(found.resolved.parts.vectors[0], Cooks().encode("recipe", [RED])[0], atol=1e-3)
    assert searcher.ask("[upload]", 1, RED).hits[0].item_id == "yellow"
    picture = kitchen.item("blue").image_path
    parts = searcher.ask("[upload] + [recipe]", 1, {"upload": picture, "recipe": RED}).resolved.parts
    np.testing.assert_allclose(parts.vectors[0], searcher.vector_of("blue"), atol=1e-3)
    with pytest.raises(QueryError, match=r"\[recipe\] stands for a recipe of yours: give one"):
        searcher.ask("[recipe] - red", 1, picture)
    with pytest.raises(QueryError, match=r"No picture \[recipe pink\] in the collection"):
        searcher.ask("[recipe pink] - red")


def test_an_item_whose_id_begins_like_a_modality_comes_first(kitchen: Collection):
    item = replace(kitchen.items[0], id="recipe red")
    whole = replace(kitchen, items=(*kitchen.items, item))
    assert kitchen.named("recipe red") == ("red", "recipe")
    assert whole.named("recipe red") == ("recipe red", "image")
    assert kitchen.named("recipe pink") == ("recipe pink", "image")


def test_a_recipe_finds_dishes_and_a_dish_recipes(kitchen: Collection):
    searcher = Searcher.open(Cooks(), kitchen)
    assert searcher.told_in == "recipe"
    assert searcher.ask(str(RED), 1).hits[0].item_id == "yellow"  # of red and green
    hit = searcher.search("image", kitchen.item("blue").image_path, "recipe", 1)[0]
    assert searcher.words("recipe", hit) == "blue soup"
    plain = Searcher.open(FakeEncoder(), load_collection(kitchen.items[0].image_path.parents[1]))
    assert plain.told_in == "text"
    with pytest.raises(QueryError, match="A recipe came, and fake reads image and text: ask it of a collection"):
        plain.ask(str(RED))


def test_why_tells_what_each_ingredient_adds(kitchen: Collection):
    searcher = Searcher.open(Cooks(), kitchen)
    found = searcher.ask(str(RED), 2)
    ids, scores = [hit.item_id for hit in found.hits], [hit.score for hit in found.hits]
    red, green = answer_shares(searcher, found.query, ids, scores, "plain", found.resolved)
    assert (red.word, green.word) == RED.ingredients
    assert red.shares is not None
    # "thing" is of both lines, so that it stays: without the first, "1 green thing" and "Cook the things."
    vectors = np.stack([searcher.vector_of(each) for each in ids])
    rest = normalise(np.array([0.1, 1.1, 0.1]))
    np.testing.assert_allclose(red.shares, scores - vectors @ rest, atol=1e-3)


def test_the_shell_reads_a_recipe_s_file(
    kitchen: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("vse.cli.search._opened", lambda *_: Searcher.open(Cooks(), kitchen))
    file = tmp_path / "soup.txt"
    file.write_text(str(RED), encoding="utf-8")
    assert main(["search", str(file), "-k", "1", "--why"]) == 0
    told = capsys.readouterr().out
    assert " yellow " in told
    assert "2 red things" in told
    assert main(["search", "[recipe] - red", "--upload", str(file), "-k", "1"]) == 0
    assert " green " in capsys.readouterr().out
    assert main(["search", str(kitchen.item("green").image_path), "-k", "1"]) == 0
    assert "green soup" in capsys.readouterr().out
