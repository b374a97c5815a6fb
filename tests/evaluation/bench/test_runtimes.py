from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from vse.__main__ import main
from vse.evaluation.bench import runtimes as bench_runtimes
from vse.evaluation.bench.runtimes import WAYS, Ground, Runtime, measure, runtimes_table

GROUND = Ground("timm/mobilenetv3_small_050", 32)
OWN = [name for name in WAYS if "float32" in name or "channels last" in name]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Torch's own ways, one whose package is missing, and one that fails."""

    def fails(ground: Ground) -> bench_runtimes.Run:
        raise RuntimeError("no compiler\nand much more")

    ways = {name: WAYS[name] for name in OWN}
    monkeypatch.setattr(
        bench_runtimes, "WAYS", {**ways, "absent": (fails, ("no_such_package",)), "broken": (fails, ())}
    )


@pytest.mark.usefixtures("few")
def test_each_way_is_timed_and_held_against_float32():
    told: list[tuple[int, int]] = []
    rows = {row.name: row for row in measure(GROUND, 2, lambda done, total: told.append((done, total)))}
    assert told == [(done, 6) for done in range(1, 7)]
    assert list(rows) == [*OWN, "absent", "broken"]
    assert all(rows[name].per_second > 0 for name in OWN)
    assert rows["float32, as the library has it"].error == 0
    assert 0 < rows["channels last, norms folded"].error < 1e-4 < rows[OWN[-1]].error < 0.1  # bfloat16 has 8 bits
    assert rows["absent"] == Runtime("absent", problem="not installed: pip install no_such_package")
    assert rows["broken"].problem == "cannot be run here (RuntimeError: no compiler)"


def test_the_error_is_a_share_of_the_length_of_the_features():
    truth = np.array([[3.0, 4.0], [0.0, 2.0]])
    assert bench_runtimes._largest_error(truth + np.array([[0.0, 0.5], [0.3, 0.0]]), truth) == pytest.approx(0.15)


def test_the_table_says_why_a_way_has_no_figure():
    lines = runtimes_table([Runtime("one", 12.34, 0.002), Runtime("two", problem="not installed")]).splitlines()
    assert lines[2:] == ["| one | 12.3 | 2e-03 |", "| two | not installed |  |"]


@pytest.mark.usefixtures("few")
def test_the_command_prints_the_table_and_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "runtimes.json"
    assert main(["bench", "--runtimes", GROUND.name, "--size", "32", "--json", str(file)]) == 0
    assert re.search(r"\| channels last \| [\d.]+ \| \de-\d\d \|", capsys.readouterr().out)
    assert [row["name"] for row in json.loads(file.read_text())] == [*OWN, "absent", "broken"]
    assert main(["bench", "--runtimes", "resnet1", "--size", "32"]) == 2
    assert "torchvision knows no CNN 'resnet1'" in capsys.readouterr().err
