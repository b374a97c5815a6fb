"""A score against pairs at random, on numbers that can be counted."""

from __future__ import annotations

import numpy as np
import pytest

from vse.encoders.similarity import COSINE, ORDER, cosine, normalise, order
from vse.evaluation.score_background import Background, percentile_of

EYE = np.eye(2, dtype=np.float32)


def units(rows: int, seed: int) -> np.ndarray:
    return normalise(np.random.default_rng(seed).normal(size=(rows, 4)))


def test_percentile_is_the_share_below():
    background = np.array([0.1, 0.2, 0.2, 0.4])
    assert percentile_of(np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5]), background).tolist() == [0, 0, 25, 75, 75, 100]
    assert percentile_of(np.array([[0.3], [0.5]]), background).tolist() == [[75], [100]]


def test_of_few_pairs_every_one_is_taken():
    background = Background.sample(EYE, np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32))
    np.testing.assert_allclose(background.scores, [0, 0, 0.6, 0.8, 1, 1], atol=1e-6)
    assert background.percentile(0.7) == 50.0


@pytest.mark.parametrize(("similarity", "of_all"), [(COSINE, cosine), (ORDER, order)])
def test_scores_are_those_of_the_similarity(similarity, of_all):
    images, texts = units(7, 0), units(5, 1)
    found = Background.sample(images, texts, similarity)
    np.testing.assert_allclose(found.scores, np.sort(of_all(images, texts).ravel()), atol=1e-6)


def test_of_many_pairs_some_are_drawn_the_same_ones_each_time():
    images, texts = units(200, 0), units(300, 1).astype(np.float16)
    background = Background.sample(images, texts, pairs=20_000)
    assert background.scores.shape == (20_000,)
    assert (np.diff(background.scores) >= 0).all()
    np.testing.assert_array_equal(background.scores, Background.sample(images, texts, pairs=20_000).scores)
    assert (background.scores != Background.sample(images, texts, pairs=20_000, seed=1).scores).any()
    every = np.sort(cosine(images, texts).ravel())
    for score in (-0.5, 0.0, 0.5):
        assert background.percentile(score) == pytest.approx(percentile_of(score, every), abs=1.5)


def test_percentiles_of_two_models_can_be_compared_though_their_scores_cannot():
    images, texts = units(50, 0), units(60, 1)
    ours = Background.sample(images, texts)
    squeezed = Background(0.1 * ours.scores + 0.2)
    assert squeezed.percentile(0.1 * 0.31 + 0.2) == pytest.approx(ours.percentile(0.31), abs=0.05)


def test_what_cannot_be_drawn_from_is_refused():
    with pytest.raises(ValueError, match="2 pictures and 0 captions came: give at least one of each"):
        Background.sample(EYE, EYE[:0])
