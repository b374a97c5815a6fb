"""What is known to be true in a collection of Emoji Recipes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vse.data.annotations import Annotations
from vse.data.recipes.world.dish import Dish
from vse.data.recipes.world.truth import DishCodes, Said, encode_dishes, encode_said, said_matrix, same_matrix
from vse.modalities import IMAGE, RECIPE, TEXT


@dataclass(frozen=True)
class DishTruth:
    """The dish of each picture and of its recipe, and what each caption says, dish by dish: see `Annotations`."""

    dishes: tuple[Dish, ...]
    said: tuple[Said, ...]

    @cached_property
    def _dishes(self) -> DishCodes:
        return encode_dishes(self.dishes)

    @cached_property
    def _captions(self) -> np.ndarray:
        return said_matrix(self._dishes, encode_said(self.said))

    @cached_property
    def _recipes(self) -> np.ndarray:
        return same_matrix(self._dishes, self._dishes)

    def relevance(self, query: str, candidate: str) -> np.ndarray | None:
        """Which captions are true of which dishes, and which recipes are: those of the same kind, the same ingredients
        in the same number, and served on the same."""
        return {
            (IMAGE, TEXT): lambda: self._captions,
            (RECIPE, TEXT): lambda: self._captions,
            (TEXT, IMAGE): lambda: self._captions.T,
            (TEXT, RECIPE): lambda: self._captions.T,
            (IMAGE, RECIPE): lambda: self._recipes,
            (RECIPE, IMAGE): lambda: self._recipes,
        }.get((query, candidate), lambda: None)()

    def held_out(self, modality: str) -> np.ndarray | None:
        """Nothing is held out but whole dishes."""
        return None

    def facets(self) -> dict[str, list[str]]:
        """Course, kind of dish, what it is served on, and how many ingredients it shows."""
        return {
            "course": [dish.course for dish in self.dishes],
            "dish": [dish.form for dish in self.dishes],
            "served on": [f"{dish.colour} {dish.vessel}" if dish.colour else dish.vessel for dish in self.dishes],
            "ingredients": [str(len(dish.parts)) for dish in self.dishes],
        }

    def subset(self, rows: Mapping[str, Sequence[int] | np.ndarray]) -> DishTruth:
        """The truth of some dishes and some captions."""
        return DishTruth(tuple(self.dishes[row] for row in rows[IMAGE]), tuple(self.said[row] for row in rows[TEXT]))


def dishes_of(annotations: Annotations | None) -> tuple[Dish, ...]:
    """The dishes of a collection with these annotations; none where it is no Emoji Recipes."""
    return annotations.dishes if isinstance(annotations, DishTruth) else ()
