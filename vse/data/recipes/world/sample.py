"""Dishes drawn from a seed, and the counterparts of a dish."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from vse.data.recipes.world.dish import MOST_OF_ONE, Dish, Part
from vse.data.recipes.world.forms import COLOURED, COLOURS, FORMS
from vse.data.recipes.world.ingredients import INGREDIENTS, WORLD_VERSION

MOST_GLYPHS = 8  # that a dish has room for


@dataclass(frozen=True)
class DishSwap:
    """`source` - `minus` + `plus` = `target`: the same dish with one ingredient in the place of another."""

    source: Dish
    target: Dish
    minus: str
    plus: str


@cache
def ingredients_for(form: str) -> tuple[str, ...]:
    """The names of what may go into a kind of dish."""
    return tuple(name for name, each in INGREDIENTS.items() if each.tags & FORMS[form].tags)


def sample_dishes(split: str, count: int, seed: int = 0) -> list[Dish]:
    """`count` dishes of a split, no two of which show the same; the first of them do not depend on `count`.

    Raises:
        ValueError: for a split that there is not.
    """
    if split not in ("train", "dev", "test"):
        raise ValueError(f"no split {split!r}; expected train, dev or test")
    rng = random.Random(f"recipes:{WORLD_VERSION}:{split}:{seed}")
    found: dict[tuple[object, ...], Dish] = {}
    while len(found) < count:
        dish = _sampled(rng, f"dish-{len(found):04d}")
        found.setdefault((dish.form, frozenset(dish.parts), dish.vessel, dish.colour), dish)
    return list(found.values())


def _sampled(rng: random.Random, id: str) -> Dish:
    form = FORMS[rng.choice(list(FORMS))]
    names = rng.sample(ingredients_for(form.name), rng.choice((2, 3, 3, 4, 4, 5)))
    counts: list[int] = []
    for left in range(len(names) - 1, -1, -1):
        room = MOST_GLYPHS - sum(counts) - left
        counts.append(min(rng.choice((1, 1, 2, 3)), room, MOST_OF_ONE))
    hidden = (*form.base, *(each for each in form.extra if rng.random() < 0.5))
    vessel = rng.choice(form.vessels)
    colour = rng.choice(list(COLOURS)) if vessel in COLOURED else None
    parts = tuple(Part(*each) for each in zip(names, counts, strict=True))
    return Dish(id, form.name, parts, hidden, vessel, colour, rng.randrange(2**32))


def swaps_of(dish: Dish) -> Iterator[DishSwap]:
    """Every counterpart of a dish, its id that of the dish with what is new behind it."""
    there = {part.name for part in dish.parts}
    for row, part in enumerate(dish.parts):
        for name in ingredients_for(dish.form):
            if name not in there:
                parts = (*dish.parts[:row], Part(name, part.count), *dish.parts[row + 1 :])
                target = replace(dish, id=f"{dish.id}-{name.replace(' ', '-')}", parts=parts)
                yield DishSwap(dish, target, part.name, name)


def sample_swap(rng: random.Random, dish: Dish) -> DishSwap:
    """One of them."""
    return rng.choice(list(swaps_of(dish)))
