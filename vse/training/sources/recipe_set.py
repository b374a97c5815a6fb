"""The training set of Emoji Recipes: dishes and their counterparts, rendered once, with recipes and captions."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tqdm import tqdm

from vse.data.recipes.annotations import DishTruth
from vse.data.recipes.drawing.render import ART_VERSION, render
from vse.data.recipes.language.captions import CAPTIONS_PER_DISH, article, write_captions
from vse.data.recipes.language.recipe import write_recipe
from vse.data.recipes.world.dish import Dish
from vse.data.recipes.world.forms import COURSES
from vse.data.recipes.world.ingredients import INGREDIENTS, WORLD_VERSION
from vse.data.recipes.world.sample import sample_dishes, sample_swap
from vse.data.recipes.world.truth import DishCodes, Said, encode_dishes, encode_said
from vse.encoders.joint import JointModel
from vse.encoders.similarity import SIMILARITIES
from vse.evaluation.metrics import directions_of
from vse.evaluation.retrieval import Evaluation, evaluate_scores
from vse.modalities.image.preprocess import Preprocess
from vse.modalities.recipe.recipe import Recipe
from vse.training.kinds.base import Trainable
from vse.training.sources.config import RecipesConfig
from vse.training.sources.rendering import rendered_rows


@dataclass(frozen=True)
class RecipeSet:
    """N dishes, of which 2k and 2k + 1 are each other's counterparts, written in E editions; ids are of words.

    pixels (N, size, size, 3) uint8; captions (N, E * C, L) int16 and said, of as many; ingredients (N, E, I, W) and
    steps (N, E, S, M) int16; operands (N, 2, O) int16, what to take away from a dish and what to add; classes (N,).
    """

    pixels: np.ndarray
    dishes: DishCodes
    captions: np.ndarray
    said: DishCodes
    ingredients: np.ndarray
    steps: np.ndarray
    operands: np.ndarray
    classes: np.ndarray

    def __len__(self) -> int:
        return len(self.pixels)


def _draw(job: tuple[Dish, Preprocess]) -> np.ndarray:
    dish, preprocess = job
    return preprocess.uint8(render(dish)).reshape(-1)


def rendered(dishes: Sequence[Dish], preprocess: Preprocess, name: str) -> np.ndarray:
    """(N, size, size, 3) uint8, see `rendered_rows`."""
    return rendered_rows(_draw, dishes, preprocess, f"recipes-{name}-w{WORLD_VERSION}a{ART_VERSION}", "dishes")


def build_training_set(
    config: RecipesConfig,
    seed: int,
    preprocess: Preprocess,
    learn: Callable[[list[str], list[tuple[str, ...]]], Trainable[Any]],
) -> tuple[RecipeSet, Trainable[Any]]:
    """Dishes from the seed and what is written of them; the words are learnt from that alone."""
    rng = random.Random(f"counterparts:{WORLD_VERSION}:{seed}")
    swaps = [sample_swap(rng, dish) for dish in sample_dishes("train", config.recipes, seed)]
    dishes = [dish for swap in swaps for dish in (swap.source, swap.target)]
    editions = range(config.recipe_editions)
    captions, recipes = [], []
    for dish in tqdm(dishes, desc="writing recipes", unit="dish"):
        captions += [caption for edition in editions for caption in write_captions(dish, edition)]
        recipes += [write_recipe(dish, edition) for edition in editions]
    operands = [text for swap in swaps for text in _operand_texts(rng, swap.minus, swap.plus)]
    lines = [line for recipe in recipes for line in (*recipe.ingredients, *recipe.instructions)]
    steps = [recipe.instructions for recipe in recipes]
    trainable = learn([*(caption.text for caption in captions), *operands, *lines], steps)

    def ids(texts: Sequence[str], *shape: int) -> np.ndarray:
        return trainable.encode_batch(texts)[0].astype(np.int16).reshape(*shape, -1)

    def lists(texts: Sequence[Sequence[str]]) -> np.ndarray:
        encoded = trainable.encode_batch([line for lines in texts for line in lines])[0]
        counts = np.array([len(lines) for lines in texts])
        rows = np.zeros((len(recipes), counts.max(), encoded.shape[1]), np.int16)
        rows[np.arange(counts.max())[None] < counts[:, None]] = encoded
        return rows.reshape(len(dishes), config.recipe_editions, *rows.shape[1:])

    read = [trainable.lines(recipe) for recipe in recipes]
    data = RecipeSet(
        rendered(dishes, preprocess, f"train-{seed}-{config.recipes}"),
        encode_dishes(dishes),
        ids([caption.text for caption in captions], len(dishes), config.recipe_editions * CAPTIONS_PER_DISH),
        encode_said([caption.said for caption in captions]),
        lists([ingredients for ingredients, _ in read]),
        lists([steps for _, steps in read]),
        ids(operands, len(dishes), 2),
        np.array([COURSES.index(dish.course) for dish in dishes]),
    )
    return data, trainable


def _operand_texts(rng: random.Random, minus: str, plus: str) -> list[str]:
    """Of a dish and then of its counterpart: what to take away, and what to add; both in the same frame."""
    frame = rng.choice(("{}", "{}", "{}", "{a} {}", "many"))
    words = []
    for name in (minus, plus):
        kind = INGREDIENTS[name]
        say = kind.plural if frame == "many" else frame.replace("{a}", article(name)) if kind.counted else "{}"
        words.append(say.format(name))
    return [words[0], words[1], words[1], words[0]]


@dataclass(frozen=True)
class RecipeValidation:
    """Dishes that training never sees: their pictures, captions and recipes, and what is true of which."""

    pixels: np.ndarray
    captions: list[str]
    recipes: list[Recipe]
    truth: DishTruth

    def measure(self, trainable: Trainable[Any], model: JointModel) -> Evaluation:
        encoder: Any = trainable.encoder(model)
        chunks = np.array_split(self.pixels, max(1, len(self.pixels) // 128))
        vectors = {
            "image": np.concatenate([encoder.encode_pixels(chunk) for chunk in chunks]),
            "text": encoder.encode_texts(self.captions, strict=False),
            "recipe": encoder.encode("recipe", self.recipes, strict=False),
        }
        owners = {name: np.arange(len(self.pixels)).repeat(len(rows) // len(self.pixels))
                  for name, rows in vectors.items()}  # fmt: skip
        compare = SIMILARITIES[trainable.similarity].scores
        scores, relevance = {}, {}
        for way in directions_of(tuple(vectors)):
            scores[way] = compare(vectors[way.query], vectors[way.candidate], a_is=way.query, b_is=way.candidate)
            found = self.truth.relevance(way.query, way.candidate)
            if found is not None:
                relevance[way] = found
        return evaluate_scores(scores, owners, relevance)


def build_validation_set(config: RecipesConfig, preprocess: Preprocess) -> RecipeValidation:
    dishes = sample_dishes("dev", config.validation_recipes)
    captions = [caption for dish in dishes for caption in write_captions(dish)]
    said: list[Said] = [caption.said for caption in captions]
    pixels = rendered(dishes, preprocess, f"dev-0-{len(dishes)}")
    recipes = [write_recipe(dish) for dish in dishes]
    return RecipeValidation(
        pixels, [caption.text for caption in captions], recipes, DishTruth(tuple(dishes), tuple(said))
    )
