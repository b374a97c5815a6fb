"""Writing Emoji Recipes to a folder, as a collection that `load_collection` reads."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from vse.data.readers.items_jsonl import ABOUT as ABOUT_FILE
from vse.data.readers.items_jsonl import ITEMS
from vse.data.recipes.drawing.render import render
from vse.data.recipes.language.captions import write_captions
from vse.data.recipes.language.recipe import write_recipe
from vse.data.recipes.world.dish import Dish
from vse.data.recipes.world.sample import sample_dishes, sample_swap
from vse.io.atomic import Kind, replace_folder

PIXELS, QUALITY = 128, 74
COUNTERPARTS = 5  # every so many dishes are followed by the counterpart of one
ABOUT = {
    "title": "Emoji Recipes",
    "credit": "Composed from glyphs of Noto Color Emoji, © Google, SIL Open Font License 1.1",
    "licence": "pictures, recipes and captions: CC0 1.0, as far as the glyphs' licence leaves it open",
}


def _written(folder: Path) -> set[str]:
    """The files of a collection of recipes, as `write_recipes` names them."""
    about = json.loads((folder / ABOUT_FILE).read_text(encoding="utf-8"))
    lines = [json.loads(line) for line in (folder / ITEMS).read_text(encoding="utf-8").splitlines()]
    if about.get("title") != ABOUT["title"] or not all("dish" in line for line in lines):
        return set()
    return {ITEMS, ABOUT_FILE, *(line["image"] for line in lines)}


RECIPES = Kind("a collection of Emoji Recipes", _written)


def dish_line(dish: Dish, image: str, split: str) -> str:
    """A line of items.jsonl."""
    captions = write_captions(dish)
    return json.dumps(
        {
            "id": dish.id,
            "image": image,
            "split": split,
            "captions": [caption.text for caption in captions],
            "recipe": write_recipe(dish).to_json(),
            "dish": {key: value for key, value in dish.to_json().items() if key != "id"},
            "said": [caption.said.to_json() for caption in captions],
        },
        ensure_ascii=False,
    )


def collection_dishes(split: str, count: int, seed: int = 0) -> list[Dish]:
    """The dishes of a split, a fifth of them counterparts, each behind the dish that it differs from."""
    rng = random.Random(f"counterparts:{split}:{seed}")
    dishes: list[Dish] = []
    for row, dish in enumerate(sample_dishes(split, count, seed)):
        dishes.append(dish)
        if row % (COUNTERPARTS - 1) == 0:
            dishes.append(sample_swap(rng, dish).target)
    return dishes[:count]


def write_collection(folder: Path, split: str = "test", count: int = 500, seed: int = 0) -> None:
    """Draw `count` dishes of a split; the folder appears whole or not at all.

    Raises:
        FontMissingError: when the emoji font is not installed.
        WriteError: when the folder holds anything but Emoji Recipes.
        ValueError: for a split that there is not.
    """
    write_recipes(folder, collection_dishes(split, count, seed), split)


def write_recipes(folder: Path, dishes: Sequence[Dish], split: str) -> None:
    """Draw the dishes given.

    Raises:
        FontMissingError, WriteError: as `write_collection`.
    """
    with replace_folder(folder, RECIPES) as work:
        (work / "images").mkdir()
        lines = []
        for dish in tqdm(dishes, desc=f"drawing {split} dishes", unit="dish"):
            image = f"images/{dish.id}.webp"
            render(dish, PIXELS).save(work / image, "WEBP", quality=QUALITY, method=6)
            lines.append(dish_line(dish, image, split))
        (work / ITEMS).write_text("\n".join(lines) + "\n", encoding="utf-8")
        (work / ABOUT_FILE).write_text(json.dumps(ABOUT, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
