from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from vse.data import Collection, load_collection
from vse.data.item import Item
from vse.data.scenes.annotations import SceneTruth, scenes_of
from vse.data.scenes.world.scene import Group, Scene
from vse.maps.facets import MOST, facets, few, legend

SCENE = Scene("a", "snow", "day", "fog", Group("dog", colour="white"), None, None, 0)


def collection(*scenes: Scene, splits: str = "") -> Collection:
    items = tuple(
        Item.picture(str(row), Path(f"{row}.png"), split=split) for row, split in enumerate(splits or "t" * len(scenes))
    )
    return Collection("made", items, SceneTruth(scenes, ()) if scenes else None)


def test_facets_by_hand():
    held_out = replace(SCENE, place="beach", time="night", subject=Group("taxi"), other=Group("cat"))
    assert facets(collection(replace(SCENE, place="desert"), held_out)) == {
        "place": ["desert", "beach"],
        "family": ["animal", "vehicle"],
        "kind": ["dog", "taxi"],
        "colour": ["white", "natural"],
        "time": ["day", "night"],
        "held out": ["seen", "held out"],  # no cat on the beach, in training
    }  # the weather is the same in both, and one value tells nothing


def test_what_is_not_known_is_left_out():
    assert facets(collection(splits="aab")) == {"split": ["a", "a", "b"]}
    assert facets(collection(splits="aaa")) == {}


def test_real_scenes_have_facets_a_legend_can_show(scenes_folder: Path):
    loaded = load_collection(scenes_folder)
    found = facets(loaded)
    assert {"place", "family", "kind", "colour", "time", "weather"} <= set(found)
    assert all(len(values) == len(loaded) and 2 <= len(set(values)) <= MOST for values in found.values())
    assert found["place"] == [scene.place for scene in scenes_of(loaded.annotations)]


def test_the_most_frequent_values_are_kept():
    values = [str(number) for number in range(10, 30) for _ in range(number)]
    kept = few(values)
    assert len(kept) == len(values)
    assert legend(kept) == [str(number) for number in range(29, 17, -1)] + ["other"]
    assert {old for old, new in zip(values, kept, strict=True) if new == "other"} == set(map(str, range(10, 18)))
    assert few(values[: sum(range(10, 24))]) == values[: sum(range(10, 24))]  # 14 values fit


def test_a_legend_is_by_frequency_then_alphabet_with_other_last():
    assert legend(["b", "other", "a", "other", "c", "c", "other"]) == ["c", "a", "b", "other"]
