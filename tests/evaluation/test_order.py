from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.data.scenes.world.sample import sample_scenes
from vse.data.scenes.world.scene import Mention, Statement
from vse.errors import CollectionError
from vse.evaluation.order import (
    OrderFigures,
    best_threshold,
    evaluate_order,
    fact_between,
    facts_table,
    from_json,
    order_table,
    questions,
    share,
    told_apart,
)


def test_the_share_above_0_counts_half_of_what_is_equal():
    assert share(np.array([1.0, -2.0, 0.0, 3.0])) == 62.5


def test_a_threshold_and_what_it_tells_by_hand():
    scores, true = np.array([0.9, 0.8, 0.4, 0.3]), np.array([True, False, True, False])
    assert best_threshold(scores, true) == pytest.approx(0.85)
    # Two scenes: each has the threshold of the other, 0.35 of the odd one and 0.85 of the even one.
    assert told_apart(scores, true, [0, 0, 1, 1]) == (50.0, 75.0)
    assert told_apart(np.array([0.9, 0.1, 0.8, 0.2]), true, [0, 0, 1, 1]) == (100.0, 100.0)


def test_what_a_statement_leaves_open():
    dog = Mention("dog", 2, colour="brown")
    whole = Statement(dog, Mention("cat", 1), "left of", "beach")
    assert fact_between(whole, Statement(dog, Mention("cat", 1), "left of")) == "place"
    assert fact_between(whole, Statement(dog, Mention("cat", 1), "beside", "beach")) == "relation"
    assert fact_between(whole, Statement(dog, None, None, "beach")) == "thing"
    assert fact_between(Statement(dog), Statement(Mention("animal", 2, colour="brown"))) == "noun"
    assert fact_between(Statement(dog), Statement(Mention("dog", several=True, colour="brown"))) == "count"


def test_questions_are_the_same_again_and_half_of_them_are_true():
    asked = questions(sample_scenes("dev", 20))
    assert asked == questions(sample_scenes("dev", 20))
    for of in (asked.follows, asked.of_pictures):
        assert len(of) > 100
        assert np.mean([is_true for *_, is_true in of]) == 0.5


def test_tables_and_json():
    found = {"a way": OrderFigures(97.25, 8, {"noun": (50.0, 4)}, (90.0, 95.0), None, 99.0, (90.0, 5.5))}
    assert order_table(found).splitlines()[-1] == "| a way | 97.3 | 90.0 (95.0) | - | 99.0 | 90.0, 5.5 a picture |"
    assert facts_table(found).splitlines()[-1] == "| noun | 50.0 | 4 |"
    stored = {title: each.to_json() for title, each in found.items()}
    assert from_json(stored)["a way"].above == 97.25


def test_where_nobody_knows_what_follows_nothing_is_measured(colours: Path):
    with pytest.raises(CollectionError, match="What follows from what in colours is not known"):
        evaluate_order(FakeEncoder(), load_collection(colours))
