from __future__ import annotations

import pytest

from vse.search.caption_swap import (
    captions_swapped,
    in_caption,
    minus_and_plus,
    operands_in_captions,
    with_word_swapped,
)
from vse.search.query import parse


@pytest.mark.parametrize(
    ("caption", "minus", "plus", "expected"),
    [
        ("a dog on the beach", "dog", "cat", "a cat on the beach"),
        ("A dog on the beach.", "dog", "elephant", "An elephant on the beach."),
        ("an apple and a pear", "apple", "pear", "a pear and a pear"),
        ("Dog and dog", "dog", "cat", "cat and cat"),
        ("two dogs and a hotdog", "dog", "cat", None),
        ("a red car under a red sky", "red", "blue", "a blue car under a blue sky"),
        ("the living room at night", "living room", "beach", "the beach at night"),
        ("a c++ (old) book", "(old)", "new", "a c++ new book"),
        ("", "dog", "cat", None),
    ],
)
def test_a_word_is_swapped_where_it_stands_whole(caption: str, minus: str, plus: str, expected: str | None):
    assert with_word_swapped(caption, minus, plus) == expected


def test_swapping_back_gives_the_caption_again():
    caption = "there is a dog in the snow, a big dog"
    there = with_word_swapped(caption, "dog", "owl")
    assert there == "there is an owl in the snow, a big owl"
    assert with_word_swapped(there, "owl", "dog") == caption


def test_the_first_caption_that_says_the_word_is_taken():
    captions = ("a puppy", "a dog in a field", "one dog")
    assert in_caption(captions, "dog", "cat") == ("a dog in a field", "a cat in a field")
    assert in_caption(captions, "horse", "cat") is None
    assert in_caption((), "dog", "cat") is None


def test_words_of_a_query_go_in_pairs():
    captions = ("a red dog in a field",)
    assert operands_in_captions(parse("[scene-0001] - dog + cat"), captions) == {
        "dog": "a red dog in a field",
        "cat": "a red cat in a field",
    }
    two = operands_in_captions(parse("[scene-0001] - dog - red + cat + blue"), captions)
    assert two == {
        "dog": "a red dog in a field",
        "cat": "a red cat in a field",
        "red": "a red dog in a field",
        "blue": "a blue dog in a field",
    }
    assert operands_in_captions(parse("[scene-0001] - horse + cat"), captions) == {}
    assert operands_in_captions(parse("[scene-0001] + cat"), captions) == {}
    assert operands_in_captions(parse("[scene-0001] - dog + cat"), ()) == {}


def test_every_caption_is_told_with_the_words_exchanged():
    captions = ["A dog on the grass", "a red dog", "grass"]
    assert captions_swapped(captions, ["dog"], ["owl"]) == ["An owl on the grass", "a red owl", "grass"]
    assert captions_swapped(captions, ["dog", "red"], ["owl"]) == ["An owl on the grass", "grass"]
    assert captions_swapped(captions, ["dog", "red"], ["cat", "blue"]) == ["A cat on the grass", "a blue cat", "grass"]
    assert captions_swapped(captions, [], ["owl"]) == captions
    assert captions_swapped([], ["dog"], ["owl"]) == []


def test_words_taken_away_and_words_added():
    assert minus_and_plus(parse("[scene-0001] - dog - [scene-0002] + cat + 2*blue")) == (["dog"], ["cat", "blue"])
