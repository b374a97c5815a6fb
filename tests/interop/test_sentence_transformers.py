"""A model in sentence-transformers: the folder always, what the library makes of it where it is installed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import tiny_checkpoint
from vse import load_model
from vse.cli import main
from vse.encoders.vse.checkpoint import save_checkpoint
from vse.errors import CheckpointError, WriteError
from vse.interop.sentence_transformers import CLASS, export


@pytest.fixture
def model(tmp_path: Path) -> Path:
    save_checkpoint(tmp_path / "tiny", tiny_checkpoint())
    return tmp_path / "tiny"


def test_the_folder_holds_the_model_and_names_the_class(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (model / "notes.bin").write_bytes(b"mine")
    assert main(["export", str(model), "--sentence-transformers", str(tmp_path / "st")]) == 0
    assert "trust_remote_code=True" in capsys.readouterr().out
    assert json.loads((tmp_path / "st/modules.json").read_text()) == [
        {"idx": 0, "name": "0", "path": "", "type": CLASS}
    ]
    assert not (tmp_path / "st/notes.bin").exists()
    assert load_model(tmp_path / "st").fingerprint == load_model(model).fingerprint
    export(str(tmp_path / "st"), tmp_path / "again")
    export(str(model), tmp_path / "again")  # one of its kind is replaced
    (tmp_path / "again/mine.txt").write_text("x")
    with pytest.raises(WriteError, match=r"no part of a model for sentence-transformers \('mine\.txt'\)"):
        export(str(model), tmp_path / "again")


def test_what_does_not_fit_is_told(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    order = tiny_checkpoint(similarity="order")
    save_checkpoint(tmp_path / "order", replace(order))
    with pytest.raises(CheckpointError, match="order compares by order, which sentence-transformers does not know"):
        export(str(tmp_path / "order"), tmp_path / "st")
    assert main(["export", str(model), "scenes", "--sentence-transformers", str(tmp_path / "st")]) == 2
    assert "'scenes' came beside --sentence-transformers, which writes a model alone" in capsys.readouterr().err


def test_the_library_opens_it_and_gives_the_same_vectors(model: Path, tmp_path: Path):
    library = pytest.importorskip("sentence_transformers")
    from vse.interop.sentence_transformers_module import VSEModule

    export(str(model), tmp_path / "st")
    picture = Image.new("RGB", (20, 30), (200, 10, 10))
    picture.save(tmp_path / "red.png")
    encoder = load_model(model)
    expected = np.concatenate([encoder.encode_texts(["a red dog", "two cats"]), encoder.encode_images([picture])])
    for found in (
        library.SentenceTransformer(str(tmp_path / "st"), trust_remote_code=True, device="cpu"),
        library.SentenceTransformer(modules=[VSEModule(str(model))], device="cpu"),
    ):
        given = ["a red dog", "two cats", picture, str(tmp_path / "red.png")]
        np.testing.assert_allclose(found.encode(given), expected[[0, 1, 2, 2]], atol=1e-6)
        assert found.get_embedding_dimension() == 8
        assert float(found.similarity(expected[:1], expected[:1])) == pytest.approx(1, abs=1e-5)
    found.save(str(tmp_path / "saved"))
    again = library.SentenceTransformer(str(tmp_path / "saved"), trust_remote_code=True, device="cpu")
    np.testing.assert_allclose(again.encode("a red dog"), expected[0], atol=1e-6)
