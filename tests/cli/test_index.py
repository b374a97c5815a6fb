from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.photo_folders import listing, textured, write_photos
from vse.cli import main
from vse.encoders.registry import load_model
from vse.encoders.vse.encoder import VSEEncoder
from vse.search.folders import Store, on_ray
from vse.search.folders.encoding import BATCH


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


def test_ray_is_told_the_model_and_the_address(
    folder: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    given = []

    class Here(on_ray.OnRay):
        def check(self) -> None:
            given.append((self.address, self.load().fingerprint))

        def __call__(self, photographs, files, store, stop):
            return photographs.batches(files, stop)

    monkeypatch.setattr(on_ray, "OnRay", Here)
    assert main(["index", str(model_folder), str(folder), "--ray", "127.0.0.1:6379"]) == 0
    assert capsys.readouterr().out.startswith("6 photographs can be searched: 6 encoded")
    assert main(["index", str(model_folder), str(folder), "--ray"]) == 0
    fingerprint = load_model(model_folder).fingerprint
    assert given == [("127.0.0.1:6379", fingerprint), ("", fingerprint)]


def test_without_ray_or_a_cluster_nothing_is_begun(
    folder: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "ray", None)
        assert main(["index", str(model_folder), str(folder), "--ray"]) == 2
    assert 'takes Ray: run pip install "vse-explorer[ray]"' in capsys.readouterr().err
    monkeypatch.setattr(on_ray, "_ray", lambda: None)
    assert main(["index", str(model_folder), str(folder), "--ray", "127.0.0.1:9"]) == 2
    assert capsys.readouterr().err.startswith("error: Nobody answers at 127.0.0.1:9 ")
    assert not Store.of(folder).path.exists()


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


def test_duplicates_are_listed_and_nothing_is_changed(
    tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
):
    (folder := tmp_path / "photos" / "old").mkdir(parents=True)
    folder = folder.parent
    textured(1).save(folder / "a.png")
    shutil.copy(folder / "a.png", folder / "old/a.png")
    textured(1).resize((200, 150)).save(folder / "old/small.jpg")
    (folder / "bad.jpg").write_bytes(b"x")
    before = listing(folder)
    command = ["duplicates", str(folder), "--model", str(model_folder), "--json", str(tmp_path / "d.json")]
    assert main(command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:6] == ["same bytes:", "  a.png", "  old/a.png", "same picture:", "  a.png", "  old/small.jpg"]
    assert lines[6:11] == [
        "same bytes: 1 group, 1 more than one of each",
        "same picture: 1 group, 1 more than one of each",
        "similar: 0 groups, 0 more than one of each",
        "of 3 photographs; nothing was removed",
        "1 cannot be read and are skipped:",
    ]
    told = json.loads((tmp_path / "d.json").read_text())
    assert (told["photographs"], told["similar"], [each["path"] for each in told["skipped"]]) == (3, 0.92, ["bad.jpg"])
    assert told["groups"] == [
        {"grade": "same bytes", "paths": ["a.png", "old/a.png"]},
        {"grade": "same picture", "paths": ["a.png", "old/small.jpg"]},
    ]
    assert listing(folder) == before
    textured(2).save(folder / "b.png")
    assert main([*command, "--exclude", "old"]) == 0
    assert capsys.readouterr().out.splitlines()[-4] == "of 2 photographs; nothing was removed"


def test_duplicates_are_looked_for_among_what_is_indexed_already(
    folder: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert main(["index", str(model_folder), str(folder)]) == 0
    monkeypatch.setattr(VSEEncoder, "encode_prepared", lambda *_: pytest.fail("a picture was encoded again"))
    assert main(["duplicates", str(folder), "--model", str(model_folder)]) == 0
    assert "of 6 photographs" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["{tmp}/none"], "none is not a folder; give the path of a folder of photographs."),
        (["{tmp}/file"], "file is not a folder; give the path of a folder of photographs."),
        (["{tmp}/empty"], "empty holds no pictures; expected files such as .jpg, .png or .webp."),
        (["{tmp}/photos", "--model", "none"], "No model 'none'"),
        (["{tmp}/photos", "--json", "{tmp}/empty"], "empty' is a folder: give the path of a file."),
    ],
)
def test_duplicates_of_what_is_no_folder_of_photographs(
    arguments: list[str],
    told: str,
    folder: Path,
    tmp_path: Path,
    model_folder: Path,
    capsys: pytest.CaptureFixture[str],
):
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    given = [each.format(tmp=tmp_path) for each in arguments]
    assert main(["duplicates", *given, *([] if "--model" in given else ["--model", str(model_folder)])]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert len(error.splitlines()) == 1
