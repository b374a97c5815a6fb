"""Queries to begin with, chosen for the collection at hand."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from vse.data import Collection
from vse.data.item import Item
from vse.data.recipes.annotations import dishes_of
from vse.data.scenes.annotations import scenes_of

from .question import words_query

T = TypeVar("T")

# Written for the world of Emoji Scenes; other collections begin with captions of their own.
SCENE_TEXTS = (
    "a person surfing at sea",
    "a red car",
    "a vehicle in the snow at night",
    "a queen riding a horse",
    "a foggy forest",
    "a living room at night",
    "a dog on the beach",
)
# Written for Emoji Recipes.
RECIPE_TEXTS = (
    "pizza with mushrooms",
    "a dessert with strawberries",
    "a breakfast with banana",
    "noodle soup with two eggs",
    "a drink with lemons",
    "salad with avocado on a blue plate",
)
PHOTO_TEXTS = (  # for photographs without captions
    "a dog running",
    "children playing",
    "people at the beach",
    "snow",
    "a city at night",
    "food on a table",
)
COUNT = 6
_LONGEST = 60  # characters of a caption that still makes a handy chip


def starter_texts(collection: Collection) -> tuple[str, ...]:
    """Texts that are worth asking: written ones for scenes and where there are no captions, else short captions."""
    if scenes_of(collection.annotations):
        return SCENE_TEXTS
    if dishes_of(collection.annotations):
        return RECIPE_TEXTS
    if not collection.captions:
        return PHOTO_TEXTS
    short = [c for item in collection.items for c in item.captions[:1] if len(c) <= _LONGEST]
    return tuple(dict.fromkeys(spread(short)))


def starter_items(collection: Collection) -> tuple[Item, ...]:
    """Pictures spread over the collection; of scenes, busy ones in clear weather, each in a place of its own."""
    scenes = scenes_of(collection.annotations)
    if not scenes:
        return tuple(spread(list(collection.items)))
    places: dict[str, Item] = {}
    for item, scene in zip(collection.items, scenes, strict=True):
        if scene.weather == "clear" and scene.time != "night" and scene.other is not None:
            places.setdefault(scene.place, item)
    return tuple(places.values())[:COUNT]


def first_text(collection: Collection) -> str:
    """The query that is shown before anyone has asked; empty where some of the collection are shown instead."""
    texts = starter_texts(collection) if collection.captions else ()
    return words_query(texts[0]) if texts else ""


def some_items(collection: Collection, k: int) -> tuple[Item, ...]:
    """k pictures, spread over the collection, in its order."""
    rows = np.unique(np.linspace(0, len(collection) - 1, min(k, len(collection))).astype(int))
    return tuple(collection.items[row] for row in rows)


def spread(values: list[T]) -> list[T]:
    """At most COUNT values, evenly spaced."""
    step = max(1, len(values) // COUNT)
    return values[step // 2 :: step][:COUNT]
