"""The project's own layout: items.jsonl, a line a picture, and collection.json about the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from vse.data.item import Item
from vse.data.readers.base import Contents
from vse.data.readers.parsing import numbered_lines, read_json, told
from vse.data.readers.picture_files import caption_text, picture_name
from vse.data.recipes.annotations import DishTruth
from vse.data.recipes.world.dish import Dish
from vse.data.recipes.world.truth import Said
from vse.data.scenes.annotations import SceneTruth
from vse.data.scenes.world.scene import Scene, Statement
from vse.data.scenes.world.truth import check_facts
from vse.errors import CollectionError
from vse.io.configs import parse_json
from vse.modalities import RECIPE, SPEECH
from vse.modalities.recipe.recipe import Recipe

ITEMS = "items.jsonl"
ABOUT = "collection.json"
S = TypeVar("S")


def read_items(source: Path, images: Path | None = None) -> Contents:
    """items.jsonl: a line a picture, `{"id", "image", "captions", "split"}`; with "recipe" where it has one.

    What is known of it is "scene" and "statements" in Emoji Scenes, "dish" and "said" in Emoji Recipes. "speech" lists
    recordings, `{"file", "caption"}`: a file, and the number of the caption that it reads.

    Raises:
        CollectionError: naming the line that does not fit.
    """
    root = images or source.parent
    items: dict[str, Item] = {}
    scenes: list[Scene] = []
    statements: list[Statement] = []
    dishes: list[Dish] = []
    captions: list[Said] = []
    spoken: list[int] = []
    for number, line in numbered_lines(source):
        with told(source, number):
            data = parse_json(line)
            item, scene, said = _line(root, data)
            if item.id in items:
                raise ValueError(f"there are two pictures with the id {item.id!r}; give each its own")
            items[item.id] = item
            spoken.extend(len(statements) + row for row in _read_aloud(data, item))
            scenes.extend(scene)
            statements.extend(said)
            dish, told_of_it = _dish(data)
            dishes.extend(dish)
            captions.extend(told_of_it)
    truth: SceneTruth | DishTruth | None = None
    if items and len(scenes) == len(items):
        truth = SceneTruth(tuple(scenes), tuple(statements), tuple(spoken))
    elif items and len(dishes) == len(items):
        truth = DishTruth(tuple(dishes), tuple(captions))
    return Contents(source, tuple(items.values()), truth, _about(source.parent / ABOUT))


def _dish(data: dict[str, Any]) -> tuple[list[Dish], list[Said]]:
    """The dish of a line and what its captions say of it, where it is one of Emoji Recipes.

    Raises:
        ValueError: for one that this world does not know.
    """
    if "dish" not in data:
        return [], []
    try:
        said = _statements(data, "said", Said.from_json)
        return [Dish.from_json({**data["dish"], "id": data["id"]})], said
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"this does not describe a dish ({error})") from error


def _line(root: Path, data: Any) -> tuple[Item, list[Scene], list[Statement]]:
    """A picture, and what is known of it where something is.

    Raises:
        ValueError: saying which part does not fit.
    """
    try:
        item = _item(root, data)
        if "scene" not in data:
            return item, [], []
        scene = Scene.from_json({**data["scene"], "id": data["id"]})
        said = _statements(data, "statements", Statement.from_json)
    except CollectionError as error:
        raise ValueError(str(error).rstrip(".")) from error
    except KeyError as error:
        raise ValueError(f"this does not describe a picture: {error} is missing") from error
    except (TypeError, AttributeError) as error:
        raise ValueError(f"this does not describe a picture ({error})") from error
    try:
        check_facts(scene, said)
    except (KeyError, ValueError) as error:
        raise ValueError(f"the scene or a statement holds a fact that the world does not know ({error})") from error
    return item, [scene], said


def _item(root: Path, data: dict[str, Any]) -> Item:
    if not isinstance(data, dict):
        raise TypeError(f"expected a JSON object, found {type(data).__name__}")
    if not isinstance(data["captions"], list):
        raise TypeError("captions must be a list")
    captions = tuple(caption_text(caption) for caption in data["captions"])
    split, credit = data.get("split", "test"), data.get("credit", "")
    for name, value in (("id", data["id"]), ("split", split), ("credit", credit)):
        if not isinstance(value, str):
            raise TypeError(f"{name} must be text, found {value!r}")
    item = Item.picture(data["id"], root / picture_name(data["image"], root), captions, split, credit)
    inputs: dict[str, tuple[Any, ...]] = {}
    if "recipe" in data:
        inputs[RECIPE] = (Recipe.from_json(data["recipe"]),)
    if speech := data.get("speech", []):
        if not isinstance(speech, list) or not all(isinstance(each, dict) for each in speech):
            raise TypeError("speech must be a list of objects with 'file' and 'caption'")
        inputs[SPEECH] = tuple(root / picture_name(each["file"]) for each in speech)
    return replace(item, inputs={**item.inputs, **inputs}) if inputs else item


def _read_aloud(data: dict[str, Any], item: Item) -> list[int]:
    """The number of the caption that each recording reads.

    Raises:
        ValueError: when there is no such caption.
    """
    found = [each.get("caption") for each in data.get("speech", [])]
    if wrong := [each for each in found if type(each) is not int or not 0 <= each < len(item.captions)]:
        raise ValueError(f"a recording reads caption {wrong[0]!r}, and there are {len(item.captions)}, counted from 0")
    return found


def _statements(data: dict[str, Any], name: str, read: Callable[[Any], S]) -> list[S]:
    """What each caption says; the truth of a picture's captions cannot be known for some of them only."""
    if not isinstance(data[name], list):
        raise TypeError(f"{name} must be a list")
    if len(data[name]) != len(data["captions"]):
        raise ValueError(f"{len(data[name])} {name} came for {len(data['captions'])} captions")
    return [read(each) for each in data[name]]


def _about(path: Path) -> dict[str, str]:
    about = read_json(path) if path.exists() else {}
    if not isinstance(about, dict):
        raise CollectionError(f"{path} holds no JSON object; expected one in braces.")
    if wrong := [name for name, value in about.items() if not isinstance(value, str)]:
        raise CollectionError(f"{path} says {wrong[0]} = {str(about[wrong[0]])[:60]}; expected text.")
    return about
