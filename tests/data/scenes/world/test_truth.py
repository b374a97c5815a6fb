from __future__ import annotations

import random

import numpy as np

from vse.data.scenes.annotations import SceneTruth
from vse.data.scenes.language.captions import write_captions
from vse.data.scenes.world.kinds import FAMILIES, KINDS
from vse.data.scenes.world.sample import sample_scenes
from vse.data.scenes.world.scene import Group, Mention, Scene, Statement, is_held_out, satisfies, says_held_out
from vse.data.scenes.world.truth import encode_scenes, encode_statements, truth_matrix
from vse.data.scenes.world.world import ACTIONS, COLOURS, PLACES, RELATIONS, SIZES, TIMES, WEATHERS


def random_mention(rng: random.Random, groups: list[Group]) -> Mention:
    """Mostly what is true of some group, so that the answers are not all no."""
    group = rng.choice(groups)
    noun = rng.choice([group.kind, *KINDS[group.kind].families, rng.choice([*KINDS, *FAMILIES])])

    def said(actual: object, values: list, share: float = 0.3) -> object:
        return None if rng.random() > share else rng.choice([actual, actual, rng.choice(values)])

    return Mention(
        noun,
        count=said(group.count, [1, 2, 3, 4]),  # type: ignore[arg-type]
        several=rng.random() < 0.2,
        colour=said(group.colour, list(COLOURS)),  # type: ignore[arg-type]
        size=said(group.size, list(SIZES)),  # type: ignore[arg-type]
        action=said(group.action, list(ACTIONS)),  # type: ignore[arg-type]
    )


def random_statement(rng: random.Random, scenes: list[Scene]) -> Statement:
    groups = list(rng.choice(scenes).groups)
    number = rng.choice((0, 1, 1, 2, 2, 2))
    mentions = [random_mention(rng, groups) for _ in range(number)]
    return Statement(
        subject=mentions[0] if number else None,
        other=mentions[1] if number == 2 else None,
        relation=rng.choice([None, "beside", *RELATIONS]) if number == 2 else None,
        place=rng.choice([None, None, None, *PLACES]),
        time=rng.choice([None, None, None, *TIMES]),
        weather=rng.choice([None, None, None, *WEATHERS]),
    )


def test_the_matrix_agrees_with_satisfies():
    rng = random.Random(0)
    scenes = sample_scenes("test", 60) + sample_scenes("train", 60)
    statements = [caption.statement for scene in scenes for caption in write_captions(scene)]
    statements += [random_statement(rng, scenes) for _ in range(1500)]
    matrix = truth_matrix(encode_scenes(scenes), encode_statements(statements))
    expected = np.array([[satisfies(scene, statement) for statement in statements] for scene in scenes])
    assert matrix.dtype == np.bool_
    np.testing.assert_array_equal(matrix, expected)
    two = np.array([statement.other is not None for statement in statements])
    assert expected[:, two].sum() > 100  # what agrees is not only "no"
    assert 0.005 < expected[:, -1500:].mean() < 0.5


def test_rows_can_be_picked():
    scenes = sample_scenes("dev", 20)
    statements = [caption.statement for scene in scenes for caption in write_captions(scene)]
    codes, said = encode_scenes(scenes), encode_statements(statements)
    assert (len(codes), len(said)) == (20, 100)
    rows, columns = np.array([3, 17, 3]), np.array([99, 0])
    np.testing.assert_array_equal(
        truth_matrix(codes[rows], said[columns]), truth_matrix(codes, said)[rows[:, None], columns]
    )


def test_nothing_to_say_of_nothing():
    none = truth_matrix(encode_scenes([]), encode_statements([Statement(), Statement(Mention("dog"))]))
    assert none.shape == (0, 2)


def test_the_truth_of_a_collection():
    scenes = tuple(sample_scenes("test", 40))
    statements = tuple(caption.statement for scene in scenes for caption in write_captions(scene))
    truth = SceneTruth(scenes, statements)
    own = truth.matrix[np.repeat(np.arange(40), 5), np.arange(200)]
    assert own.all()
    assert truth.held_out("image").tolist() == [is_held_out(scene) for scene in scenes]
    assert truth.held_out("text").tolist() == [says_held_out(statement) for statement in statements]
    assert truth.relevance("image", "image") is truth.held_out("speech") is None
    np.testing.assert_array_equal(truth.relevance("text", "image"), truth.relevance("image", "text").T)
    part = truth.subset({"image": [1, 7], "text": [5, 6, 38]})
    assert part.scenes == (scenes[1], scenes[7])
    np.testing.assert_array_equal(part.matrix, truth.matrix[np.ix_([1, 7], [5, 6, 38])])
