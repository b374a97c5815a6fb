"""What is said of dishes, against what they are."""

from __future__ import annotations

import numpy as np

from vse.data.recipes.world.dish import Dish, Part
from vse.data.recipes.world.truth import Said, encode_dishes, encode_said, said_matrix, same_matrix

DISHES = (
    Dish("a", "pizza", (Part("egg", 2), Part("cheese", 1)), ("salt",), "plate", "white", 0),
    Dish("b", "pizza", (Part("cheese", 1), Part("egg", 2)), ("salt", "oregano"), "plate", "white", 1),
    Dish("c", "pizza", (Part("egg", 1), Part("cheese", 1)), ("salt",), "board", None, 2),
    Dish("d", "porridge", (Part("apple", 1),), ("oats",), "plate", "white", 3),
)


def test_a_caption_is_true_of_dishes_that_have_all_it_names():
    said = [
        Said(),
        Said(parts=(Part("egg", 0),)),
        Said(parts=(Part("egg", 2),)),
        Said("pizza", parts=(Part("egg", 0), Part("apple", 0))),
        Said(course="breakfast"),
        Said(vessel="plate", colour="white", parts=(Part("cheese", 1),)),
        Said(vessel="board"),
    ]
    expected = np.array([[1, 1, 1, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0], [1, 1, 0, 0, 0, 0, 1], [1, 0, 0, 0, 1, 0, 0]])
    np.testing.assert_array_equal(said_matrix(encode_dishes(DISHES), encode_said(said)), expected.astype(bool))
    assert [Said.from_json(each.to_json()) for each in said] == said


def test_a_recipe_is_true_of_what_shows_the_same():
    codes = encode_dishes(DISHES)
    same = np.eye(4, dtype=bool)
    same[0, 1] = same[1, 0] = True  # in another order, and with something that is not seen
    np.testing.assert_array_equal(same_matrix(codes, codes), same)
