"""A sample of `python -m tests.robustness`, whose whole is one of the long trials."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.robustness.cases import HELD, REFUSED, TRACEBACK, WRONG, Case, Refused, judge
from tests.robustness.core import core_cases, make_world
from tests.robustness.shell import shell_cases

SENTENCE = Refused("A sentence that is told to people.")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    make_world(folder)
    return folder


def test_every_23rd_case_of_the_library_is_held(world: Path):
    verdicts = [judge(case) for case in list(core_cases(world))[::23]]
    assert len(verdicts) > 50
    assert [(each.case.name, each.detail) for each in verdicts if each.outcome != HELD] == []


def test_some_cases_of_the_shell_are_held(world: Path):
    cheap = [
        case for case in shell_cases(world) if case.name.startswith(("search: --json", "train: --", "search: config"))
    ]
    verdicts = [judge(case) for case in cheap[::9]]
    assert len(verdicts) > 10
    assert [(each.case.name, each.detail) for each in verdicts if each.outcome != HELD] == []


def fails(_: Path) -> None:
    raise KeyError("x")


def writes(folder: Path) -> Refused:
    (folder.parent / "vse-robust-outside").write_text("x")
    (folder.parent / "vse-robust-outside").unlink()
    return SENTENCE


@pytest.mark.parametrize(
    ("act", "expected", "outcome"),
    [
        (lambda _: SENTENCE, REFUSED, HELD),
        (lambda _: 3, lambda given: given == 3, HELD),
        (lambda _: 4, lambda given: given == 3, WRONG),
        (lambda _: 3, REFUSED, WRONG),
        (lambda _: SENTENCE, lambda given: True, WRONG),
        (lambda _: Refused("Two lines\nthat are told."), REFUSED, WRONG),
        (lambda _: Refused("A sentence of an error that nobody meant.", is_error=False), REFUSED, WRONG),
        (lambda _: Refused("Traceback (most recent call last): ..."), REFUSED, TRACEBACK),
        (fails, REFUSED, TRACEBACK),
        (writes, REFUSED, WRONG),
    ],
)
def test_what_was_not_held_is_seen(act, expected, outcome: str):
    assert judge(Case("x", "x", act, expected)).outcome == outcome
