"""Recipes as people paste them."""

from __future__ import annotations

from pathlib import Path

import pytest

from vse.errors import RecipeError
from vse.modalities.recipe.modality import RecipeWords, read_recipe, recipe_of
from vse.modalities.recipe.parsing import check_recipe, looks_like_recipe, parse_recipe
from vse.modalities.recipe.recipe import Recipe
from vse.modalities.text.vocabulary import Vocabulary

EGGS = ("2 eggs", "a pinch of salt", "1 tbsp butter")
STEPS = ("Beat the eggs with the salt.", "Melt the butter in a pan.", "Fry until set.")


@pytest.mark.parametrize(
    "text",
    [
        "Omelette\n\nIngredients:\n- 2 eggs\n- a pinch of salt\n- 1 tbsp butter\n\nInstructions:\n"
        "1. Beat the eggs with the salt.\n2. Melt the butter in a pan.\n3. Fry until set.",
        "# Omelette\n## Ingredients\n* 2 eggs\n* a pinch of salt\n* 1 tbsp butter\n## Method\n"
        "1) Beat the eggs with the salt.\n2) Melt the butter in a pan.\n3) Fry until set.",
        "Omelette\nYou will need:\n• 2 eggs\n• a pinch of salt\n• 1 tbsp butter\nDirections:\n"
        "Step 1: Beat the eggs with the salt.\nStep 2: Melt the butter in a pan.\nStep 3: Fry until set.",
        "Omelette\r\nIngredients: 2 eggs, a pinch of salt, 1 tbsp butter\r\n"
        "Preparation: Beat the eggs with the salt. Melt the butter in a pan. Fry until set.",
        "Omelette\n2 eggs\na pinch of salt\n1 tbsp butter\n\n"
        "Beat the eggs with the salt.\nMelt the butter in a pan.\nFry until set.",
        "Omelette\n2 eggs\na pinch of salt\n1 tbsp butter\n"
        "Beat the eggs with the salt. Melt the butter in a pan. Fry until set.",
        "Omelette\n- 2 eggs\n- a pinch of salt\n- 1 tbsp butter\n"
        "1. Beat the eggs with the salt.\n2. Melt the butter in a pan.\n3. Fry until set.",
    ],
)
def test_one_recipe_in_many_layouts(text: str):
    assert parse_recipe(text) == Recipe("Omelette", EGGS, STEPS)
    assert looks_like_recipe(text)


@pytest.mark.parametrize("text", ["a dog on the beach", "eggs and bacon", "[dish-0001] - egg + cheese", "method", ""])
def test_a_query_is_no_recipe(text: str):
    assert not looks_like_recipe(text)


def test_a_recipe_that_lacks_something_says_so():
    with pytest.raises(RecipeError, match=r"The recipe has no steps: say how it is made, one step a line\."):
        check_recipe(parse_recipe("Omelette\n2 eggs\n1 tbsp butter"))
    with pytest.raises(RecipeError, match="has no ingredients: list them"):
        check_recipe(parse_recipe("Beat the eggs.\nFry until set."))
    with pytest.raises(RecipeError, match="has 500 steps: give one of at most 60"):
        check_recipe(Recipe("", EGGS, STEPS[:1] * 500))
    with pytest.raises(RecipeError, match="The recipe is empty"):
        parse_recipe(" \n ")
    with pytest.raises(RecipeError, match="has 20,001 characters and at most 20,000 are read"):
        parse_recipe("a" * 20_001)


def test_what_is_read_are_ids_line_by_line():
    words = RecipeWords(Vocabulary.of(["2", "eggs", "beat", "the"]), max_lines=2, max_words=3)
    recipe = Recipe("x", ("2 eggs", "1 tbsp butter"), ("Beat the eggs well.", "Eat.", "Sleep."))
    assert read_recipe(recipe, words, strict=True) == ([[2, 3], [1, 1, 1]], [[4, 5, 3], [1]])
    assert read_recipe(Recipe("x", (), ()), words, strict=False) == ([[1]], [[1]])
    foreign = "Tortilla\nIngredientes\n2 huevos\nInstructions:\n1. Batir los huevos con la sal en un plato hondo."
    with pytest.raises(RecipeError, match=r"knows 1 of the \d+ words of this recipe: give one in English"):
        read_recipe(foreign, words, strict=True)


def test_files_are_read_and_pictures_refused(tmp_path: Path):
    file = tmp_path / "recipe.txt"
    file.write_text("Ingredients:\n2 eggs\nMethod:\nFry.", encoding="utf-8")
    assert recipe_of(file) == Recipe("", ("2 eggs",), ("Fry.",))
    with pytest.raises(RecipeError, match=r"dish\.jpg is a picture and a recipe was expected"):
        recipe_of(Path("dish.jpg"))
    with pytest.raises(RecipeError, match="cannot be read as a recipe"):
        recipe_of(tmp_path / "none.txt")
    with pytest.raises(RecipeError, match="A recipe was expected and int came"):
        recipe_of(3)  # type: ignore[arg-type]


def test_a_recipe_without_an_ingredient_says_nothing_of_it():
    recipe = Recipe("x", ("2 eggs", "100 g cheese, grated", "1 slice of bread"), ("Beat the eggs.", "Add the bread."))
    assert recipe.without(0) == Recipe("x", recipe.ingredients[1:], ("Beat the", "Add the bread."))
    assert recipe.without(1) == Recipe("x", (recipe.ingredients[0], recipe.ingredients[2]), recipe.instructions)
    twice = Recipe("x", ("2 red apples", "red wine"), ("Cook the red apples.",))
    assert twice.without(0).instructions == ("Cook the red",)  # "red" is also the wine's
