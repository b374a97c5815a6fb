from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.encoders.vse.test_captioner import small
from tests.modalities.text.test_letters import encoder
from vse.cli import main
from vse.encoders.vse.captioner import save_captioner
from vse.encoders.vse.checkpoint import save_checkpoint


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A small VSE of noise."""
    save_checkpoint(tmp_path / "model", encoder("words").checkpoint)
    return tmp_path / "model"


def test_a_model_learns_to_write_from_a_file_and_describes(model: Path, capsys: pytest.CaptureFixture[str]):
    captions = model.parent / "captions.txt"
    captions.write_text("a dog in the snow\na red cat\n" * 60, encoding="utf-8")
    learnt = ["captioner", str(model), str(captions), "--learn-from", "texts", "--steps", "2", "--hidden", "8"]
    assert main(learnt) == 0
    assert f"the decoder is in {model}" in capsys.readouterr().out
    assert main([*learnt, "--go-on", "--seed", "5"]) == 0
    about = json.loads((model / "captioner.json").read_text(encoding="utf-8"))
    assert (about["training"]["seed"], about["start_from"]["training"]["seed"]) == (5, 0)
    for name in ("one", "two"):
        Image.new("RGB", (30, 30), (200, 30, 30)).save(model.parent / f"{name}.png")
    pictures = [str(model.parent / name) for name in ("one.png", "two.png", "missing.png")]
    out = model.parent / "out.json"
    given = ["describe", *pictures, "--model", str(model), "--length", "short", "-k", "2", "--json", str(out)]
    assert main(given) == 2
    told = capsys.readouterr()
    assert "missing.png" in told.out
    assert "1 of the 3 cannot be described, as told above." in told.err
    found = json.loads(out.read_text(encoding="utf-8"))
    assert [len(each.get("captions", ())) for each in found["described"]] == [2, 2, 0]
    assert "missing.png" in found["described"][2]["error"]


def test_a_model_that_has_not_learnt_to_write_says_so(model: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["describe", "a dog", "--model", str(model)]) == 2
    assert "has not learnt to write captions: choose a model that has" in capsys.readouterr().err
    assert main(["evaluate", str(model), "scenes", "--captions"]) == 2
    assert "has not learnt to write captions" in capsys.readouterr().err


def test_sums_are_described(model: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    made = encoder("words")
    save_captioner(model, made.fingerprint, small(made.dim), {})
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.new("RGB", (40, 40), (200, 30, 30)).save(folder / "red.png")
    (folder / "captions.tsv").write_text("image\tcaption\nred.png\ta red cat\n", encoding="utf-8")
    given = ["--model", str(model), "--collection", str(folder)]
    assert main(["describe", "[red.png] - cat + dog", *given]) == 0
    assert capsys.readouterr().out.strip().endswith(")")
    assert main(["describe", "in:holiday", *given]) == 2
    assert "Filters alone are no point of the space" in capsys.readouterr().err
