from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from vse.errors import TextError
from vse.words.lab.glove import cooccurrences, glove, glove_loss
from vse.words.lab.settings import Settings


def test_cooccurrences_count_one_over_the_distance_both_ways():
    def counted(sentences: list[list[str]], window: int) -> dict[tuple[int, ...], float]:
        pairs, sums = cooccurrences(sentences, {"a": 0, "b": 1}, window)
        return dict(zip(map(tuple, pairs.tolist()), sums.tolist(), strict=True))

    both = 1 + 1 / 2
    assert counted([["a", "b", "x", "a"]], 3) == {(0, 1): both, (1, 0): both, (0, 0): pytest.approx(2 / 3)}
    assert counted([["a", "b", "x", "a"]], 1) == {(0, 1): 1, (1, 0): 1}
    assert counted([["a"], ["b"]], 2) == {}  # of two sentences


def test_a_corpus_counted_in_pieces_is_counted_alike(monkeypatch: pytest.MonkeyPatch):
    sentences, index = [["a", "b", "c", "a"], ["c", "b"], ["b", "a"]] * 5, {"a": 0, "b": 1, "c": 2}
    whole = cooccurrences(sentences, index, 2)
    monkeypatch.setattr("vse.words.lab.glove.PIECE", 2)
    for one, other in zip(whole, cooccurrences(sentences, index, 2), strict=True):
        assert np.array_equal(one, other)


def test_words_that_stand_alone_teach_nothing():
    with pytest.raises(TextError, match="no two words that come often enough stand together"):
        glove([["a"], ["b"]], {"a": 1, "b": 1}, Settings())


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
