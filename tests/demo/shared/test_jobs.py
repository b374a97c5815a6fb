from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from demo.shared import jobs as module
from demo.shared.jobs import CANCELLED, UNEXPECTED, CancelledError, Job, Jobs, Loading, Report, name_of
from tests.conftest import FakeEncoder
from vse.data import Collection, load_collection
from vse.errors import CollectionError, DownloadError
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
    assert loading.start().start() is loading
    assert loading.result() is loading.result()
    assert names == [("some-model", False)]
    assert loading.is_ready()
    assert loading.problem() == ""
    assert (loading.status, loading.done) == ("Fetching some-model: 3 of 4 MB", 0.75)
    assert loading.result().scale.words is not None


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
    ended = threading.Event()
    loading = Loading("far/away", collection)
    loading.then(ended.set)
    for _ in range(2):
        with pytest.raises(DownloadError, match=r"^No network\.$"):
            loading.result()
    assert loading.problem() == "No network."
    assert ended.is_set()


def test_loading_stops_at_the_next_step_after_it_was_cancelled(collection: Collection, monkeypatch: pytest.MonkeyPatch):
    steps, go = [], threading.Event()

    def endless(model, progress):
        assert go.wait(60)
        for step in range(1000):
            steps.append(step)
            progress(step, 1000)
        return FakeEncoder()

    opening(monkeypatch, endless)
    loading = Loading("far/away", collection)
    loading.start()
    assert not loading.is_ready()
    loading.cancel()
    go.set()
    with pytest.raises(CancelledError, match="far/away was cancelled; what was fetched is kept"):
        loading.result()
    assert steps == [0]


def test_names(tmp_path: Path):
    (tmp_path / "mine").mkdir()
    assert name_of("scenes-vse") == "scenes-vse"
    assert name_of("ViT-B-32/laion2b_s34b_b79k") == "ViT-B-32/laion2b_s34b_b79k"
    assert name_of(str(tmp_path / "mine")) == name_of(tmp_path / "mine") == "mine"


def test_around_an_open_searcher(collection: Collection):
    searcher = Searcher.open(FakeEncoder(), collection)
    assert Loading.of(searcher).result().searcher is searcher
    assert Loading.of(searcher).start().is_ready()


def test_a_job_tells_how_far_it_is_and_what_it_found():
    go = threading.Event()

    def make(report: Report) -> int:
        report("Counting", 1, 4)
        go.wait(30)
        report("Adding", 0, 0)
        return 7

    job = Job(make)
    job.start()
    assert not job.is_ready(0.05)
    assert job.value() is None
    assert job.problem() == ""
    assert (job.status, job.done) == ("Counting", 0.25)
    go.set()
    assert job.result() == 7
    assert job.value() == 7
    assert (job.status, job.done) == ("Adding", None)


def test_what_is_wrong_is_a_sentence(caplog: pytest.LogCaptureFixture):
    def refused(report: Report) -> int:
        raise CollectionError("There are no captions.")

    job = Job(refused)
    job.start()
    assert job.is_ready(30)
    assert job.problem() == "There are no captions."
    assert job.value() is None
    with pytest.raises(CollectionError, match="no captions"):
        job.result()
    assert not caplog.records


def test_what_nobody_expected_is_logged_and_told_without_detail(caplog: pytest.LogCaptureFixture):
    def broken(report: Report) -> int:
        raise ZeroDivisionError("secret")

    with caplog.at_level(logging.ERROR):
        job = Job(broken).start()
        assert job.is_ready(30)
    assert job.problem() == UNEXPECTED
    assert "secret" in caplog.text


def test_a_job_is_begun_once_and_again_only_where_it_failed():
    jobs, made = Jobs(), []

    def make(report: Report) -> int:
        made.append(1)
        if len(made) == 1:
            raise CollectionError("Not yet.")
        return len(made)

    assert jobs.known("a") is None
    first = jobs.begin("a", lambda: Job(make))
    assert first.is_ready(30)
    assert jobs.begin("a", lambda: Job(make)) is jobs.known("a") is first
    second = jobs.begin("a", lambda: Job(make), again=True)
    assert second.result() == 2
    assert jobs.begin("a", lambda: Job(make), again=True) is second
    assert jobs.begin("b", lambda: Job(lambda report: 5)).result() == 5


def test_what_all_share_is_stopped_at_the_machine_and_what_is_a_visitors_by_that_visitor():
    go = threading.Event()

    def waits(report: Report) -> None:
        while not go.wait(0.01):
            report("Waiting", 0, 0)

    jobs = Jobs()
    shared = jobs.begin("shared", lambda: Job(waits))
    mine = jobs.begin("mine", lambda: Job(waits, owner="me"))
    try:
        jobs.cancel("somebody else", at_machine=False)
        assert not shared.stopped.is_set()
        assert not mine.stopped.is_set()
        jobs.cancel("me", at_machine=False)
        assert not shared.stopped.is_set()
        assert mine.is_ready(30)
        assert mine.was_cancelled()
        jobs.cancel("somebody else", at_machine=True)
        assert shared.is_ready(30)
        assert shared.problem() == CANCELLED
    finally:
        go.set()
