from __future__ import annotations

import random

import numpy as np
import pytest

from vse.data.scenes.language.ladder import (
    drawn_ladder,
    full_statement,
    generalised,
    said_otherwise,
    say,
    specialised,
)
from vse.data.scenes.language.parse import parse
from vse.data.scenes.world.entailment import entailment_matrix
from vse.data.scenes.world.sample import sample_scenes
from vse.data.scenes.world.scene import Mention, Statement, satisfies
from vse.data.scenes.world.truth import encode_statements

SCENES = sample_scenes("dev", 60)


def test_each_rung_of_a_ladder_follows_from_those_before_it_and_is_true_of_the_scene():
    for scene in SCENES:
        rungs = drawn_ladder(random.Random(1), scene, 6)
        codes = encode_statements(rungs)
        assert np.triu(np.ones((6, 6), bool))[entailment_matrix(codes, codes)].sum() == 21
        assert rungs[0] == full_statement(scene)
        assert all(satisfies(scene, rung) for rung in rungs)


def test_what_is_said_is_read_as_what_it_says():
    rng = random.Random(2)
    for scene in SCENES:
        for rung in drawn_ladder(rng, scene, 5):
            assert rung in parse(say(rung))
            assert rung in parse(say(rung, rng))


def test_phrases():
    dog = Mention("dog", 1, colour="brown")
    assert say(Statement(Mention("animal"))) == "animal"
    assert say(Statement(dog, place="beach", time="sunset")) == "a brown dog on the beach at sunset"
    assert say(Statement(dog, Mention("car", 2), "left of")) == "a brown dog to the left of two cars"
    assert say(Statement(place="beach", time="night")) == "a beach at night"
    with pytest.raises(ValueError, match="no sentence says"):
        say(Statement(time="night"))


def test_one_fact_less_and_one_fact_more_are_each_other_s_way_back():
    statement = Statement(Mention("dog", 1, colour="brown"), place="beach")
    assert Statement(Mention("dog", 1), place="beach") in generalised(statement)
    assert Statement(Mention("pet", 1, colour="brown"), place="beach") in generalised(statement)
    assert generalised(Statement(place="beach")) == []
    for more in specialised(statement):
        assert entailment_matrix(encode_statements([more]), encode_statements([statement])).all()
        assert say(more)
    assert statement in specialised(Statement(Mention("dog", 1), place="beach"))
    assert Statement(Mention("dog"), place="sea") not in specialised(Statement(Mention("dog")))  # dogs do not swim here


def test_what_is_said_otherwise_differs_in_one_fact():
    rng = random.Random(3)
    for scene in SCENES:
        statement = full_statement(scene)
        other = said_otherwise(rng, statement)
        codes = encode_statements([statement]), encode_statements([other])
        assert not entailment_matrix(*codes).any()
        assert say(other, rng)
