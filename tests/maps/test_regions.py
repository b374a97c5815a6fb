from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vse.encoders.similarity import normalise
from vse.maps import regions as map_regions
from vse.maps.projection import WORD, Cloud, Parameters, Projection
from vse.maps.regions import groups_of, names_of, regions_of
from vse.modalities import IMAGE

SIZES = (14, 10, 6)
WORDS = ("sea", "wood", "town")


def cloud() -> Cloud:
    """Three groups around the axes of the space, 14, 10 and 6 pictures."""
    rows = np.repeat(np.eye(3), SIZES, axis=0) + 0.1 * np.random.default_rng(0).normal(size=(30, 3))
    return Cloud(IMAGE, tuple(f"p{row}" for row in range(30)), normalise(rows))


def drawn(*clouds: Cloud) -> Projection:
    """Groups stand at (0, 0), (1, 0), (2, 0), but the first picture of each a little apart."""
    points = np.zeros((sum(len(each.ids) for each in clouds), 2), np.float32)
    points[:30, 0] = np.repeat(np.arange(3), SIZES)
    points[[0, 14, 24], 0] += 0.25
    return Projection("f", {each.modality: each.ids for each in clouds}, points, Parameters(), 0, {})


def test_regions_are_groups_of_the_plane_named_by_what_fits_their_middle_in_the_space():
    clouds = cloud(), Cloud(WORD, WORDS, np.eye(3)[[2, 0, 1]])
    ((*three,),) = regions_of(drawn(*clouds), clouds, levels=(3,))
    assert [(each.name, each.size) for each in three] == [("wood", 14), ("town", 10), ("sea", 6)]
    assert [each.x for each in three] == [0, 1, 2]  # medians, which those that stand apart leave alone
    assert all(each.fit > 0.9 for each in three)


def test_a_region_that_no_word_fits_has_no_name():
    clouds = cloud(), Cloud(WORD, WORDS, np.array([[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0]]))  # the last: the mean word
    ((*two,),) = regions_of(drawn(*clouds), clouds, levels=(3,))
    assert [each.name for each in two] == ["sea", "wood"]


def test_levels_shrink_with_the_map_and_come_once():
    clouds = cloud(), Cloud(WORD, WORDS, np.eye(3))
    assert len(regions_of(drawn(*clouds), clouds, levels=(2, 8, 30))) == 2  # of 2 and of 3 words
    assert regions_of(drawn(clouds[0]), clouds[:1]) == ()
    few = replace(clouds[0], ids=clouds[0].ids[:9], vectors=clouds[0].vectors[:9])
    assert regions_of(drawn(*clouds), (few, clouds[1])) == ()


def test_the_best_fit_of_all_is_settled_first_and_no_word_comes_twice():
    middles = np.array([[0.8, 0.6], [1, 0]])
    assert names_of(middles, ("a", "b"), np.array([[2.0, 0], [0, 3]])) == [("b", pytest.approx(0.6)), ("a", 1.0)]
    with pytest.raises(ValueError, match="2 middles and 1 words came"):
        names_of(middles, ("a",), np.ones((1, 2)))


def test_k_means_finds_what_stands_together_the_same_each_time(monkeypatch: pytest.MonkeyPatch):
    points = np.repeat([[0, 0], [5, 0], [0, 5]], SIZES, axis=0) + np.random.default_rng(0).normal(size=(30, 2))
    labels = groups_of(points, 3)
    assert sorted(np.bincount(labels).tolist()) == [6, 10, 14]
    np.testing.assert_array_equal(groups_of(points, 3), labels)
    monkeypatch.setattr(map_regions, "_SAMPLE", 20)
    sampled = groups_of(points, 3)  # middles of some points sort the others
    assert len(set(zip(labels.tolist(), sampled.tolist(), strict=True))) == 3
    assert groups_of(np.ones((4, 2)), 2).tolist() == [0] * 4
