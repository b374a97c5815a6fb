from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import FakeEncoder, tiny_checkpoint
from vse.encoders.base import Placed
from vse.encoders.vse.encoder import VSEEncoder
from vse.errors import ImageError, ModalityError
from vse.search.explain import word_shares
from vse.search.places import FEATURES, OCCLUSION, STEPS, PlaceMap, occlusions, place_maps, vectors_by_place

HALVES = np.zeros((90, 90, 3), np.uint8)
HALVES[:, :45, 0] = 255  # red on the left, blue on the right
HALVES[:, 45:, 2] = 255


class Placing(FakeEncoder):
    """Has one row of two places: without the left one the picture is blue, without the right one red."""

    def by_place(self, image: object) -> Placed:
        whole = np.array([[0.6, 0, 0.8]] * 2, np.float32)[None]
        return Placed(whole, np.array([[[0, 0, 1], [1, 0, 0]]], np.float32), (0.25, 0, 0.75, 1))


def maps(encoder: FakeEncoder, text: str, way: str):
    def shares(vectors: np.ndarray):
        scores = vectors @ encoder.encode_texts([text])[0]
        return scores, word_shares(encoder, text, vectors, scores)

    return place_maps(encoder, Image.fromarray(HALVES), shares, way)


def test_what_is_lost_without_each_place_worked_out_by_hand():
    found = maps(Placing(), "red", FEATURES)
    np.testing.assert_allclose(found.whole.values, [[0.6, -0.4]], atol=1e-6)
    assert found.area == (0.25, 0, 0.75, 1)
    assert found.whole.peak == (0.25, 0.5)
    assert [each.word for each in found.words] == ["red"]


@pytest.mark.parametrize("way", [FEATURES, OCCLUSION])
def test_the_maps_of_the_words_add_up_to_that_of_the_query(way: str):
    found = maps(Placing(), "red blue red", way)
    np.testing.assert_allclose(sum(each.values for each in found.words), found.whole.values, atol=1e-6)


def test_covering_the_thing_costs_its_word_most():
    found = maps(FakeEncoder(), "red blue", OCCLUSION)
    (left, _), (right, _) = (each.peak for each in found.words)
    assert left < 0.5 < right
    assert found.whole.values.shape == (STEPS, STEPS)


def test_squares_are_covered_in_the_mean_colour():
    covered = occlusions(HALVES, window=0.5, steps=2)
    assert len(covered) == 4
    assert (covered[0][:45, :45] == HALVES.mean(axis=(0, 1)).round()).all()
    changed = (covered[0] != HALVES).any(axis=2)
    assert changed[:45, :45].all()
    assert changed.sum() == 45 * 45


def test_a_model_without_places_and_other_ways_are_refused(tmp_path: Path):
    with pytest.raises(ModalityError, match="fake tells nothing of places without looking again: ask for 'occlusion'"):
        vectors_by_place(FakeEncoder(), HALVES)
    with pytest.raises(ValueError, match="way came as 'x': give features or occlusion"):
        vectors_by_place(FakeEncoder(), HALVES, "x")
    with pytest.raises(ImageError, match="does not exist"):
        vectors_by_place(Placing(), tmp_path / "none.png", OCCLUSION)


def test_a_vse_tells_places_of_the_square_that_it_sees():
    placed = VSEEncoder(tiny_checkpoint(), "tiny").by_place(np.zeros((40, 80, 3), np.uint8))
    assert placed.area == (0.25, 0, 0.75, 1)
    assert placed.whole.shape == placed.without.shape == (4, 4, 8)
    np.testing.assert_allclose(np.linalg.norm(placed.without, axis=-1), 1, atol=1e-5)


def test_the_peak_is_the_middle_of_its_place():
    assert PlaceMap("dog", np.array([[0, 1, 0], [0, 0, 0.5]], np.float32)).peak == (0.5, 0.25)
