from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from vse.words.lab.glove import cooccurrences, glove, glove_loss
from vse.words.lab.settings import Settings


def test_cooccurrences_count_one_over_the_distance_both_ways():
    found = cooccurrences([["a", "b", "x", "a"]], {"a": 0, "b": 1}, window=3)
    assert found == {(0, 1): 1 + 1 / 2, (1, 0): 1 + 1 / 2, (0, 0): pytest.approx(2 / 3)}
    assert cooccurrences([["a", "b", "x", "a"]], {"a": 0, "b": 1}, window=1) == {(0, 1): 1, (1, 0): 1}


def test_the_loss_by_hand():
    # f(4 / 100) = 0.04^0.75; (1.5 - log 4)^2; and beyond x_max the weight is 1: (5 - log 200)^2
    scores, counts = torch.tensor([1.5, 5.0]), torch.tensor([4.0, 200.0])
    by_hand = 0.5 * (0.04**0.75 * (1.5 - math.log(4)) ** 2 + (5 - math.log(200)) ** 2)
    assert glove_loss(scores, counts, 100, 0.75).item() == pytest.approx(by_hand, rel=1e-5)


def test_words_in_the_same_company_come_to_lie_together():
    sentences = [[one, place] for one in ("dog", "cat") for place in ("garden", "lawn")] * 30
    sentences += [[one, place] for one in ("ship", "boat") for place in ("sea", "harbour")] * 30
    counts = dict.fromkeys(["dog", "cat", "ship", "boat", "garden", "lawn", "sea", "harbour"], 60)
    told: list[tuple[int, int]] = []
    settings = Settings(vector_size=8, epochs=60, window=2)
    found = glove(sentences, counts, settings, lambda *each: told.append(each))
    assert (told[0], told[-1]) == ((1, 60), (60, 60))
    losses = found.about["losses"]
    assert losses[-1] < 0.2 * losses[0]
    near = {word for word, _ in found.nearest(found["dog"], 4)}
    assert near == {"dog", "cat", "garden", "lawn"}
    again = glove(sentences, counts, settings)
    assert np.array_equal(again.vectors, found.vectors)
