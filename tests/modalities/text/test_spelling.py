from __future__ import annotations

import random

import numpy as np
import pytest

from vse.modalities.text.spelling import BEGIN, END, FIRST, LONGEST, inflected, misspelt, scrambled, spelled
from vse.modalities.text.vocabulary import osa_distances

WORDS = ["dog", "snow", "ice", "peacock", "t-shirt", "grandmother", "é", "at"]


def test_words_as_bytes_between_marks():
    rows = spelled(["cab", "é"])
    assert rows.tolist() == [
        [BEGIN, FIRST + 99, FIRST + 97, FIRST + 98, END],
        [BEGIN, FIRST + 0xC3, FIRST + 0xA9, END, 0],
    ]
    assert spelled([]).shape == (0, 5)
    assert spelled(["x" * 100]).shape == (1, LONGEST + 2)


def distance(word: str, other: str) -> int:
    letters = np.array([[ord(letter) for letter in other.ljust(len(word) + 2, "\0")]], np.int32)
    return int(osa_distances(word, letters, np.array([len(other)]))[0])


@pytest.mark.parametrize("word", WORDS)
def test_a_slip_is_one_edit_at_most_and_long_words_keep_their_first_letter(word: str):
    rng = random.Random(0)
    slips = [misspelt(word, rng) for _ in range(300)]
    assert max(distance(word, slip) for slip in slips) <= 1
    assert len(set(slips)) == 1 if len(word) == 1 else len(set(slips)) > 10
    assert len(word) <= 3 or {slip[0] for slip in slips} == {word[0]}


def test_new_forms_hold_the_word_or_its_stem():
    rng = random.Random(1)
    forms = {inflected("bunny", rng) for _ in range(500)}
    assert {"bunnys", "bunnies", "misbunny", "bunnyland"} <= forms
    assert all("bunn" in form for form in forms)
    assert {"dogged", "doged", "dogs"} <= {inflected("dog", rng) for _ in range(500)}


def test_scrambled_words_are_as_long_and_the_seed_decides():
    words = [scrambled("elephant", random.Random(seed)) for seed in (1, 1, 2)]
    assert {len(word) for word in words} == {8}
    assert words[0] == words[1] != words[2]
