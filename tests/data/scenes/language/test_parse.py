from __future__ import annotations

import pytest

from vse.data.scenes.language.captions import write_captions
from vse.data.scenes.language.parse import parse
from vse.data.scenes.world.sample import sample_scenes
from vse.data.scenes.world.scene import Mention, Statement


def test_every_caption_of_the_grammar_is_read_as_what_it_says():
    captions = [caption for scene in sample_scenes("train", 400, 7) for caption in write_captions(scene)]
    unread = [each.text for each in captions if each.statement not in parse(each.text)]
    assert len(captions) == 2000
    assert unread == []


def test_a_sentence_is_read_whoever_wrote_it():
    assert parse("Two small red cars in the snow at night") == (
        Statement(Mention("car", 2, colour="red", size="small"), place="snow", time="night"),
    )
    # What is behind something else stands first there, and is still what the sentence speaks of.
    turned = Statement(Mention("dog", 1), Mention("cat", 1), relation="behind", place="beach")
    assert parse("Behind a cat is a dog on the beach") == (turned,)
    assert parse("a dog behind a cat on the beach") == (turned,)


def test_what_has_two_meanings_is_read_as_both():
    tiger, cat = Mention("tiger", 1), Mention("cat", 1, size="big")
    assert {each.subject for each in parse("a big cat")} == {tiger, cat}


def test_only_of_people_does_standing_say_anything():
    assert parse("a man standing") == (Statement(Mention("man", 1, action="standing")),)
    assert parse("a car standing") == (Statement(Mention("car", 1)),)


@pytest.mark.parametrize(
    "text",
    ["", "a dog a cat", "a dog on the beach in the snow", "a happy dog", "a red", "dog dog", "two dog", "a dogs"],
)
def test_what_the_grammar_cannot_write_says_nothing(text: str):
    assert parse(text) == ()
