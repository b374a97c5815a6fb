from __future__ import annotations

from dataclasses import replace

import pytest

from vse.data.scenes.world.scene import Group, Mention, Scene, Statement
from vse.data.scenes.world.swaps import Swap
from vse.evaluation.written import (
    facts_said,
    facts_shown,
    likeness,
    says,
    true_of,
    truth_of_sums,
    truth_of_written,
)

DOG = Scene("one", "beach", "day", "clear", Group("dog", 1, colour="brown"), None, None, seed=1)
BOTH = replace(DOG, id="two", other=Group("cat", 2), relation="left of")


def test_facts_are_counted_alike_in_pictures_and_sentences():
    # place, time, weather, and of the dog its kind, number and colour
    assert facts_shown(DOG) == 6
    assert facts_shown(BOTH) == 6 + 1 + 2
    assert facts_said(Statement(Mention("dog", 1, colour="brown"), place="beach", time="day", weather="clear")) == 6
    assert facts_said(Statement(Mention("dog", several=True))) == 2


def test_a_sentence_is_true_of_a_picture_or_not():
    assert true_of(DOG, "a brown dog on the beach") is not None
    assert true_of(DOG, "a brown dog in the snow") is None
    assert true_of(BOTH, "two cats to the right of a dog") is not None
    assert true_of(DOG, "a brown dog dog") is None


def test_the_truth_of_captions_is_a_share_of_them():
    texts = ["a brown dog on the beach", "a cat on the beach", "a brown dog on the beach", "A dog."]
    found = truth_of_written([DOG, DOG, BOTH, DOG], texts, frozenset({("a", "dog")}))
    assert (found.true, found.new, found.captions) == (75, 75, 4)
    # 4 of 6 facts, 4 of 9, 2 of 6
    assert found.said == pytest.approx(100 * (4 / 6 + 4 / 9 + 2 / 6) / 3)
    # A brown dog is a combination that training never shows, so all of these are held out.
    assert found.held_out == 75


def test_a_sum_says_the_new_thing_the_old_one_or_neither():
    cat = replace(DOG, id="target", subject=Group("cat", 1, colour="brown"))
    swap = Swap("animal", "subject.kind", DOG, cat, "dog", "cat")
    texts = ["a brown cat on the beach", "a brown dog on the beach", "an animal on the beach", "a cat in the snow"]
    found = truth_of_sums([swap] * 4, texts)
    assert (found.says_new, found.says_old, found.true, found.sums) == (50, 25, 50, 4)


def test_a_statement_tells_a_fact_of_a_group_by_any_of_its_names():
    assert says(Statement(Mention("animal", 1)), "subject.kind", DOG)
    assert not says(Statement(Mention("vehicle", 1)), "subject.kind", DOG)
    assert says(Statement(Mention("dog", colour="brown")), "subject.colour", DOG)
    assert not says(Statement(Mention("cat", colour="brown")), "subject.colour", DOG)
    assert says(Statement(place="beach"), "place", DOG)


def test_captions_as_people_wrote_them_are_most_alike():
    people = [["A dog runs on a beach .", "a brown dog by the sea"], ["two men play a game of football here"]]
    found = likeness(["a dog runs on a beach", "two men play a game of football here"], people)
    assert (found.bleu, found.words, found.captions) == (pytest.approx(100), 7, 2)
    assert found.cider > likeness(["a cat", "a cat"], people).cider
