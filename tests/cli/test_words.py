from __future__ import annotations

import json
from pathlib import Path

import pytest

from vse.cli import main


def test_a_word_is_translated_by_vectors_that_ship_both_ways(capsys: pytest.CaptureFixture[str]):
    assert main(["words", "translate", "In", "-k", "3"]) == 0
    there = capsys.readouterr().out.splitlines()
    assert len(there) == 3
    assert "en" in [line.split()[1] for line in there]
    assert main(["words", "translate", "y", "-k", "3", "--from", "spanish", "--to", "english-for-spanish"]) == 0
    assert "and" in capsys.readouterr().out.split()
    assert main(["words", "translate", "perro"]) == 2
    assert "english-for-spanish has no vector for 'perro'" in capsys.readouterr().err


def test_maps_are_measured_on_pairs_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    words = [f"w{n}" for n in range(9)]
    for name, sign in (("a", 1), ("b", -1)):
        lines = [f"{name}{word} {' '.join(str(sign * ((7 * n + 5 * d) % 11)) for d in range(3))}\n"
                 for n, word in enumerate(words)]  # fmt: skip
        (tmp_path / f"{name}.txt").write_text("".join(lines), encoding="utf-8")
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("".join(f"b{word}\ta{word}\n" for word in words), encoding="utf-8")
    given = ["--from", str(tmp_path / "a.txt"), "--to", str(tmp_path / "b.txt"), "--pairs", str(pairs)]
    assert main(["words", "translate", *given, "--json", str(tmp_path / "out.json")]) == 0
    assert "| orthogonal | CSLS | 6 | 100.0 | 100.0 | 100.0 | 100.0 |" in capsys.readouterr().out
    assert {row["kept_out"] for row in json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))} == {3.0}


def test_spanish_search_is_measured(scenes_folder: Path, scenes_model: Path, capsys: pytest.CaptureFixture[str]):
    given = ["--model", str(scenes_model), "--collection", str(scenes_folder)]
    assert main(["words", "translate", "--search", *given]) == 0
    output = capsys.readouterr().out
    assert output.startswith("| captions | satisfied@1 | precision@10 |")
    assert "| Spanish, all words by the map | " in output
