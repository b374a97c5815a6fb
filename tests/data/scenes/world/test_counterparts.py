from __future__ import annotations

import hashlib
import json
from collections import Counter
from itertools import combinations, permutations
from typing import Any

import pytest

from vse.data.scenes.world.counterparts import SWAPS, Family, sample_families
from vse.data.scenes.world.sample import is_possible
from vse.data.scenes.world.scene import Scene, facts
from vse.data.scenes.world.swap_truth import answers_swap, share_kept

# Changes whenever the counterparts do; then draw them again and raise WORLD_VERSION.
IDS_AND_FACTS = "df68c7cd17225285"


@pytest.fixture(scope="module")
def families() -> list[Family]:
    return sample_families()


def differing(first: Scene, second: Scene) -> list[str]:
    before, after = facts(first), facts(second)
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def digest(families: list[Family]) -> str:
    told: list[Any] = [[scene.id, facts(scene)] for family in families for scene in family.scenes]
    told += [[s.name, s.fact, s.source.id, s.target.id, s.minus, s.plus] for family in families for s in family.swaps]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def test_there_are_enough_of_every_kind(families: list[Family]):
    counts = Counter(family.name for family in families)
    assert counts == {name: wanted for name, (_, _, wanted) in SWAPS.items()}
    assert len(counts) >= 8
    assert min(counts.values()) >= 10
    assert sum(len(family.scenes) for family in families) >= 500


def test_members_differ_in_exactly_the_fact_that_is_swapped(families: list[Family]):
    for family in families:
        fact = family.swaps[0].fact
        assert {swap.fact for swap in family.swaps} == {fact}
        for first, second in combinations(family.members, 2):
            assert differing(first, second) == [fact], family.members[0].id
            assert first.seed == second.seed  # so that all else is drawn in the same place


def test_the_swaps_are_every_two_members_both_ways(families: list[Family]):
    for family in families:
        asked = [(swap.source, swap.target) for swap in family.swaps]
        assert asked == list(permutations(family.members, 2))
        assert {swap.name for swap in family.swaps} == {family.name}
        words = {swap.source.id: swap.minus for swap in family.swaps}
        assert {swap.target.id: swap.plus for swap in family.swaps} == words
        assert len(set(words.values())) == len(words)


def test_a_target_answers_and_keeps_all_and_its_source_does_not(families: list[Family]):
    for family in families:
        for swap in family.swaps:
            assert answers_swap(swap.target, swap)
            assert share_kept(swap.target, swap) == 1
            assert not answers_swap(swap.source, swap)


def test_halfway_the_old_thing_is_still_there(families: list[Family]):
    for family in families:
        between = dict(zip(combinations(family.members, 2), family.halfway, strict=False))
        for pair, scene in between.items():
            assert scene.id == pair[0].id + pair[1].id[-1]
            for swap in family.swaps:
                # halfway from a to b, nothing has gone; to someone who starts from c, b has come and c is not there
                assert answers_swap(scene, swap) == (swap.source not in pair)


def test_no_other_member_answers(families: list[Family]):
    for family in families:
        for swap in family.swaps:
            right = [member.id for member in family.members if answers_swap(member, swap)]
            assert right == [swap.target.id]


def test_halfway_there_is_a_picture_between_every_two_where_both_can_be_seen(families: list[Family]):
    for family in families:
        attribute = family.swaps[0].fact.partition(".")[2]
        pairs = len(family.members) * (len(family.members) - 1) // 2
        assert len(family.halfway) == (pairs if attribute in ("kind", "colour", "size", "action") else 0)


def test_every_picture_is_possible_and_has_an_id_of_its_own(families: list[Family]):
    scenes = [scene for family in families for scene in family.scenes]
    assert all(is_possible(scene) for scene in scenes)
    assert len({scene.id for scene in scenes}) == len(scenes)
    assert all(scene.id.startswith(family.name.replace(" ", "-")) for family in families for scene in family.scenes)


def test_the_pairs_everyone_tries_are_there(families: list[Family]):
    asked = Counter((swap.minus, swap.plus) for family in families for swap in family.swaps)
    assert asked["dog", "cat"] == asked["cat", "dog"] >= 6
    assert asked["man", "woman"] >= 4
    assert asked["king", "queen"] >= 4


def test_they_are_the_same_every_time(families: list[Family]):
    assert sample_families() == families
    assert sample_families(seed=1) != families
    assert digest(families) == IDS_AND_FACTS
