"""The long trials tell what failed from what could not be tried; the trials themselves need a network."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests import check, trials
from tests.trials import FailedError, SkippedError


def script(says: str) -> list[str]:
    return [sys.executable, "-c", f"raise SystemExit({says!r})"]


def test_a_network_that_fails_is_no_failure_of_the_project(tmp_path: Path):
    with pytest.raises(SkippedError, match=r"could not be fetched: .* Connection refused"):
        trials.run(script("ProtocolError: Connection refused"), tmp_path, fetches=True)
    with pytest.raises(FailedError, match="Connection refused"):  # a search that needs a connection is one
        trials.run(script("ProtocolError: Connection refused"), tmp_path)
    with pytest.raises(FailedError, match="No matching distribution found for gradio>=99"):
        trials.run(script("ERROR: No matching distribution found for gradio>=99"), tmp_path, fetches=True)


def test_every_trial_is_made_and_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def fails(folder: Path) -> None:
        raise FailedError("a tail of output")

    def is_skipped(folder: Path) -> None:
        raise SkippedError("uv is not installed: pip install uv")

    def passes(folder: Path) -> None:
        pass

    monkeypatch.setattr(trials, "TRIALS", (fails, is_skipped, passes, passes))
    assert trials.main() == 1
    told = capsys.readouterr()
    assert told.err == "fails: failed\na tail of output\n"
    assert told.out == "is skipped: skipped, uv is not installed: pip install uv\npasses: passed\npasses: passed\n"
    monkeypatch.setattr(trials, "TRIALS", (is_skipped, passes))
    assert trials.main() == 0


def test_without_uv_the_lowest_versions_are_not_tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(trials.shutil, "which", lambda *_, **__: None)
    with pytest.raises(SkippedError, match="uv is not installed: pip install uv"):
        trials.lowest_versions(tmp_path)


@pytest.mark.parametrize(("arguments", "long"), [([], False), (["--all"], True)])
def test_the_long_trials_are_made_when_asked_for(arguments: list[str], long: bool, monkeypatch: pytest.MonkeyPatch):
    made: list[str] = []

    def made_up(command: list[str]) -> object:
        made.append(command[2])
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr(sys, "argv", ["check", *arguments])
    monkeypatch.setattr(check.subprocess, "run", made_up)
    assert check.main() == 0
    assert made[:4] == ["ruff", "ruff", "mypy", "pytest"]
    assert ("tests.trials" in made) is long
