from __future__ import annotations

import threading
from pathlib import Path

import pytest

from demo.shared import jobs as module
from demo.shared.jobs import CancelledError, Loading, name_of
from tests.conftest import FakeEncoder
from vse.data import Collection, load_collection
from vse.errors import DownloadError
from vse.search.searcher import Searcher


@pytest.fixture
def collection(colours: Path) -> Collection:
    return load_collection(colours)


def opening(monkeypatch: pytest.MonkeyPatch, opened: object) -> None:
    monkeypatch.setattr(module, "open_encoder", opened)


def test_a_model_loads_once_and_in_the_background(collection: Collection, monkeypatch: pytest.MonkeyPatch):
    names = []

    def slow(model, progress):
        names.append((model, threading.current_thread() is threading.main_thread()))
        progress(3_000_000, 4_000_000)
        return FakeEncoder()

    opening(monkeypatch, slow)
    loading = Loading("some-model", collection)
    assert (loading.status, loading.done) == ("Loading the model some-model", None)
    assert loading.start().start().opened() is loading.opened()
    assert names == [("some-model", False)]
    assert loading.is_ready()
    assert loading.problem() is None
    assert (loading.status, loading.done) == ("Fetching some-model: 3 of 4 MB", 0.75)
    assert loading.opened().scale.words is not None


def test_reading_the_collection_is_told_in_pictures(collection: Collection):
    loading = Loading("a", collection)
    loading._read(300, 1200)
    assert (loading.status, loading.done) == ("Reading the collection for the first time: 300 of 1,200", 0.25)
    loading._fetched(2_000_000, 0)
    assert (loading.status, loading.done) == ("Fetching a: 2 MB", None)


def test_what_went_wrong_is_handed_on(collection: Collection, monkeypatch: pytest.MonkeyPatch):
    def offline(model, progress):
        raise DownloadError("No network.")

    opening(monkeypatch, offline)
    told: list[Loading] = []
    loading = Loading("far/away", collection)
    loading.then(told.append)
    for _ in range(2):
        with pytest.raises(DownloadError, match=r"^No network\.$"):
            loading.opened()
    assert isinstance(loading.problem(), DownloadError)
    assert told == [loading]


def test_loading_stops_at_the_next_step_after_it_was_cancelled(collection: Collection, monkeypatch: pytest.MonkeyPatch):
    steps, go = [], threading.Event()

    def endless(model, progress):
        assert go.wait(60)
        for step in range(1000):
            steps.append(step)
            progress(step, 1000)
        return FakeEncoder()

    opening(monkeypatch, endless)
    loading = Loading("far/away", collection).start()
    assert not loading.is_ready()
    loading.cancel()
    go.set()
    with pytest.raises(CancelledError, match="far/away was cancelled; what was fetched is kept"):
        loading.opened()
    assert steps == [0]


def test_names(tmp_path: Path):
    (tmp_path / "mine").mkdir()
    assert name_of("scenes-vse") == "scenes-vse"
    assert name_of("ViT-B-32/laion2b_s34b_b79k") == "ViT-B-32/laion2b_s34b_b79k"
    assert name_of(str(tmp_path / "mine")) == name_of(tmp_path / "mine") == "mine"


def test_around_an_open_searcher(collection: Collection):
    searcher = Searcher.open(FakeEncoder(), collection)
    assert Loading.of(searcher).opened().searcher is searcher
    assert Loading.of(searcher).start().is_ready()
