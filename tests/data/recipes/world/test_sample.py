"""Dishes come from the seed, and counterparts differ in one ingredient."""

from __future__ import annotations

import pytest

from vse.data.recipes.world.dish import Dish, Part
from vse.data.recipes.world.forms import COURSES, FORMS, VESSELS
from vse.data.recipes.world.ingredients import HIDDEN, INGREDIENTS
from vse.data.recipes.world.sample import MOST_GLYPHS, ingredients_for, sample_dishes, swaps_of


def test_the_same_seed_gives_the_same_dishes_and_no_two_show_the_same():
    dishes = sample_dishes("test", 60)
    assert sample_dishes("test", 20) == dishes[:20]
    assert dishes[:20] != sample_dishes("dev", 20) != sample_dishes("test", 20, seed=1)
    assert len({(dish.form, frozenset(dish.parts), dish.vessel, dish.colour) for dish in dishes}) == 60
    for dish in dishes:
        assert sum(part.count for part in dish.parts) <= MOST_GLYPHS
        assert Dish.from_json(dish.to_json()) == dish
    with pytest.raises(ValueError, match="no split 'all'"):
        sample_dishes("all", 1)


def test_a_counterpart_has_one_ingredient_in_the_place_of_another():
    (dish,) = sample_dishes("test", 1)
    swaps = list(swaps_of(dish))
    assert len(swaps) == len(dish.parts) * (len(ingredients_for(dish.form)) - len(dish.parts))
    for swap in swaps:
        gone, new = set(swap.source.parts) - set(swap.target.parts), set(swap.target.parts) - set(swap.source.parts)
        ((old,), (put,)) = gone, new
        assert (old.name, put.name, old.count) == (swap.minus, swap.plus, put.count)
        assert swap.source.seed == swap.target.seed


def test_the_tables_fit_each_other():
    for form in FORMS.values():
        assert {form.course} <= set(COURSES), form.name
        assert set(form.vessels) <= VESSELS.keys(), form.name
        assert {*form.base, *form.extra} <= HIDDEN.keys(), form.name
        assert len(ingredients_for(form.name)) > 6, form.name
    assert not INGREDIENTS.keys() & HIDDEN.keys()
    assert len({each.emoji for each in INGREDIENTS.values()}) == len(INGREDIENTS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"form": "gruel"}, "does not know"),
        ({"parts": [{"name": "egg", "count": 4}]}, "does not know"),
        ({"vessel": "board", "colour": "blue"}, "is served 'board' of the colour 'blue'"),
        ({"vessel": "plate", "colour": None}, "of the colour None"),
    ],
)
def test_what_is_no_dish_is_refused(change: dict[str, object], message: str):
    dish = Dish("a", "pizza", (Part("egg", 1),), ("salt",), "plate", "white", 0)
    with pytest.raises(ValueError, match=message):
        Dish.from_json({**dish.to_json(), **change})
