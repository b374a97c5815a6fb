"""Every command that writes, given a place where something of somebody else's stands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vse.cli import main

FOLDER = {
    "scenes": ["build", "scenes", "TARGET", "--count", "1"],
    "counterparts": ["build", "counterparts", "TARGET"],
    "train": ["train", "TARGET", "--scenes", "4", "--epochs", "1"],
    "export": ["export", "RUN", "TARGET", "--collection", "COLLECTION"],
    "export projector": ["export", "MODEL", "COLLECTION", "--projector", "TARGET"],
    "export onnx": ["export", "MODEL", "--onnx", "TARGET"],
    "features": ["features", "COLLECTION", "--to", "TARGET"],
    "search copies": ["search", "a dog", "--model", "MODEL", "--collection", "COLLECTION", "--copy-to", "TARGET"],
    "flickr8k": ["download", "flickr8k", "--to", "TARGET"],
}
FILE = {
    "search": ["search", "a dog", "--model", "MODEL", "--collection", "COLLECTION", "--json", "TARGET"],
    "queries": ["search", "--queries", "-", "--model", "MODEL", "--collection", "COLLECTION", "--json", "TARGET"],
    "duplicates": ["duplicates", "COLLECTION", "--model", "MODEL", "--json", "TARGET"],
    "evaluate": ["evaluate", "MODEL", "COLLECTION", "--json", "TARGET"],
    "compare": ["compare", "MODEL", "MODEL", "COLLECTION", "--json", "TARGET"],
    "arithmetic": ["arithmetic", "MODEL", "COLLECTION", "--json", "TARGET"],
    "axes": ["axes", "MODEL", "COLLECTION", "--json", "TARGET"],
    "sheet": ["build", "sheet", "TARGET", "--collection", "COLLECTION"],
    "parquet": ["export", "MODEL", "COLLECTION", "--parquet", "TARGET"],
    "compare sheet": ["compare", "MODEL", "MODEL", "COLLECTION", "--sheet", "TARGET"],
}


@pytest.fixture
def given(tmp_path: Path, scenes_model: Path, scenes_folder: Path) -> dict[str, str]:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/best").symlink_to(scenes_model)
    return {"MODEL": str(scenes_model), "COLLECTION": str(scenes_folder), "RUN": str(tmp_path / "run")}


def refused(command: list[str], given: dict[str, str], target: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The one sentence that a command ends with."""
    assert main([{**given, "TARGET": str(target)}.get(each, each) for each in command]) == 2
    told = capsys.readouterr().err.strip()
    assert "Traceback" not in told
    return told.splitlines()[-1]


@pytest.mark.parametrize("command", FOLDER.values(), ids=FOLDER.keys())
def test_a_folder_of_somebody_else_s_stays(
    command: list[str], given: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    target = tmp_path / "mine"
    target.mkdir()
    (target / "precious.txt").write_text("x")
    assert str(target) in refused(command, given, target, capsys)
    assert [(each.name, each.read_text()) for each in target.iterdir()] == [("precious.txt", "x")]
    file = tmp_path / "file"
    file.write_text("x")
    assert str(file) in refused(command, given, file, capsys)
    assert file.read_text() == "x"


@pytest.mark.parametrize("command", FILE.values(), ids=FILE.keys())
def test_what_is_no_file_is_not_replaced_by_one(
    command: list[str], given: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (folder := tmp_path / "folder.png").mkdir()
    assert str(folder) in refused(command, given, folder, capsys)
    assert folder.is_dir()
    os.mkfifo(pipe := tmp_path / "pipe.png")
    assert str(pipe) in refused(command, given, pipe, capsys)
    assert pipe.is_fifo()
