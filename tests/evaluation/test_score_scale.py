from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.evaluation.score_scale import Scale, pairs_of_pictures
from vse.search.searcher import Searcher


def test_pictures_are_held_against_other_pictures():
    background = pairs_of_pictures(np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32))
    assert background is not None
    assert background.scores == pytest.approx([0, 0.6, 0.8])
    assert pairs_of_pictures(np.ones((1, 2), dtype=np.float32)) is None


def test_the_scale_of_a_searcher(colours: Path):
    searcher = Searcher.open(FakeEncoder(), load_collection(colours))
    scale = Scale.of(searcher)
    assert scale.words is not None
    assert scale.pictures is not None
    assert len(scale.words.scores) == 4 * 4
    half = 0.5**0.5
    assert scale.pictures.scores == pytest.approx([0, 0, 0, 0, half, half], abs=1e-3)
    assert Scale.of(Searcher(searcher.encoder, searcher.collection, {"image": searcher.images})).words is None
