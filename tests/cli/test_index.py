from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.photo_folders import listing, write_photos
from vse.cli import main
from vse.encoders.vse.encoder import VSEEncoder
from vse.evaluation.bench import latency as bench_module
from vse.search.folders.indexing import BATCH


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_photos(tmp_path / "photos", 6)
    return tmp_path / "photos"


def test_a_folder_is_indexed_and_the_second_time_only_what_is_new(
    folder: Path, model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (folder / "bad.jpg").write_bytes(b"x")
    before = listing(folder)
    where = ["index", str(model_folder), str(folder), "--json", str(tmp_path / "r.json")]
    assert main(where) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == ("6 photographs can be searched: 6 encoded, 0 known by their content, 0 unchanged; 0 are gone")
    assert lines[1] == "1 cannot be read and are skipped:"
    assert lines[2].startswith(f"  bad.jpg: '{folder / 'bad.jpg'}' is not a picture")
    assert listing(folder) == before
    assert main(where) == 0
    assert "0 encoded, 0 known by their content, 6 unchanged" in capsys.readouterr().out
    report = json.loads((tmp_path / "r.json").read_text())
    assert (report["searchable"], report["kept"], [each["path"] for each in report["skipped"]]) == (6, 6, ["bad.jpg"])


def test_search_uses_the_index(
    folder: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert main(["index", str(model_folder), str(folder)]) == 0
    real = VSEEncoder.encode_prepared

    def only_texts(self, modality, prepared):
        assert modality == "text", "a picture was encoded again"
        return real(self, modality, prepared)

    monkeypatch.setattr(VSEEncoder, "encode_prepared", only_texts)
    capsys.readouterr()
    assert main(["search", "a dog", "--model", str(model_folder), "--collection", str(folder), "-k", "6"]) == 0
    found = sorted(line.split()[2] for line in capsys.readouterr().out.splitlines())
    assert found == sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png"))


def test_an_interrupt_says_how_to_go_on_and_what_is_done_stays(
    tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    write_photos(folder := tmp_path / "many", BATCH + 3)
    real = VSEEncoder.encode_prepared
    calls = []

    def interrupted(self, modality, prepared):
        calls.append(len(prepared))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(self, modality, prepared)

    monkeypatch.setattr(VSEEncoder, "encode_prepared", interrupted)
    assert main(["index", str(model_folder), str(folder)]) == 130
    assert (
        f"stopped: {BATCH} of {BATCH + 3} done and kept; the same command goes on from there" in capsys.readouterr().err
    )
    assert main(["index", str(model_folder), str(folder)]) == 0
    assert f"3 encoded, 0 known by their content, {BATCH} unchanged" in capsys.readouterr().out


def test_mistakes_are_told_in_one_sentence(tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["index", str(model_folder), str(tmp_path / "none")]) == 2
    assert "none is not a folder; give the path of a folder of photographs." in capsys.readouterr().err


def test_bench_searches_so_many_photographs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bench_module, "WARM_UP", 1)
    monkeypatch.setattr(bench_module, "REPEATS", 2)
    monkeypatch.setattr(bench_module, "_ROWS", 7)
    rows = bench_module.search_ms(20, 256)
    assert list(rows) == ["search 20 photographs of 512 bytes"]
    assert rows["search 20 photographs of 512 bytes"] > 0
