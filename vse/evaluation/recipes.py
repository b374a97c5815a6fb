"""How well a model matches dishes and recipes, on dishes drawn for it that training never sees.

The protocol of Salvador et al. 2017: the median rank and the recall among SUBSET pairs of the test set, the mean over
DRAWS random subsets. Beside it, what is in the first answer, and sums of a picture and two ingredients.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vse.data.recipes.drawing.render import render
from vse.data.recipes.language.recipe import write_recipe
from vse.data.recipes.world.dish import Dish
from vse.data.recipes.world.sample import DishSwap, sample_dishes, sample_swap
from vse.encoders.base import Encoder
from vse.encoders.similarity import normalise
from vse.errors import ModalityError
from vse.evaluation.tables import figure, table
from vse.modalities import IMAGE, RECIPE, TEXT

SUBSET, DRAWS = 1000, 10


@dataclass(frozen=True)
class Matching:
    """One direction: means over the draws. `ingredients` is the share in percent of the first answer's ingredients,
    guessed ones among them, that are in the dish, and `seen` of those that a picture shows."""

    median_rank: float
    r1: float
    r5: float
    r10: float
    ingredients: float
    seen: float
    course: float


@dataclass(frozen=True)
class RecipeFigures:
    """By direction, and of sums the share in percent whose first answer is the counterpart, or has the new ingredient
    and not the old one; `pairs` in a draw, `draws`, and so many `sums` among so many `candidates`."""

    directions: Mapping[str, Matching]
    exact: Mapping[str, float]
    changed: Mapping[str, float]
    pairs: int
    draws: int
    sums: int
    candidates: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RecipeFigures:
        """The inverse of `to_json`."""
        directions = {name: Matching(**each) for name, each in data["directions"].items()}
        return cls(**{**data, "directions": directions})


def evaluate_recipes(encoder: Encoder, count: int = 2000, seed: int = 0) -> RecipeFigures:
    """Draw `count` dishes of the split test and their counterparts, and measure a model on them.

    Raises:
        ModalityError: for a model that reads no recipes.
        FontMissingError: when the emoji font is not installed.
    """
    if RECIPE not in encoder.modalities:
        raise ModalityError(
            f"{encoder.name} reads {' and '.join(encoder.modalities)} and no recipes: give recipes-vse."
        )
    dishes = sample_dishes("test", count, seed)
    rng = random.Random(f"sums:{seed}")
    swaps = [sample_swap(rng, dish) for dish in dishes[: min(count, SUBSET)]]
    images, recipes = _vectors(encoder, dishes)
    rows = np.random.default_rng(seed)
    size = min(SUBSET, count)
    draws = [rows.permutation(count)[:size] for _ in range(DRAWS)]
    directions = {
        "image_to_recipe": matching(images, recipes, dishes, draws),
        "recipe_to_image": matching(recipes, images, dishes, draws),
    }
    exact, changed = _sums(encoder, swaps, images[: len(swaps)], recipes[: len(swaps)])
    return RecipeFigures(directions, exact, changed, size, DRAWS, len(swaps), 2 * len(swaps))


def _vectors(encoder: Encoder, dishes: Sequence[Dish]) -> tuple[np.ndarray, np.ndarray]:
    """(N, D) of their pictures and (N, D) of their recipes."""
    images = encoder.encode(IMAGE, (render(dish) for dish in dishes))
    return images, encoder.encode(RECIPE, [write_recipe(dish) for dish in dishes])


def matching(
    queries: np.ndarray, candidates: np.ndarray, dishes: Sequence[Dish], draws: Sequence[np.ndarray]
) -> Matching:
    """(N, D) and (N, D) unit rows, row i of both of dish i; each draw is the rows of a subset."""
    found = []
    for rows in draws:
        scores = queries[rows] @ candidates[rows].T
        ranks = (scores >= scores.diagonal()[:, None]).sum(axis=1)  # ties count against the model
        pairs = [(dishes[rows[row]], dishes[rows[best]]) for row, best in enumerate(scores.argmax(axis=1))]
        found.append([
            float(np.median(ranks)), *(100 * np.mean(ranks <= k) for k in (1, 5, 10)),
            100 * np.mean([len(a.ingredients & b.ingredients) / len(b.ingredients) for a, b in pairs]),
            100 * np.mean([len(_seen(a) & _seen(b)) / len(_seen(b)) for a, b in pairs]),
            100 * np.mean([a.course == b.course for a, b in pairs]),
        ])  # fmt: skip
    return Matching(*np.mean(found, axis=0).tolist())


def _seen(dish: Dish) -> set[str]:
    return {part.name for part in dish.parts}


def _sums(
    encoder: Encoder, swaps: Sequence[DishSwap], images: np.ndarray, recipes: np.ndarray
) -> tuple[dict[str, float], dict[str, float]]:
    """Picture - old + new among all these pictures, or all these recipes, but those of the dish itself."""
    others = _vectors(encoder, [swap.target for swap in swaps])
    words = sorted({word for swap in swaps for word in (swap.minus, swap.plus)})
    vector = dict(zip(words, encoder.encode(TEXT, words), strict=True))
    queries = normalise(
        np.stack([image - vector[swap.minus] + vector[swap.plus] for image, swap in zip(images, swaps, strict=True)])
    )
    dishes = [swap.source for swap in swaps] + [swap.target for swap in swaps]
    rows, exact, changed = np.arange(len(swaps)), {}, {}
    for name, own, other in ((IMAGE, images, others[0]), (RECIPE, recipes, others[1])):
        scores = queries @ np.concatenate([own, other]).T
        scores[rows, rows] = -np.inf
        best = scores.argmax(axis=1)
        exact[name] = float(100 * np.mean(best == rows + len(swaps)))
        answers = [_seen(dishes[row]) for row in best]
        changed[name] = float(
            100 * np.mean([s.plus in a and s.minus not in a for s, a in zip(swaps, answers, strict=True)])
        )
    return exact, changed


def variants_table(found: Mapping[str, RecipeFigures]) -> str:
    """Models beside each other, by what the tower of each reads."""
    head = ["the tower reads", "picture -> recipes, R@1 / R@10 / median rank", "recipe -> pictures", "seen ingredients",
            "course", "sums, exact"]  # fmt: skip
    rows = []
    for name, each in found.items():
        ways = [each.directions[way] for way in ("image_to_recipe", "recipe_to_image")]
        ranks = [f"{figure(m.r1)} / {figure(m.r10)} / {m.median_rank:g}" for m in ways]
        rows.append([name, *ranks, figure(ways[0].seen), figure(ways[0].course), figure(each.exact[IMAGE])])
    return "\n".join(table(head, rows))


def recipes_table(found: RecipeFigures) -> str:
    """The figures as text for a terminal; also Markdown."""
    head = ["direction", "median rank", "R@1", "R@5", "R@10", "ingredients", "seen ones", "course"]
    titles = {"image_to_recipe": "picture -> recipes", "recipe_to_image": "recipe -> pictures"}
    rows = [
        [titles[name], f"{m.median_rank:g}", *map(figure, (m.r1, m.r5, m.r10, m.ingredients, m.seen, m.course))]
        for name, m in found.directions.items()
    ]
    sums = [["pictures", *map(figure, (found.exact[IMAGE], found.changed[IMAGE]))],
            ["recipes", *map(figure, (found.exact[RECIPE], found.changed[RECIPE]))]]  # fmt: skip
    return "\n".join([
        *table(head, rows), "",
        f"{found.pairs:,} pairs, the mean of {found.draws} draws", "",
        *table(["picture - old + new finds, among", "the counterpart", "new and not old"], sums), "",
        f"{found.sums:,} sums, {found.candidates:,} candidates",
    ])  # fmt: skip
