from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from demo.map.store import DEFAULT_LAYOUT, LAYOUTS, MapStore, check_layout, map_of_model
from demo.shared.jobs import CancelledError, Opened
from tests.maps.test_points import Knowing
from vse.data import load_collection
from vse.errors import CollectionError, QueryError
from vse.evaluation.score_scale import Scale
from vse.maps.points import MAPS
from vse.search.searcher import Searcher


@pytest.fixture
def opened(colours: Path) -> Opened:
    return Opened("fake", Searcher.open(Knowing(), load_collection(colours)), Scale())


def test_every_map_that_ships_is_a_layout_of_the_page():
    assert set(LAYOUTS) == set(MAPS)
    assert MAPS[DEFAULT_LAYOUT].centred


def test_a_map_by_hand(opened: Opened):
    made = map_of_model(opened, "joint", lambda share, what: None)
    assert [len(cloud.ids) for cloud in made.clouds] == [4, 3, 2]
    # the mean picture is (1 + h, 1 + h, 1) / 4 and the mean caption (2 + h, 1 + h, 0) / 4, with h the root of a half
    assert made.gap == pytest.approx(np.sqrt(2) / 4, abs=1e-3)
    np.testing.assert_allclose(made.place(np.array([[1.0, 0, 0]]), "image")[0], made.projection.points[0], atol=1e-5)
    assert made.cloud("text") is made.clouds[1]
    assert made.cloud("sound") is None


def test_two_visitors_share_one_map(opened: Opened):
    store = MapStore()
    first = store.drawing(opened, "joint")
    assert store.drawing(opened, "joint") is first
    assert store.drawing(opened, "per-modality") is not first
    assert first.result() is first.result()
    assert first.is_ready()


def test_cancelling_ends_at_the_next_stage_and_the_next_wish_begins_again(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
):
    reached, go_on = threading.Event(), threading.Event()

    def make(opened: Opened, layout: str, report: Callable[[float, str], None]) -> None:
        report(0.5, "laying out the map")
        reached.set()
        go_on.wait(10)
        report(0.8, "measuring the map")

    monkeypatch.setattr("demo.map.store.map_of_model", make)
    store = MapStore()
    drawing = store.drawing(opened, "joint")
    assert reached.wait(10)
    assert (drawing.status, drawing.done) == ("Drawing the map of fake: laying out the map", 0.5)
    assert not drawing.is_ready()
    store.jobs.cancel("a visitor", at_machine=False)
    assert not drawing.stopped.is_set()
    store.jobs.cancel("a visitor", at_machine=True)
    go_on.set()
    with pytest.raises(CancelledError, match="Drawing the map of fake was cancelled"):
        drawing.result()
    assert drawing.was_cancelled()
    assert store.drawing(opened, "joint") is not drawing


def test_what_failed_is_tried_again(opened: Opened, monkeypatch: pytest.MonkeyPatch):
    store = MapStore()

    def broken(*given: object) -> None:
        raise CollectionError("a picture is gone")

    with monkeypatch.context() as patch:
        patch.setattr("demo.map.store.map_of_model", broken)
        failed = store.drawing(opened, "joint")
        with pytest.raises(CollectionError, match="a picture is gone"):
            failed.result()
    again = store.drawing(opened, "joint")
    assert again is not failed
    assert len(again.result().projection) == 9


@pytest.mark.parametrize("layout", ["round", "", None, ["joint"]])
def test_a_layout_from_outside_is_checked(layout: object):
    with pytest.raises(QueryError, match=r"^No layout .* of the map: give one of joint-centred, joint, per-"):
        check_layout(layout)
