from __future__ import annotations

import math

import pytest

from vse.evaluation.cider import cider


def test_a_caption_as_people_wrote_it_scores_ten():
    references = [["a dog on a beach"], ["two cats sleep here"]]
    assert cider(["A dog on a beach.", "two cats sleep here"], references) == pytest.approx(10)
    assert cider(["two cats sleep here", "a dog on a beach"], references) == 0


def test_a_hand_computed_number():
    # Three pictures. "a" is said of all and weighs log 3 - log 3 = 0; "dog", "cat" and "bird" weigh log 3 each.
    references = [["a dog"], ["a cat"], ["a bird"]]
    # "dog dog" has the unigram dog twice: the vector (2 log 3) against (0, log 3): clipped, log 3 x log 3 over
    # 2 log 3 x log 3 is a half; of bigrams "dog dog" and "a dog" nothing agrees, and there are no longer ones.
    assert cider(["dog dog", "a cat", "a bird"], references) == pytest.approx((10 * (0.5 / 4) + 2 * 10 * (2 / 4)) / 3)


def test_another_length_costs():
    references = [["a dog"], ["a cat"], ["a bird"]]
    # "dog": the unigrams agree wholly, one word is missing: exp(-1 / 72).
    assert cider(["dog", "x", "x"], references) == pytest.approx(10 * math.exp(-1 / 72) / 4 / 3)


def test_nothing_to_compare_with_is_refused():
    with pytest.raises(ValueError, match="got 1 captions and 0 lists of references"):
        cider(["a dog"], [])
