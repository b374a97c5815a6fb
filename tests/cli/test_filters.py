"""Filters in the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import COLOURS
from tests.photo_folders import write_jpeg
from vse.cli import main


@pytest.fixture
def where(tmp_path: Path, model_folder: Path) -> list[str]:
    write_jpeg(tmp_path / "photos/a/red.jpg", COLOURS["red"], "2019:05:01 10:00:00", "Canon EOS R5", turn=6)
    write_jpeg(tmp_path / "photos/b/blue.jpg", COLOURS["blue"])
    return ["--model", str(model_folder), "--collection", str(tmp_path / "photos"), "--json", str(tmp_path / "r.json")]


def answers(where: list[str]) -> list[dict]:
    return json.loads(Path(where[-1]).read_text(encoding="utf-8"))["answers"]


def test_facts_stand_beside_the_answers(where: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(["search", "a dog camera:canon", *where]) == 0
    assert capsys.readouterr().out.split()[2] == "a/red.jpg"
    [answer] = answers(where)
    assert [answer[name] for name in ("taken", "camera", "width", "height")] == [
        *("2019-05-01T10:00:00", "Canon EOS R5"),
        *(20, 30),
    ]
    assert -1 <= answer["score"] <= 1


def test_filters_alone_list_pictures_without_a_score(where: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(["search", "is:landscape name:blue.jpg", "--why", *where]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "  1  b/blue.jpg  "
    [answer] = answers(where)
    assert (answer["score"], answer["fit"], answer["taken"], answer["width"]) == (None, None, None, 30)


def test_what_filters_alone_find_can_be_copied_and_asked_among_others(
    where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["search", "in:b", *where, "--copy-to", str(tmp_path / "to")]) == 0
    [copied] = json.loads((tmp_path / "to/answers.json").read_text(encoding="utf-8"))["answers"]
    assert (copied["file"], copied["score"], copied["width"]) == ("1-blue.jpg", None, 30)
    (tmp_path / "q.txt").write_text("a dog in:a\nin:b\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["search", "--queries", str(tmp_path / "q.txt"), *where[:4]]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines if line.startswith("  ")] == ["a/red.jpg", "b/blue.jpg"]


def test_nothing_that_fits_is_told(where: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(["search", "a dog in:c after:2019", "--why", *where]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "No picture of photos fits in:c after:2019."
    assert answers(where) == []


def test_a_mistake_and_what_is_not_known_are_told_in_a_sentence(
    where: list[str], scenes_folder: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["search", "a dog before:yesterday", *where]) == 2
    assert "before: came with 'yesterday': give a year" in capsys.readouterr().err
    assert main(["search", "a dog before:2020", *where[:3], str(scenes_folder)]) == 2
    assert "Nothing is known of the dates of the pictures in noise: leave before:2020 out" in capsys.readouterr().err
