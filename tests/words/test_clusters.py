"""k-means over words."""

from __future__ import annotations

import numpy as np
import pytest

from vse.errors import TextError
from vse.words.clusters import clusters
from vse.words.table import WordVectors

WORDS = WordVectors(
    "some", ("red", "green", "blue", "two", "three"), np.array([[9, 1], [1, 0], [1, -0.1], [0, 1], [0.1, 2]], float)
)


def test_words_that_point_the_same_way_are_together_whatever_their_length():
    found = clusters(WORDS, 2)
    assert [set(group) for group in found] == [{"red", "green", "blue"}, {"two", "three"}]
    assert found[0][0] == "green"  # nearest to the middle of the three
    assert clusters(WORDS, 2) == found


def test_every_word_is_in_one_group_and_no_more_groups_than_words():
    found = clusters(WORDS, 40)
    assert sorted(word for group in found for word in group) == sorted(WORDS.words)


@pytest.mark.parametrize("k", [1, 61])
def test_a_number_out_of_range_is_refused(k: int):
    with pytest.raises(TextError, match=rf"^{k} clusters of 5 words were asked for: give 2 to 60, and words\.$"):
        clusters(WORDS, k)
