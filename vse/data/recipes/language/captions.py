"""Captions of a dish, from a word to a sentence, and what each says."""

from __future__ import annotations

import random
from dataclasses import dataclass

from vse.data.recipes.language.recipe import listed, noun
from vse.data.recipes.world.dish import Dish, Part
from vse.data.recipes.world.forms import VESSELS
from vse.data.recipes.world.ingredients import INGREDIENTS, WORLD_VERSION
from vse.data.recipes.world.truth import Said

CAPTIONS_PER_DISH = 3
_ARTICLES = {1: ("a", "one"), 2: ("two", "2"), 3: ("three", "3")}
_SHOWN = ("{}", "{}", "a photo of {}", "a picture of {}", "{}, ready to eat")


@dataclass(frozen=True)
class Caption:
    """A text, and what it says."""

    text: str
    said: Said


def article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _counted(part: Part, rng: random.Random) -> tuple[str, Part]:
    """Words for an ingredient, and what they say of its number: "two tomatoes", "tomatoes", "cheese"."""
    kind = INGREDIENTS[part.name]
    if not kind.counted:
        return kind.name, Part(part.name, 0)
    if rng.random() < 0.4:
        word = rng.choice(_ARTICLES[part.count])
        word = article(kind.name) if word == "a" else word
        return f"{word} {noun(part)}", part
    return noun(part), Part(part.name, 0)


def write_captions(dish: Dish, edition: int = 0) -> list[Caption]:
    """CAPTIONS_PER_DISH of them: an ingredient or two, the dish with some of them, and the dish with nearly all."""
    rng = random.Random(f"captions:{WORLD_VERSION}:{dish.seed}:{edition}")
    return [_short(dish, rng), _dish(dish, rng, 2), _dish(dish, rng, len(dish.parts))]


def _short(dish: Dish, rng: random.Random) -> Caption:
    """One or two ingredients alone, as sums say them, or with the course."""
    parts = rng.sample(dish.parts, rng.choice((1, 1, 2)))
    words, said = zip(*(_counted(part, rng) for part in parts), strict=True)
    text, chance = listed(words), rng.random()
    if chance < 0.2:
        return Caption(f"{article(dish.course)} {dish.course} with {text}", Said(course=dish.course, parts=said))
    if chance < 0.4:
        return Caption(f"a dish with {text}", Said(parts=said))
    return Caption(rng.choice(_SHOWN).format(text), Said(parts=said))


def _dish(dish: Dish, rng: random.Random, most: int) -> Caption:
    parts = rng.sample(dish.parts, min(most, len(dish.parts)))
    words, said = zip(*(_counted(part, rng) for part in parts), strict=True)
    text = f"{dish.form} with {listed(words)}"
    vessel = colour = None
    if rng.random() < 0.5:
        vessel, colour = dish.vessel, dish.colour
        text += f" {VESSELS[vessel][0].format(colour=colour)}"
    return Caption(rng.choice(_SHOWN).format(text), Said(dish.form, None, vessel, colour, said))
