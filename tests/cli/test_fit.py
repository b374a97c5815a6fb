from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from vse.cli import main
from vse.data import load_collection
from vse.encoders.calibration import CALIBRATION, Calibration, Cut, Domain
from vse.encoders.registry import load_model
from vse.evaluation import calibrate as calibrate_module
from vse.search import unlike as unlike_module
from vse.search.searcher import Searcher


def cut(score: float) -> Cut:
    return Cut(score, 10, precision=90, recall=90, right_above=90, right_found=90, queries=50)


@pytest.fixture
def model(scenes_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tiny model, to be calibrated; none that ships answers beside it."""
    monkeypatch.setattr(unlike_module, "_by_collection", dict)
    return Path(shutil.copytree(scenes_model, tmp_path / "model"))


def calibrate(model: Path, direction: str, score: float, distances: tuple[float, ...] = (2.0,)) -> None:
    domain = Domain(np.zeros(8), np.zeros((1, 8)), np.array(distances))
    Calibration("scenes", {direction: cut(score)}, domain=domain).save(model, load_model(model).fingerprint)


def test_weaker_matches_stand_below_those_that_fit(
    model: Path, scenes_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    hits = Searcher.open(model, scenes_folder).search_text("dog", 4)
    calibrate(model, "text_to_image", (hits[1].score + hits[2].score) / 2)
    command = ["search", "dog", "--model", str(model), "--collection", str(scenes_folder), "-k", "4"]
    assert main([*command, "--json", str(tmp_path / "a.json")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:5]] == ["1", "2", "weaker", "3", "4"]
    told = json.loads((tmp_path / "a.json").read_text())
    assert told["min_fit"] == 0.5
    assert [answer["fit"] >= 0.5 for answer in told["answers"]] == [True, True, False, False]
    for least, first in (("0", "  1  "), ("1", "Nothing in noise fits this well; weaker matches:")):
        assert main([*command, "--min-fit", least]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith(first)
        assert len(lines) == 4 + int(least)


def test_a_picture_unlike_the_model_s_own_is_told_above_its_captions(
    model: Path, scenes_folder: Path, capsys: pytest.CaptureFixture[str]
):
    picture = load_collection(scenes_folder).items[0].image_path
    command = ["search", str(picture), "--model", str(model), "--collection", str(scenes_folder), "-k", "3"]
    for distance, told in ((2.0, False), (0.5, True)):  # its vector has length 1
        calibrate(model, "image_to_text", -2, (distance,))
        assert main(command) == 0
        first, *lines = capsys.readouterr().out.splitlines()
        assert (first == "note: This picture is unlike those that model is made for: expect little.") == told
        assert len(lines) == 2 + told


def test_a_calibration_is_kept_with_the_model(
    model: Path, scenes_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(calibrate_module, "cut_of", lambda *_: (cut(0.25), {}))
    arguments = ["calibrate", str(model), str(scenes_folder), "--split", "test", "--against", str(scenes_folder)]
    assert main(arguments) == 0
    assert "| caption -> pictures | 0.250 |" in capsys.readouterr().out
    found = load_model(model).calibration  # type: ignore[attr-defined]
    assert found.collection == "noise test"
    assert found.cuts == {"image_to_text": cut(0.25), "text_to_image": cut(0.25)}
    assert found.unlike.keys() == {"noise"}
    assert len(found.domain.distances) == 15


def test_what_cannot_be_calibrated_on_is_told(model: Path, colours: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["calibrate", str(model), str(colours)]) == 2
    assert "40 or more are needed, so give a collection with more captioned pictures" in capsys.readouterr().err
    assert not (model / CALIBRATION).exists()
