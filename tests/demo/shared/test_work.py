from __future__ import annotations

import logging
import threading

import pytest

from demo.shared.work import UNEXPECTED, Report, Work, Works
from vse.errors import CollectionError


def test_a_work_tells_how_far_it_is_and_what_it_found():
    go = threading.Event()

    def make(report: Report) -> int:
        report("Counting", 1, 4)
        go.wait(30)
        report("Adding", 0, 0)
        return 7

    work = Work(make)
    assert not work.is_ready(0.05)
    assert work.value() is None
    assert work.problem() == ""
    assert (work.status, work.done) == ("Counting", 0.25)
    go.set()
    assert work.result() == 7
    assert work.value() == 7
    assert (work.status, work.done) == ("Adding", None)


def test_what_is_wrong_is_a_sentence(caplog: pytest.LogCaptureFixture):
    def refused(report: Report) -> int:
        raise CollectionError("There are no captions.")

    work = Work(refused)
    assert work.is_ready(30)
    assert work.problem() == "There are no captions."
    assert work.value() is None
    with pytest.raises(CollectionError, match="no captions"):
        work.result()
    assert not caplog.records


def test_what_nobody_expected_is_logged_and_told_without_detail(caplog: pytest.LogCaptureFixture):
    def broken(report: Report) -> int:
        raise ZeroDivisionError("secret")

    with caplog.at_level(logging.ERROR):
        work = Work(broken)
        assert work.is_ready(30)
    assert work.problem() == UNEXPECTED
    assert "secret" in caplog.text


def test_a_work_is_begun_once_and_again_only_where_it_failed():
    works, made = Works(), []

    def make(report: Report) -> int:
        made.append(1)
        if len(made) == 1:
            raise CollectionError("Not yet.")
        return len(made)

    assert works.known("a") is None
    first = works.begin("a", make)
    assert first.is_ready(30)
    assert works.begin("a", make) is works.known("a") is first
    second = works.begin("a", make, again=True)
    assert second.result() == 2
    assert works.begin("a", make, again=True) is second
    assert works.begin("b", lambda report: 5).result() == 5
