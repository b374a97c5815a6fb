from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import tiny_checkpoint
from vse.encoders.calibration import (
    CALIBRATION,
    COHORT,
    DOMAIN,
    Calibration,
    Cut,
    Domain,
    Figures,
    calibration_of,
    level_of,
)
from vse.encoders.registry import load_model
from vse.encoders.vse.checkpoint import save_checkpoint
from vse.errors import CheckpointError, ConfigError

CUT = Cut(0.5, 10, precision=80, recall=90, right_above=70, right_found=60, queries=100)
KINDS = {"text_to_image": {"1 word": Figures(precision=80, recall=90, right_above=70, right_found=60, queries=50)}}
FLAT = Domain(np.zeros(3), np.array([[1.0, 0, 0], [0, 1, 0]]), np.array([0.1, 0.2, 0.3, 0.4]))


def test_the_fit_of_a_score_is_a_logistic_function():
    assert CUT.fit(0.5) == 0.5
    assert CUT.fit(0.6) == pytest.approx(1 / (1 + math.exp(-1)))
    assert (CUT.fit(-1e9), CUT.fit(1e9)) == pytest.approx((0, 1))


def test_the_cut_rises_with_the_words_up_to_eight_and_with_the_level():
    cut = replace(CUT, words=0.05, level=0.5)
    assert [cut.at(words) for words in (0, 1, 2, 8, 100)] == pytest.approx([0.5, 0.5, 0.55, 0.65, 0.65])
    assert cut.at(2, 0.4) == pytest.approx(0.75)
    assert cut.fit(0.75, 2, 0.4) == 0.5


def test_the_level_is_that_of_a_quarter_of_a_cohort():
    assert level_of(np.array([0.1, 0.2, 0.3, 0.9, 0.9])) == 0.2


def test_a_direction_that_was_not_measured_has_no_cut():
    calibration = Calibration("colours", {"text_to_image": CUT})
    assert calibration.cut("text", "image") is CUT
    assert calibration.cut("image", "image") is None
    assert calibration_of(object()).cut("text", "image") is None


def test_the_distance_of_a_picture_is_that_from_its_plane_and_its_share_counts_those_as_far():
    assert FLAT.distance(np.array([[5.0, 7.0, 0.0], [5.0, 7.0, -0.3]])) == pytest.approx([0, 0.3])
    assert [FLAT.share(np.array([9.0, 9.0, z])) for z in (0, 0.15, 0.25, 0.35, 0.5)] == [100, 75, 50, 25, 0]


def test_a_domain_holds_the_plane_that_half_of_its_vectors_lie_in():
    rng = np.random.default_rng(0)
    rows = np.zeros((40, 8))
    rows[:, :3] = rng.normal(size=(40, 3))
    rows[1::2, 7] = 0.25  # of the other half, which gives the distances
    found = Domain.of(rows)
    assert found.components.shape == (4, 8)
    assert found.distances == pytest.approx([0.25] * 20)
    assert found.share(rows[0]) == 100
    with pytest.raises(ValueError, match="3 vectors came: give at least 4"):
        Domain.of(rows[:3])


@pytest.fixture
def calibrated(tmp_path: Path) -> Path:
    checkpoint = tiny_checkpoint()
    save_checkpoint(tmp_path / "tiny", checkpoint)
    given = Calibration("colours", {"text_to_image": CUT}, {"scenes": 77.5}, FLAT, KINDS, {"text": np.eye(2, 8)})
    given.save(tmp_path / "tiny", checkpoint.fingerprint)
    return tmp_path / "tiny"


def test_a_model_is_loaded_with_its_calibration_and_keeps_its_fingerprint(calibrated: Path):
    encoder = load_model(calibrated)
    found = calibration_of(encoder)
    assert found == Calibration("colours", {"text_to_image": CUT}, {"scenes": 77.5}, kinds=KINDS)
    assert (found.cohorts["text"] == np.eye(2, 8)).all()
    assert encoder.fingerprint == tiny_checkpoint().fingerprint
    assert found.domain is not None
    assert found.domain.share(np.array([0.0, 0.0, 0.25])) == 50


def test_other_weights_are_not_calibrated_by_the_old_figures(calibrated: Path):
    other = tiny_checkpoint(seed=1)
    assert Calibration.load(calibrated, other.fingerprint) == Calibration()
    save_checkpoint(calibrated, other)  # over the older model, with all its files
    assert not (calibrated / CALIBRATION).exists()
    assert not (calibrated / DOMAIN).exists()
    assert not (calibrated / COHORT).exists()


def test_a_file_from_before_levels_is_read_as_what_it_said(calibrated: Path):
    cut = {"score": 0.5, "slope": 10, "share": 0.2, "precision": 80, "recall": 90, "right_above": 70,
           "right_found": 60, "queries": 100}  # fmt: skip
    data = {"fingerprint": "old", "collection": "colours", "cuts": {"text_to_image": cut}}
    (calibrated / CALIBRATION).write_text(json.dumps(data))
    assert Calibration.load(calibrated, "old").cuts == {"text_to_image": CUT}


def test_a_cohort_goes_with_the_calibration_that_had_it(calibrated: Path):
    Calibration().save(calibrated, "any")
    assert not (calibrated / COHORT).exists()


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        (CALIBRATION, b"{", "calibration.json"),
        (CALIBRATION, {"cuts": {"text_to_image": {"score": 1}}}, "text_to_image lacks .*remove it, and calibrate"),
        (CALIBRATION, {"cuts": []}, "expected an object"),
        (CALIBRATION, {"unlike": {"scenes": "many"}}, "expected percentages; remove it, and calibrate"),
        (DOMAIN, b"nothing", "domain.safetensors is not a whole safetensors file"),
        (COHORT, b"nothing", "cohort.safetensors is not a whole safetensors file"),
    ],
)
def test_damaged_files_are_named(calibrated: Path, name: str, content: bytes | dict, problem: str):
    if isinstance(content, dict):
        content = json.dumps({"fingerprint": tiny_checkpoint().fingerprint, **content}).encode()
    (calibrated / name).write_bytes(content)
    with pytest.raises((CheckpointError, ConfigError), match=problem):
        load_model(calibrated)


def test_a_domain_of_other_shapes_is_named(calibrated: Path):
    Calibration(domain=Domain(np.zeros(3), np.zeros((2, 4)), np.zeros(1))).save(calibrated, "any")
    with pytest.raises(CheckpointError, match="describe no pictures; remove it, and calibrate"):
        Calibration.load(calibrated, "any")
