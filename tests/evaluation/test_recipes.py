"""Matching dishes and recipes, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import FakeEncoder
from vse.data.recipes.world.dish import Dish, Part
from vse.errors import ModalityError
from vse.evaluation.recipes import Matching, RecipeFigures, evaluate_recipes, matching, recipes_table

EGG, CHEESE = Part("egg", 1), Part("cheese", 1)
DISHES = (
    Dish("a", "pizza", (EGG, CHEESE), ("salt", "flour"), "plate", "white", 0),
    Dish("b", "pizza", (EGG,), ("salt",), "plate", "white", 0),
    Dish("c", "cake", (EGG,), ("flour", "sugar", "milk"), "plate", "white", 0),
)


def test_ranks_and_what_is_in_the_first_answer():
    queries = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    candidates = np.array([[0.8, 0.6], [1.0, 0.0], [0.6, 0.8]])
    # scores: a (.8, 1, .6): answer b, rank 2; b (.6, 0, .8): answer c, rank 3; c (.96, .6, 1): answer c, rank 1
    found = matching(queries, candidates, DISHES, [np.arange(3)])
    # of b {egg, salt} both are in a; of c {egg, flour, sugar, milk} only egg is in b; c is c
    assert found == Matching(
        2.0,
        *map(pytest.approx, (100 / 3, 100.0, 100.0, 100 * (1 + 0.25 + 1) / 3, 100.0, 200 / 3)),
    )
    two = matching(queries, candidates, DISHES, [np.arange(3), np.array([2])])
    assert two.r1 == pytest.approx((100 / 3 + 100) / 2)


def test_figures_are_kept_and_written():
    line = Matching(1.0, 90.0, 99.0, 100.0, 97.5, 98.0, 100.0)
    figures = RecipeFigures(
        {"image_to_recipe": line, "recipe_to_image": line},
        {"image": 80.0, "recipe": 70.0},
        {"image": 85.0, "recipe": 75.0},
        1000, 10, 1000, 2000,
    )  # fmt: skip
    assert RecipeFigures.from_json(figures.to_json()) == figures
    told = recipes_table(figures)
    assert "| picture -> recipes | 1 | 90.0 | 99.0 | 100.0 | 97.5 | 98.0 | 100.0 |" in told
    assert "| recipes | 70.0 | 75.0 |" in told


def test_a_model_without_recipes_is_told():
    with pytest.raises(ModalityError, match="fake reads image and text and no recipes: give recipes-vse"):
        evaluate_recipes(FakeEncoder(), 2)
