from __future__ import annotations

import random
from dataclasses import replace

import pytest

from vse.data.scenes.world.sample import sample_scenes
from vse.data.scenes.world.scene import Group, Scene, facts
from vse.data.scenes.world.swap_truth import answers_swap, share_kept
from vse.data.scenes.world.swaps import Swap, sample_swap

DOG = Scene(
    id="s",
    place="meadow",
    time="day",
    weather="clear",
    subject=Group("dog", colour="white"),
    other=Group("car", colour="red"),
    relation="left of",
    seed=1,
)
CAT = replace(DOG, subject=Group("cat", colour="white"))
TO_CAT = Swap("animal", "subject.kind", DOG, CAT, "dog", "cat")
BLUE = replace(DOG, other=Group("car", colour="blue"))
TO_BLUE = Swap("colour", "other.colour", DOG, BLUE, "red", "blue")
NIGHT = replace(DOG, time="night")
TO_NIGHT = Swap("time", "time", DOG, NIGHT, "day", "night")
TWO = replace(DOG, subject=Group("dog", count=2, colour="white"))
TO_TWO = Swap("count", "subject.count", DOG, TWO, "one dog", "two dogs")


@pytest.mark.parametrize("swap", [TO_CAT, TO_BLUE, TO_NIGHT, TO_TWO], ids=lambda swap: swap.fact)
def test_the_target_answers_and_the_source_does_not(swap: Swap):
    assert answers_swap(swap.target, swap)
    assert not answers_swap(swap.source, swap)
    assert answers_swap(swap.source, swap.reversed)
    assert share_kept(swap.target, swap) == 1
    assert share_kept(swap.source, swap) == 1  # it keeps everything but has not changed


def test_the_new_thing_beside_the_old_is_no_answer():
    both = replace(DOG, other=Group("cat", colour="black"))
    assert not answers_swap(both, TO_CAT)
    assert not answers_swap(both, TO_CAT.reversed)


def test_neither_thing_is_no_answer():
    assert not answers_swap(replace(DOG, subject=Group("pig")), TO_CAT)


def test_the_new_thing_counts_wherever_it_stands():
    turned = replace(CAT, subject=CAT.other, other=CAT.subject, relation="right of")
    assert answers_swap(turned, TO_CAT)
    assert share_kept(turned, TO_CAT) == 1


def test_a_colour_counts_on_whatever_has_it():
    bus = replace(DOG, other=Group("bus", colour="blue"))
    assert answers_swap(bus, TO_BLUE)
    assert not answers_swap(replace(bus, subject=Group("parrot", colour="red")), TO_BLUE)


def test_a_number_is_said_of_its_kind():
    assert answers_swap(TWO, TO_TWO)
    two_cats = replace(DOG, subject=Group("cat", count=2, colour="white"))
    assert not answers_swap(two_cats, TO_TWO)
    assert not answers_swap(replace(TWO, subject=Group("dog", count=3, colour="white")), TO_TWO)


def test_a_person_on_horseback_shows_a_horse():
    rider = replace(DOG, subject=Group("man", action="riding a horse"))
    cow, horse = (replace(DOG, subject=Group(kind)) for kind in ("cow", "horse"))
    assert answers_swap(rider, Swap("animal", "subject.kind", cow, horse, "cow", "horse"))


def test_kept_counts_the_facts_by_hand():
    # place, time, weather, relation; subject: count, colour; other: kind, count, colour: 9 facts besides the kind
    assert share_kept(replace(CAT, time="night"), TO_CAT) == pytest.approx(8 / 9)
    assert share_kept(replace(CAT, place="beach", weather="fog", time="night"), TO_CAT) == pytest.approx(6 / 9)
    alone = replace(CAT, other=None, relation=None)
    assert share_kept(alone, TO_CAT) == pytest.approx(5 / 9)


def test_kept_takes_the_better_of_the_two_points_of_view():
    turned = replace(CAT, subject=CAT.other, other=CAT.subject, relation="left of")
    # told from the other group only the relation is wrong
    assert share_kept(turned, TO_CAT) == pytest.approx(8 / 9)


def test_what_the_target_does_not_have_is_not_asked_for():
    plain = replace(DOG, subject=Group("giraffe"), other=None, relation=None)
    swap = Swap("animal", "subject.kind", plain, replace(plain, subject=Group("elephant")), "giraffe", "elephant")
    # place, time, weather, count
    assert share_kept(replace(swap.target, subject=Group("elephant", size="small")), swap) == 1
    assert share_kept(replace(swap.target, place="beach"), swap) == pytest.approx(3 / 4)


def test_the_target_keeps_everything_in_any_swap():
    rng = random.Random(0)
    for scene in sample_scenes("test", 300):
        swap = sample_swap(rng, scene)
        assert share_kept(swap.target, swap) == 1
        assert share_kept(swap.source, swap) == 1
        assert 0 <= share_kept(sample_scenes("test", 1, seed=3)[0], swap) <= 1
        assert facts(swap.target)[swap.fact] != facts(swap.source)[swap.fact]
