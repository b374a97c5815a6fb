from __future__ import annotations

import random

import numpy as np
import pytest

from vse.data.scenes.language.captions import write_captions
from vse.data.scenes.language.ladder import drawn_ladder
from vse.data.scenes.world.entailment import entailment_matrix
from vse.data.scenes.world.sample import sample_scenes
from vse.data.scenes.world.scene import Mention, Statement
from vse.data.scenes.world.truth import encode_scenes, encode_statements, truth_matrix

DOG, CAT = Mention("dog", 1), Mention("cat", 1)


def entails(special: Statement, general: Statement) -> bool:
    return bool(entailment_matrix(encode_statements([special]), encode_statements([general]))[0, 0])


@pytest.mark.parametrize(
    ("special", "general"),
    [
        (Statement(Mention("dog", 1, colour="brown"), place="beach", time="sunset"), Statement(Mention("dog", 1))),
        (Statement(DOG, place="beach"), Statement(place="beach")),
        (Statement(DOG), Statement(Mention("pet"))),
        (Statement(Mention("pet")), Statement(Mention("animal"))),
        (Statement(Mention("dog", 3)), Statement(Mention("dog", several=True))),
        (Statement(Mention("dog", several=True)), Statement(Mention("dog"))),
        (Statement(DOG, CAT, "left of"), Statement(CAT, DOG, "right of")),
        (Statement(DOG, CAT, "left of"), Statement(CAT, DOG, "beside")),
        (Statement(DOG, CAT, "beside"), Statement(CAT, DOG, "beside")),
        (Statement(DOG, CAT, "left of"), Statement(Mention("cat"))),
        (Statement(Mention("man", 1, action="riding a horse")), Statement(Mention("horse", 1))),
    ],
)
def test_what_says_less_follows_and_not_the_other_way_round(special: Statement, general: Statement):
    assert entails(special, general)
    assert entails(special, special)
    assert entails(general, special) is ({special.relation, general.relation} in ({"beside"}, {"left of", "right of"}))


@pytest.mark.parametrize(
    ("special", "other"),
    [
        (Statement(DOG, place="beach"), Statement(DOG, time="day")),
        (Statement(DOG), Statement(Mention("dog", 2))),
        (Statement(DOG), Statement(Mention("dog", several=True))),
        (Statement(DOG, CAT, "behind"), Statement(CAT, DOG, "behind")),
        (Statement(Mention("man", 1, action="riding a horse")), Statement(Mention("horse", 1, colour="white"))),
    ],
)
def test_what_is_not_said_does_not_follow(special: Statement, other: Statement):
    assert not entails(special, other)


def test_what_follows_is_true_of_every_scene_that_the_other_is_true_of():
    scenes, rng = sample_scenes("dev", 300), random.Random(0)
    statements = [c.statement for scene in scenes[:60] for c in write_captions(scene)]
    statements += [rung for scene in scenes[:60] for rung in drawn_ladder(rng, scene, 5)]
    codes = encode_statements(statements)
    follows, truth = entailment_matrix(codes, codes), truth_matrix(encode_scenes(scenes), codes).astype(np.float32)
    refuted = truth.T @ (1 - truth) > 0
    assert not (follows & refuted).any()
    assert follows.sum() > 2 * len(statements)
    assert np.array_equal(follows, follows @ follows)  # what follows from what follows, follows
