"""What is written of a dish is true of it and names all of it."""

from __future__ import annotations

import random

from vse.data.recipes.language.captions import CAPTIONS_PER_DISH, write_captions
from vse.data.recipes.language.recipe import amount, listed, write_recipe
from vse.data.recipes.world.dish import Part
from vse.data.recipes.world.ingredients import INGREDIENTS
from vse.data.recipes.world.sample import sample_dishes
from vse.data.recipes.world.truth import encode_dishes, encode_said, said_matrix
from vse.modalities.recipe.parsing import parse_recipe

DISHES = sample_dishes("test", 80)


def test_captions_are_true_of_their_dish():
    said = [caption.said for dish in DISHES for caption in write_captions(dish)]
    true = said_matrix(encode_dishes(DISHES), encode_said(said)).reshape(len(DISHES), len(DISHES), CAPTIONS_PER_DISH)
    assert true[range(len(DISHES)), range(len(DISHES))].all()
    assert 0.0 < true.mean() < 0.2  # and not of most


def test_a_recipe_names_every_ingredient_in_the_list_and_in_the_steps():
    for dish in DISHES:
        recipe = write_recipe(dish)
        lines, steps = "\n".join(recipe.ingredients), " ".join(recipe.instructions).lower()
        assert len(recipe.ingredients) == len(dish.parts) + len(dish.hidden)
        for part in dish.parts:
            kind = INGREDIENTS[part.name]
            assert any(word in lines for word in (kind.name, kind.plural, *kind.also)), (part, lines)
            assert kind.name in steps or kind.plural in steps, (part, steps)
        for name in dish.hidden:
            assert name in lines
            assert name in steps
        assert str(dish.colour or "") in recipe.instructions[-1]


def test_editions_say_the_same_in_other_words():
    dish = DISHES[0]
    assert write_recipe(dish) == write_recipe(dish) != write_recipe(dish, edition=1)


def test_amounts_are_of_what_is_seen():
    rng = random.Random(0)
    assert {amount(Part("egg", 2), rng).split()[0] for _ in range(50)} == {"2", "two"}
    assert all(amount(Part("cheese", 3), rng).startswith("150 g ") for _ in range(20))
    assert all(amount(Part("lettuce", 2), rng).startswith("2 leaves ") for _ in range(20))
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"]) == "a, b and c"


def test_a_recipe_is_read_as_it_is_written():
    for dish in DISHES:
        assert parse_recipe(str(write_recipe(dish))) == write_recipe(dish)
