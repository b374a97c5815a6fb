from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from demo.shared.percentiles import Scale, pairs_of_pictures, percent, rated, top

from demo.shared.answers import Answer, CaptionAnswer, ImageAnswer, Query
from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.data.item import Item
from vse.evaluation.score_background import Background
from vse.search.searcher import Searcher

EIGHT = Background(np.arange(8, dtype=np.float32) / 8)


def test_the_worth_of_a_score_by_hand():
    assert [top(score, EIGHT) for score in (0.875, 0.9, 0.0, 0.5)] == [12.5, 0, 100, 50]
    assert top(0.5, None) is None


def test_pictures_are_held_against_other_pictures():
    background = pairs_of_pictures(np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32))
    assert background is not None
    assert background.scores == pytest.approx([0, 0.6, 0.8])
    assert pairs_of_pictures(np.ones((1, 2), dtype=np.float32)) is None


def test_words_and_pictures_have_scales_of_their_own():
    item = Item.picture("a", Path("a.png"))
    scale = Scale(words=EIGHT, pictures=Background(np.array([0.0, 1.0], dtype=np.float32)))
    images, captions = (ImageAnswer(item, 0.5, 1),), (CaptionAnswer("a", item, 0.5, 1, False),)
    words = rated(Answer(Query("words", "a"), images), scale)
    picture = rated(Answer(Query("item", "a"), images, captions), scale)
    assert words.images[0].top == pytest.approx(50)
    assert (picture.images[0].top, picture.captions[0].top) == pytest.approx((50, 50))
    assert rated(Answer(Query("words", "a"), images), Scale()).images[0].top is None


def test_the_scale_of_a_searcher(colours: Path):
    searcher = Searcher.open(FakeEncoder(), load_collection(colours))
    scale = Scale.of(searcher)
    assert scale.words is not None
    assert scale.pictures is not None
    assert len(scale.words.scores) == 4 * 4
    half = 0.5**0.5
    assert scale.pictures.scores == pytest.approx([0, 0, 0, 0, half, half], abs=1e-3)
    assert Scale.of(Searcher(searcher.encoder, searcher.collection, searcher.images, None)).words is None


def test_shares_are_never_told_smaller_than_they_are():
    shares = (0, 0.02, 0.1, 0.31, 0.99, 1, 3.2, 27, 100)
    assert [percent(share) for share in shares] == ["0.1", "0.1", "0.1", "0.4", "1.0", "1", "4", "27", "100"]
