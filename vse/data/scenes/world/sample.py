"""Drawing scenes at random: what may meet what, and which combinations training never sees."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from vse.data.scenes.world.kinds import KINDS, Kind
from vse.data.scenes.world.scene import Group, Scene, is_held_out
from vse.data.scenes.world.world import (
    ACTIONS,
    HELD_OUT_ACTIONS,
    HELD_OUT_COLOURS,
    HELD_OUT_PLACES,
    INDOOR_ACTIONS,
    INDOOR_WEATHERS,
    PLACES,
    WATER_ACTIONS,
    WORLD_VERSION,
    Place,
)

T = TypeVar("T")

SPLITS = ("train", "dev", "test")
# The share of dev and test scenes built around a combination training never sees; chance adds a few more.
HELD_OUT_SHARE = 0.2
MOST_SPECIMENS = 5
VARIANTS = 12  # drawings of a kind are picked modulo their number
SKINS = 5

_FAMILY_WEIGHTS = {"person": 28, "animal": 33, "vehicle": 15, "food": 9, "thing": 15}
_POPULAR = {"dog": 4, "cat": 4, "horse": 2, "car": 3, "bus": 2, "bicycle": 2, "balloon": 2, "umbrella": 2}
_TIMES = {"day": 40, "night": 24, "sunset": 20, "dawn": 16}
_WEATHERS = {"clear": 42, "cloudy": 14, "rain": 15, "snowfall": 14, "fog": 15}
_SUBJECT_COUNTS = {1: 60, 2: 19, 3: 13, 4: 8}
_OTHER_COUNTS = {1: 74, 2: 18, 3: 8}


def _weighted(rng: random.Random, weights: dict[T, int]) -> T:
    return rng.choices(list(weights), list(weights.values()))[0]


def allowed_actions(place: Place) -> tuple[str, ...]:
    if place.indoors:
        return INDOOR_ACTIONS
    dry = tuple(action for action in ACTIONS if action not in WATER_ACTIONS)
    if not place.land:
        return WATER_ACTIONS
    return (*dry, "rowing", "swimming") if place.water else dry


def can_be_in(kind: Kind, place: Place) -> bool:
    """Whether a kind may stand in a place: whales want water, buses no kitchen."""
    if place.indoors:
        return kind.indoors
    if kind.is_person or kind.habitat == "air":
        return True
    return place.water if kind.habitat == "water" else place.land


def habitat_of(group: Group) -> str:
    """ "land", "water" or "air": where this group is, which for people depends on what they do."""
    return "water" if group.action in WATER_ACTIONS else KINDS[group.kind].habitat


def allowed_relations(subject: Group, other: Group) -> tuple[str, ...]:
    """The relations that can be drawn so that they are seen."""
    first, second = habitat_of(subject), habitat_of(other)
    if first == "air" and second != "air":
        return ("above",)
    if second == "air" and first != "air":
        return ("below",)
    if first != second or first == "air":
        return ("left of", "right of")
    return ("left of", "right of", "behind", "in front of")


def allowed_weathers(place: Place) -> dict[str, int]:
    names = INDOOR_WEATHERS if place.indoors else tuple(_WEATHERS)
    return {name: _WEATHERS[name] for name in names if (place.name, name) != ("desert", "snowfall")}


def allowed_sizes(kind: Kind, count: int) -> tuple[str, ...]:
    """People have no size but their own; what is tall or many already cannot be drawn bigger."""
    if kind.is_person:
        return ()
    return ("small", "big") if kind.height <= 0.4 and count <= 2 else ("small",)


def most_of(kind: Kind) -> int:
    """How many specimens of a kind fit into a picture and can still be counted."""
    return 2 if kind.height > 0.4 and not kind.is_person else 3 if kind.height > 0.3 else 4


def _sample_kind(rng: random.Random, place: Place, not_this: str | None = None) -> Kind:
    while True:
        family = _weighted(rng, _FAMILY_WEIGHTS)
        fitting = {
            kind.name: _POPULAR.get(kind.name, 1)
            for kind in KINDS.values()
            if kind.families[0] == family and kind.name != not_this and can_be_in(kind, place)
        }
        if fitting:
            return KINDS[_weighted(rng, fitting)]


def sample_group(rng: random.Random, kind: Kind, place: Place, counts: dict[int, int], room: int) -> Group:
    limit = min(most_of(kind), room)
    count = _weighted(rng, {n: weight for n, weight in counts.items() if n <= limit})
    sizes = allowed_sizes(kind, count)
    return Group(
        kind=kind.name,
        count=count,
        colour=rng.choice(kind.colours) if kind.colours else None,
        size=rng.choice(sizes) if sizes and rng.random() < 0.2 * len(sizes) else None,
        action=rng.choice(allowed_actions(place)) if kind.is_person else None,
        variant=rng.randrange(VARIANTS),
        skin=rng.randrange(SKINS),
    )


def _sample_scene(rng: random.Random, scene_id: str, place: Place, subject: Group) -> Scene:
    """A scene around a subject."""
    other, relation = None, None
    if rng.random() < 0.6:
        kind = _sample_kind(rng, place, not_this=subject.kind)
        other = sample_group(rng, kind, place, _OTHER_COUNTS, MOST_SPECIMENS - subject.count)
        relation = rng.choice(allowed_relations(subject, other))
    return Scene(
        id=scene_id,
        place=place.name,
        time=_weighted(rng, _TIMES),
        weather=_weighted(rng, allowed_weathers(place)),
        subject=subject,
        other=other,
        relation=relation,
        seed=rng.getrandbits(32),
    )


def _any_scene(rng: random.Random, scene_id: str) -> Scene:
    place = rng.choice(list(PLACES.values()))
    subject = sample_group(rng, _sample_kind(rng, place), place, _SUBJECT_COUNTS, MOST_SPECIMENS)
    return _sample_scene(rng, scene_id, place, subject)


def _held_out_scene(rng: random.Random, scene_id: str) -> Scene:
    """A scene around a combination that training never sees."""
    what = rng.choice(("place", "colour", "action"))
    if what == "place":
        name, place_name = rng.choice(sorted(HELD_OUT_PLACES))
        fixed: dict[str, Any] = {}
        places = [PLACES[place_name]]
    elif what == "colour":
        colour, name = rng.choice(sorted(HELD_OUT_COLOURS))
        fixed = {"colour": colour}
        places = [place for place in PLACES.values() if can_be_in(KINDS[name], place)]
    else:
        name, action = rng.choice(sorted(HELD_OUT_ACTIONS))
        fixed = {"action": action}
        places = [place for place in PLACES.values() if action in allowed_actions(place)]
    place = rng.choice(places)
    subject = sample_group(rng, KINDS[name], place, _SUBJECT_COUNTS, MOST_SPECIMENS)
    return _sample_scene(rng, scene_id, place, replace(subject, **fixed))


def sample_scene(split: str, number: int, seed: int = 0) -> Scene:
    """The scene of that number: the same for the same world version, split, number and seed.

    Training scenes hold no held-out combination; about 3 in 10 of dev and test scenes hold one.

    Raises:
        ValueError: for a split that is not one of SPLITS.
    """
    if split not in SPLITS:
        raise ValueError(f"got split {split!r}, expected one of {', '.join(SPLITS)}")
    rng = random.Random(f"scene:{WORLD_VERSION}:{split}:{seed}:{number}")
    scene_id = f"scene-{number:04d}" if split == "test" else f"{split}-{number:05d}"
    if split != "train" and rng.random() < HELD_OUT_SHARE:
        return _held_out_scene(rng, scene_id)
    while True:
        scene = _any_scene(rng, scene_id)
        if split != "train" or not is_held_out(scene):
            return scene


def sample_scenes(split: str, count: int, seed: int = 0) -> list[Scene]:
    return [sample_scene(split, number, seed) for number in range(count)]


def is_possible(scene: Scene) -> bool:
    """Whether a scene keeps the rules above; what a changed scene is checked against."""
    place = PLACES[scene.place]
    for group in scene.groups:
        kind = KINDS[group.kind]
        if not can_be_in(kind, place) or group.count > most_of(kind):
            return False
        if group.size and group.size not in allowed_sizes(kind, group.count):
            return False
        if (group.action is not None) != kind.is_person:
            return False
        if kind.is_person and group.action not in allowed_actions(place):
            return False
        if (group.colour is not None) != bool(kind.colours) or (kind.colours and group.colour not in kind.colours):
            return False
    if scene.weather not in allowed_weathers(place) or sum(group.count for group in scene.groups) > MOST_SPECIMENS:
        return False
    if scene.other is None:
        return scene.relation is None
    return scene.subject.kind != scene.other.kind and scene.relation in allowed_relations(scene.subject, scene.other)


def kinds_like(kind: Kind, place: Place, names: Sequence[str] = tuple(KINDS)) -> list[str]:
    """Kinds of the same family and habitat that may take this kind's place."""
    return [
        name
        for name in names
        if name != kind.name
        and KINDS[name].families[0] == kind.families[0]
        and KINDS[name].habitat == kind.habitat
        and can_be_in(KINDS[name], place)
    ]
