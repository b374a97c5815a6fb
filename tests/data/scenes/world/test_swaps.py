from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from vse.data.scenes.language.phrases import plural_of
from vse.data.scenes.world.kinds import KINDS
from vse.data.scenes.world.sample import is_possible, sample_scenes
from vse.data.scenes.world.scene import Group, Scene, facts, is_held_out
from vse.data.scenes.world.swaps import WEIGHTS, Swap, possible_swaps, sample_swap

SCENE = Scene(
    id="s",
    place="meadow",
    time="day",
    weather="clear",
    subject=Group("dog", colour="white"),
    other=Group("cat", colour="white", count=2),
    relation="left of",
    seed=1,
)


def swaps(split: str, count: int, in_training: bool) -> list[Swap]:
    rng = random.Random(0)
    return [sample_swap(rng, scene, in_training) for scene in sample_scenes(split, count)]


def words(scene: Scene, what: str) -> dict[str, tuple[str, str]]:
    """What each target's fact became -> (minus, plus)."""
    found = possible_swaps(scene, what)
    return {f"{swap.fact} {facts(swap.target)[swap.fact]}": (swap.minus, swap.plus) for swap in found}


@pytest.mark.parametrize("split", ["train", "test"])
def test_source_and_target_differ_in_exactly_the_fact_named(split: str):
    for swap in swaps(split, 1000, in_training=False):
        before, after = facts(swap.source), facts(swap.target)
        assert before.keys() == after.keys()
        assert [name for name in before if before[name] != after[name]] == [swap.fact]
        # what is never spoken of stays as well, so that the pictures match
        assert (swap.source.seed, swap.source.id) == (swap.target.seed, swap.target.id)
        assert [(g.variant, g.skin) for g in swap.source.groups] == [(g.variant, g.skin) for g in swap.target.groups]


def test_every_target_is_possible_and_every_sort_of_change_occurs():
    made = swaps("test", 1000, in_training=False)
    assert all(is_possible(swap.target) for swap in made)
    families = {"person", "animal", "vehicle", "food", "thing"}
    assert {swap.name for swap in made} == families | WEIGHTS.keys() - {"kind"}


def test_in_training_no_target_is_held_out():
    assert not any(is_held_out(swap.target) for swap in swaps("train", 2000, in_training=True))
    assert any(is_held_out(swap.target) for swap in swaps("train", 2000, in_training=False))


def test_reversed_twice_is_itself():
    for swap in swaps("test", 100, in_training=False):
        turned = swap.reversed
        assert (turned.source, turned.target) == (swap.target, swap.source)
        assert (turned.minus, turned.plus, turned.fact) == (swap.plus, swap.minus, swap.fact)
        assert turned.reversed == swap


def test_minus_and_plus_differ_and_are_words_of_the_world():
    for swap in swaps("test", 500, in_training=False):
        assert swap.minus != swap.plus
        if swap.fact.endswith(".kind"):
            assert (swap.minus, swap.plus) == (facts(swap.source)[swap.fact], facts(swap.target)[swap.fact])


def test_a_colour_two_groups_share_is_said_with_its_noun():
    found = words(SCENE, "colour")
    assert found["subject.colour black"] == ("white dog", "black dog")
    assert found["other.colour orange"] == ("white cat", "orange cat")
    found = words(replace(SCENE, other=Group("cat", colour="black")), "colour")
    assert found["subject.colour grey"] == ("white", "grey")


def test_a_number_is_said_with_its_noun():
    found = words(SCENE, "count")
    assert found["other.count 1"] == ("two cats", "one cat")
    assert found["subject.count 3"] == ("one dog", "three dogs")
    assert "subject.count 4" not in found  # six specimens would not fit
    assert plural_of("dog") == "dogs"


def test_frames_are_said_with_their_nouns():
    assert words(SCENE, "place")["place living room"] == ("meadow", "living room")
    assert words(SCENE, "weather")["weather fog"] == ("clear sky", "fog")
    assert words(SCENE, "time") == {
        "time dawn": ("day", "dawn"),
        "time sunset": ("day", "sunset"),
        "time night": ("day", "night"),
    }


def test_a_kind_changes_only_into_one_of_its_family_and_habitat():
    found = Counter(swap.fact for swap in possible_swaps(SCENE, "kind"))
    assert found["subject.kind"] > 1
    for swap in possible_swaps(SCENE, "kind"):
        kinds = [KINDS[facts(each)[swap.fact]] for each in (swap.source, swap.target)]
        assert kinds[0].families[0] == kinds[1].families[0] == swap.name
        assert kinds[0].habitat == kinds[1].habitat


def test_what_is_not_there_is_not_changed():
    assert possible_swaps(SCENE, "action") == []
    assert possible_swaps(SCENE, "size") == []
