from __future__ import annotations

import json
import sys
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


KING = "king 1 0 1\nqueen 0 1 1\nman 1 0 0.1\nwoman 0 1 0.1\n"


@pytest.fixture
def sets(tmp_path: Path) -> tuple[Path, list[str]]:
    """A folder with two files of one name, and the options for tests that are no library's."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "words.txt").write_text(KING, encoding="utf-8")
    (tmp_path / "asked.txt").write_text(": royal\nman woman king queen\nman woman duke duchess\n", encoding="utf-8")
    (tmp_path / "pairs.tsv").write_text(
        "king\tqueen\t5\nking\tman\t9\nman\twoman\t1\nking\tduke\t8\n", encoding="utf-8"
    )
    return tmp_path, ["--questions", str(tmp_path / "asked.txt"), "--pairs", f"people={tmp_path / 'pairs.tsv'}"]


def test_words_are_measured_side_by_side_by_file(sets: tuple[Path, list[str]], capsys: pytest.CaptureFixture[str]):
    folder, given = sets
    files = [str(folder / name / "words.txt") for name in ("one", "two")]
    assert main(["words", "evaluate", *files, *given, "--sections", "--json", str(folder / "out.json")]) == 0
    out = capsys.readouterr().out
    for file in files:
        assert f"| asked.txt | {file} | 100.0 | 100.0 | 100.0 | 100.0 | 1 | 1 |" in out
        assert f"| {file} | 4 | 3 | 1.00 (3 of 4) | 50.0 ± 0.0 (4, 2) |" in out
    assert "| royal | 100.0 / 100.0 (1) | 100.0 / 100.0 (1) |" in out
    assert "The first 30,000 words of each set may answer" in out
    found = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    assert list(found) == files
    assert found[files[0]]["pairs"] == {"people": {"rho": 1.0, "known": 3, "pairs": 4}}
    assert found[files[0]]["analogies"]["the world's"]["gender"]["left_out"] == 92
    assert main(["words", "evaluate", files[0], *given]) == 0
    assert "| asked.txt | words | 100.0" in capsys.readouterr().out


def test_words_that_may_answer_are_as_many_as_asked_for(
    sets: tuple[Path, list[str]], capsys: pytest.CaptureFixture[str]
):
    folder, given = sets
    (folder / "more.txt").write_text("other 9 9 9\n" + KING, encoding="utf-8")
    assert main(["words", "evaluate", str(folder / "more.txt"), *given, "--most", "4"]) == 0
    out = capsys.readouterr().out
    assert "| asked.txt | more | - | - | - | - | 0 | 2 |" in out
    assert "The first 4 words of each set may answer" in out


def test_the_same_nearest_words_of_two_files(sets: tuple[Path, list[str]], capsys: pytest.CaptureFixture[str]):
    lines = [f"w{n} {n % 5} {n % 3} {n % 7}\n" for n in range(1, 31)]
    files = []
    for name in ("a", "b"):
        (sets[0] / f"{name}.txt").write_text("".join(lines), encoding="utf-8")
        files.append(str(sets[0] / f"{name}.txt"))
    assert main(["words", "evaluate", *files, "--stability", "--json", str(sets[0] / "out.json")]) == 0
    assert capsys.readouterr().out.startswith(
        "100.0 % of a word's ten nearest words are the same: the mean over 30 words"
    )
    assert json.loads((sets[0] / "out.json").read_text(encoding="utf-8")) == {"overlap": 1.0, "words": 30, "sets": 2}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["cbow", "gone.txt"], "'gone.txt' cannot be read"),
        (["elmo"], "There are no word vectors 'elmo': give one of cbow"),
        (["cbow", "--pairs", "people"], "--pairs came as 'people'; write NAME=FILE"),
        (["cbow", "--pairs", "people=gone.tsv"], "'gone.tsv' cannot be read"),
        (["cbow", "--questions", "gone.txt"], "'gone.txt' cannot be read"),
        (["cbow", "--stability"], "give two or more of one method"),
    ],
)
def test_what_cannot_be_measured_is_told_in_a_sentence(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
):
    assert main(["words", "evaluate", *arguments]) == 2
    told = capsys.readouterr().err
    assert complaint in told
    assert told.count("\n") == 1


def test_public_test_sets_that_are_not_here_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setitem(sys.modules, "gensim.test.utils", None)
    assert main(["words", "evaluate", "node2vec"]) == 0
    out = capsys.readouterr().out
    assert "The public test sets come with gensim: " in out
    assert "questions-words.txt" not in out


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
