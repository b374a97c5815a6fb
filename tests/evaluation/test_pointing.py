from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import FakeEncoder
from tests.data.scenes.drawing.test_render import needs_font
from vse.data import load_collection
from vse.data.scenes.drawing.boxes import Box, boxes
from vse.data.scenes.drawing.render import render
from vse.data.scenes.world.sample import sample_scenes
from vse.encoders.registry import load_model
from vse.errors import CollectionError
from vse.evaluation.pointing import (
    Pointing,
    evaluate_pointing,
    from_json,
    is_hit,
    kinds_table,
    pointing_table,
    share_covered,
)
from vse.search.places import PlaceMap

LEFT = Box(0.0, 0.0, 0.5, 1.0)


def test_a_hit_is_a_maximum_in_a_box_wherever_the_map_lies():
    told = PlaceMap("dog", np.array([[0.1, 0.2]], np.float32))  # at 0.75 of its area
    assert not is_hit(told, (0, 0, 1, 1), [LEFT])
    assert is_hit(told, (0, 0, 0.5, 1), [LEFT])
    assert is_hit(told, (0, 0, 1, 1), [LEFT, Box(0.7, 0.4, 0.8, 0.6)])


def test_chance_is_what_the_boxes_cover_together():
    assert share_covered([LEFT]) == pytest.approx(0.5)
    assert share_covered([LEFT, Box(0.25, 0, 0.75, 0.5)]) == pytest.approx(0.625)
    assert share_covered([Box(-1, 0.9, 2, 3)]) == pytest.approx(0.1)


def test_figures_by_kind_and_family_and_their_tables():
    found = {"features": Pointing.of([("dog", 1.0)] * 4 + [("dog", 0.0), ("car", 1.0)], 5)}
    assert found["features"].by_kind == {"car": (100.0, 1), "dog": (80.0, 5)}
    assert found["features"].by_family == {"animal": (80.0, 5), "vehicle": (100.0, 1)}
    assert "| features | 83.3 | 80.0 | 100.0 | 6 | 5 |" in pointing_table(found).splitlines()
    assert kinds_table(found).splitlines()[-1] == "| dog | 80.0 | 5 |"
    assert from_json({title: each.to_json() for title, each in found.items()}) == found


def test_where_nobody_knows_what_is_where_nothing_is_measured(colours: Path):
    with pytest.raises(CollectionError, match="Where things are in colours is not known: measure pointing on Emoji"):
        evaluate_pointing(FakeEncoder(), load_collection(colours))


@needs_font
def test_a_scene_changes_inside_the_boxes_of_what_is_changed():
    scene = next(each for each in sample_scenes("test", 40) if each.other is None and each.weather == "clear")
    smaller = replace(scene, subject=replace(scene.subject, kind="chair", colour=None, size=None, action=None))
    before, after = (np.asarray(render(each, 120), int) for each in (scene, smaller))
    rows, columns = np.nonzero(np.abs(before - after).sum(axis=2) > 60)
    places = [box for each in (scene, smaller) for box in boxes(each)[0]]
    y, x = (rows + 0.5) / 120, (columns + 0.5) / 120
    inside = np.any([(b.left <= x) & (x <= b.right) & (b.top <= y) & (y <= b.bottom) for b in places], axis=0)
    assert len(rows) > 100
    assert inside.mean() > 0.9  # the rest are shadows


@needs_font
def test_a_model_is_measured_both_ways_beside_chance(scenes_model: Path, scenes_folder: Path):
    collection = load_collection(scenes_folder).of_rows([0, 1, 2])
    found = evaluate_pointing(load_model(scenes_model), collection, occluded=1)
    assert list(found) == ["features", "features, the same pictures", "occlusion", "the middle of the picture",
                           "any place, at random"]  # fmt: skip
    assert [each.pictures for each in found.values()] == [3, 1, 1, 3, 3]
    assert found["features"].things == found["any place, at random"].things
    assert all(0 <= each.hits <= 100 for each in found.values())
