from __future__ import annotations

import json
from dataclasses import replace

import pytest

from vse.data.scenes.world.sample import sample_scenes
from vse.data.scenes.world.scene import (
    Group,
    Mention,
    Scene,
    Statement,
    facts,
    is_held_out,
    satisfies,
    says_held_out,
    with_group,
)

DOGS = Group("dog", count=2, colour="black", size="small")
WOMAN = Group("woman", action="riding a horse")
SCENE = Scene("s", "beach", "night", "rain", subject=DOGS, other=WOMAN, relation="left of", seed=1)
ALONE = replace(SCENE, other=None, relation=None)
DOG, LADY = Mention("dog"), Mention("woman")


@pytest.mark.parametrize(
    ("statement", "true"),
    [
        (Statement(), True),
        (Statement(place="beach", time="night", weather="rain"), True),
        (Statement(place="beach", time="day"), False),
        (Statement(place="sea"), False),
        (Statement(weather="fog"), False),
        (Statement(DOG), True),
        (Statement(DOG, place="sea"), False),
        (Statement(Mention("cat")), False),
        # families are true of a kind, other families and other kinds are not
        (Statement(Mention("animal")), True),
        (Statement(Mention("pet")), True),
        (Statement(Mention("adult")), True),
        (Statement(Mention("bird")), False),
        (Statement(Mention("child")), False),
        # numbers
        (Statement(Mention("dog", count=2)), True),
        (Statement(Mention("dog", count=1)), False),
        (Statement(Mention("dog", count=3)), False),
        (Statement(Mention("dog", several=True)), True),
        (Statement(Mention("woman", several=True)), False),
        (Statement(Mention("woman", count=1)), True),
        # attributes must be those of the same group
        (Statement(Mention("dog", colour="black", size="small")), True),
        (Statement(Mention("dog", colour="white")), False),
        (Statement(Mention("dog", size="big")), False),
        (Statement(Mention("animal", colour="black")), True),
        (Statement(Mention("woman", colour="black")), False),
        (Statement(Mention("woman", action="riding a horse")), True),
        (Statement(Mention("person", action="riding a horse")), True),
        (Statement(Mention("woman", action="dancing")), False),
        (Statement(Mention("dog", action="riding a horse")), False),
        # both groups, each for one mention
        (Statement(DOG, LADY), True),
        (Statement(LADY, DOG), True),
        (Statement(DOG, DOG), False),
        (Statement(Mention("animal"), Mention("person")), True),
        (Statement(DOG, Mention("cat")), False),
        # relations
        (Statement(DOG, LADY, "left of"), True),
        (Statement(DOG, LADY, "right of"), False),
        (Statement(LADY, DOG, "right of"), True),
        (Statement(LADY, DOG, "left of"), False),
        (Statement(DOG, LADY, "beside"), True),
        (Statement(LADY, DOG, "beside"), True),
        (Statement(DOG, LADY, "behind"), False),
        (Statement(DOG, LADY, "left of", time="day"), False),
        # a woman on horseback shows a horse as well, of which nothing more is known
        (Statement(Mention("horse")), True),
        (Statement(Mention("farm-animal")), True),
        (Statement(Mention("horse", count=1)), True),
        (Statement(Mention("horse", several=True)), False),
        (Statement(Mention("horse", colour="brown")), False),
        (Statement(Mention("bicycle")), False),
        (Statement(DOG, Mention("horse"), "left of"), True),
        (Statement(DOG, Mention("horse"), "right of"), False),
        (Statement(LADY, Mention("horse")), False),  # one group is not two
    ],
)
def test_satisfies_by_hand(statement: Statement, true: bool):
    assert satisfies(SCENE, statement) == true


@pytest.mark.parametrize(
    ("relation", "asked", "turned", "true"),
    [
        ("above", "above", False, True),
        ("above", "below", True, True),
        ("above", "beside", False, False),
        ("above", "above", True, False),
        ("behind", "behind", False, True),
        ("behind", "in front of", True, True),
        ("behind", "in front of", False, False),
        ("right of", "beside", False, True),
        ("right of", "left of", True, True),
        ("in front of", "beside", True, False),
    ],
)
def test_every_relation_and_its_inverse(relation: str, asked: str, turned: bool, true: bool):
    pair = (LADY, DOG) if turned else (DOG, LADY)
    assert satisfies(replace(SCENE, relation=relation), Statement(*pair, asked)) == true


def test_a_single_group_satisfies_no_statement_about_two():
    assert satisfies(ALONE, Statement(DOG))
    assert not satisfies(ALONE, Statement(DOG, Mention("animal")))
    assert not satisfies(ALONE, Statement(DOG, LADY))


def test_either_group_may_be_the_one_spoken_of_when_both_fit():
    cats = replace(SCENE, other=Group("cat", colour="white"), relation="above")
    pet = Mention("pet")
    assert satisfies(cats, Statement(pet, pet, "above"))
    assert satisfies(cats, Statement(pet, pet, "below"))
    assert satisfies(cats, Statement(Mention("pet", colour="white"), pet, "below"))
    assert not satisfies(cats, Statement(Mention("pet", colour="white"), pet, "above"))


def test_scenes_and_statements_come_back_from_json():
    for scene in (SCENE, ALONE, *sample_scenes("test", 50)):
        assert Scene.from_json(json.loads(json.dumps(scene.to_json()))) == scene
    full = Mention("dog", 2, False, "black", "small", None)
    for statement in (
        Statement(),
        Statement(full),
        Statement(full, Mention("person", several=True, action="dancing"), "beside", "sea", "day", "fog"),
    ):
        assert Statement.from_json(json.loads(json.dumps(statement.to_json()))) == statement
    assert Statement(DOG, place="sea").to_json() == {"subject": {"noun": "dog"}, "place": "sea"}


@pytest.mark.parametrize(
    ("scene", "held_out"),
    [
        (SCENE, False),
        (replace(SCENE, place="snow"), True),  # a dog in the snow
        (with_group(SCENE, "subject", colour="brown"), True),  # a brown dog
        (with_group(SCENE, "other", action="surfing"), True),  # a surfing woman
        (with_group(SCENE, "other", kind="man", action="surfing"), False),
        (replace(ALONE, subject=Group("cat", colour="white")), True),  # a cat on the beach
    ],
)
def test_held_out_combinations(scene: Scene, held_out: bool):
    assert is_held_out(scene) == held_out


@pytest.mark.parametrize(
    ("statement", "held_out"),
    [
        (Statement(DOG, place="snow"), True),
        (Statement(DOG, place="beach"), False),
        (Statement(DOG), False),
        (Statement(Mention("animal"), place="snow"), False),
        (Statement(Mention("dog", colour="brown")), True),
        (Statement(LADY, Mention("woman", action="surfing")), True),
        (Statement(place="snow"), False),
    ],
)
def test_held_out_statements(statement: Statement, held_out: bool):
    assert says_held_out(statement) == held_out


def test_facts_are_flat():
    assert facts(ALONE) == {
        "place": "beach",
        "time": "night",
        "weather": "rain",
        "relation": None,
        "subject.kind": "dog",
        "subject.count": 2,
        "subject.colour": "black",
        "subject.size": "small",
        "subject.action": None,
    }
    assert facts(SCENE)["other.action"] == "riding a horse"


def test_with_group_changes_one_group():
    changed = with_group(SCENE, "other", kind="man", count=2)
    assert changed.other == Group("man", count=2, action="riding a horse")
    assert replace(changed, other=WOMAN) == SCENE
    with pytest.raises(ValueError, match="scene s has no other"):
        with_group(ALONE, "other", count=2)
