"""Recipes as inputs: text, or a `Recipe` -> ids of words, of ingredients (N, I, W) and of steps (N, S, L)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from vse.errors import RecipeError
from vse.modalities.base import Modality
from vse.modalities.recipe.config import RecipeConfig
from vse.modalities.recipe.parsing import check_recipe, parse_recipe
from vse.modalities.recipe.recipe import Recipe
from vse.modalities.recipe.tower import RecipeTower
from vse.modalities.text.tokenizer import tokenize
from vse.modalities.text.vocabulary import PADDING, UNKNOWN, Vocabulary

Lines = list[list[int]]
Read = tuple[Lines, Lines]
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".avif")
_LEAST_KNOWN = 0.25  # of the words of a recipe, or it is not in the model's language


@dataclass(frozen=True)
class RecipeWords:
    """How a model reads recipes: the words it knows, and how much of a recipe counts."""

    vocabulary: Vocabulary
    max_lines: int
    max_words: int


def reading(config: RecipeConfig, vocabulary: Vocabulary) -> RecipeWords:
    return RecipeWords(vocabulary, config.max_lines, config.max_words)


def recipe_of(raw: Recipe | str | Path) -> Recipe:
    """A recipe, its text, or the file that holds it.

    Raises:
        RecipeError: for a file that is no text, and as `parse_recipe`.
    """
    if isinstance(raw, Recipe):
        return raw
    if isinstance(raw, Path):
        if raw.suffix.lower() in _PICTURES:
            raise RecipeError(f"{raw} is a picture and a recipe was expected: give a text with ingredients and steps.")
        try:
            raw = raw.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise RecipeError(f"{raw} cannot be read as a recipe ({error}); give a text in UTF-8.") from error
    if not isinstance(raw, str):
        raise RecipeError(
            f"A recipe was expected and {type(raw).__name__} came: give a text with ingredients and steps."
        )
    return parse_recipe(raw)


def read_recipe(raw: Recipe | str | Path, words: RecipeWords, strict: bool) -> Read:
    """A recipe -> the ids of the words of each ingredient and of each step, at least one of each.

    Without `strict` it may lack either, and have no word that is known.

    Raises:
        RecipeError: for what is no recipe, lacks a list, or is not in the words of the model.
    """
    recipe = recipe_of(raw)
    if strict:
        check_recipe(recipe)
    ingredients, steps = (_ids(lines, words) for lines in (recipe.ingredients, recipe.instructions))
    every = [id for line in ingredients + steps for id in line]
    known = sum(id > UNKNOWN for id in every)
    if strict and known < _LEAST_KNOWN * len(every):
        raise RecipeError(
            f"The model knows {known} of the {len(every)} words of this recipe: give one in English, of everyday "
            "cooking."
        )
    return ingredients, steps


def _ids(lines: Sequence[str], words: RecipeWords) -> Lines:
    found = [words.vocabulary.ids(tokenize(line))[: words.max_words] for line in lines]
    return [line for line in found if line][: words.max_lines] or [[UNKNOWN]]


def collate_recipes(read: Sequence[Read], words: RecipeWords) -> tuple[Tensor, Tensor]:
    ingredients, steps = zip(*read, strict=True)
    return _padded(ingredients), _padded(steps)


def _padded(lists: Sequence[Lines]) -> Tensor:
    """-> (N, most lines, most words) int64."""
    lines, longest = max(map(len, lists)), max(len(line) for lines in lists for line in lines)
    ids = torch.full((len(lists), lines, longest), PADDING)
    for row, each in enumerate(lists):
        for place, line in enumerate(each):
            ids[row, place, : len(line)] = torch.tensor(line)
    return ids


def _length(read: Read) -> int:
    return sum(map(len, read[1]))


def _title(raw: Recipe | str | Path) -> str:
    recipe = recipe_of(raw)
    return recipe.title or ", ".join(recipe.ingredients)


def recipe_tower(config: RecipeConfig, dim: int, vocabulary_size: int) -> RecipeTower:
    return RecipeTower(config, vocabulary_size, dim)


MODALITY = Modality(
    "recipe", "recipe", read_recipe, collate_recipes, recipe_tower, length=_length, words=_title, reading=reading
)
