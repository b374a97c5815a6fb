from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cnn_fakes import tiny_backbone
from tests.training.studies.transfer.conftest import write_squares
from tests.training.studies.transfer.test_copied import fresh, trained
from vse.cli import main


@pytest.fixture
def squares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("vse.cli.transfer.backbone_of", lambda options: tiny_backbone())
    monkeypatch.setattr("vse.cli.transfer.trained_backbone", lambda options, size: trained())
    monkeypatch.setattr("vse.modalities.image.backbones.build.build_backbone", lambda name, **how: fresh())
    return str(write_squares(tmp_path / "squares"))


def test_layers_and_factors_are_printed_and_written(
    squares: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):  # fmt: skip
    out = tmp_path / "found.json"
    for study, line in (
        ("layers", "| 1 | `first` | 2 | 100.0 | 100.0 | 100.0 |"),
        ("factors", "| `second` | scale | standardised | 100.0 | 100.0 |"),
    ):
        assert main(["transfer", study, squares, "--least", "3", "--json", str(out)]) == 0
        assert line in capsys.readouterr().out
        found = json.loads(out.read_text(encoding="utf-8"))
        assert found["about"]["labelled"] == [{"name": "squares", "labels": 2, "train": 8, "test": 8}]


def test_copied_goes_from_none_to_all(squares: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "found.json"
    given = ["transfer", "copied", squares, "--least", "3", "--steps", "1", "--epochs", "1", "--json", str(out)]
    assert main(given) == 0
    assert "| convolutions copied | frozen | fine-tuned |" in capsys.readouterr().out
    assert [row["copied"] for row in json.loads(out.read_text(encoding="utf-8"))["rows"]] == [0, 3]


def test_the_map_has_a_point_a_photograph(
    squares: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("vse.training.studies.transfer.scatter.laid_out", lambda rows: rows[:, :2])
    out = tmp_path / "found.json"
    given = ["transfer", "map", squares, "--least", "3", "--labels", "yellow, green", "--planes", "2"]
    assert main([*given, "--json", str(out)]) == 0
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["about"]["labels"] == ["yellow", "green"]
    assert sorted(found["of"]) == [0] * 8 + [1] * 8
    assert [len(plane["points"].split()) for plane in found["planes"]] == [16, 16]
    assert "`second`" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["layers", "{squares}", "--to", "x"], "Text towers need --captioned, --word-vectors and --to; give all three"),
        (["layers", "{squares}", "{squares}", "--least", "2"], "Two folders of labelled photographs have one name"),
        (["factors", "{squares}", "--least", "3", "--layer", "x"], "tiny has no layer x; its layers are first, second"),
        (["map", "{squares}", "--labels", "red"], "squares has no label red; see its labels.tsv"),
        (["copied", "{squares}"], "squares has 0 labels with 8 photographs to learn from and 8 to measure on"),
    ],
)
def test_mistakes_are_told(squares: str, given: list[str], message: str, capsys: pytest.CaptureFixture[str]):
    assert main(["transfer", *(each.replace("{squares}", squares) for each in given)]) == 2
    assert message in capsys.readouterr().err
