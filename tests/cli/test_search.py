"""Many queries at once, and what a shell does with the answers: paths, copies."""

from __future__ import annotations

import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import write_pictures
from vse.cli import main
from vse.data import load_collection
from vse.encoders.vse.encoder import VSEEncoder
from vse.search.searcher import Searcher


@pytest.fixture
def where(scenes_model: Path, scenes_folder: Path) -> list[str]:
    return ["--model", str(scenes_model), "--collection", str(scenes_folder)]


@pytest.fixture
def best(scenes_model: Path, scenes_folder: Path) -> list[str]:
    """The ids of the best three answers to "a dog"."""
    return [hit.item_id for hit in Searcher.open(scenes_model, scenes_folder).search_text("a dog", 3)]


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_paths_alone_are_printed_and_all_else_is_told_aside(
    where: list[str], best: list[str], scenes_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    paths = [str(scenes_folder / f"images/{each}.png") for each in best]
    assert main(["search", "a dog", *where, "-k", "3", "--paths", "--json", str(tmp_path / "a.json")]) == 0
    output, aside = capsys.readouterr()
    assert output == "".join(f"{path}\n" for path in paths)
    assert aside == f"written to {tmp_path / 'a.json'}\n"
    assert [each["image"] for each in read(tmp_path / "a.json")["answers"]] == paths
    assert main(["search", "a dog and a xylophone", *where, "-k", "1", "--null"]) == 0
    output, aside = capsys.readouterr()
    assert output.count("\0") == 1
    assert output.endswith(".png\0")
    assert aside == "note: the model does not know 'xylophone' and passes over it\n"


def test_a_name_with_a_newline_is_one_path(tmp_path: Path, scenes_model: Path, capsys: pytest.CaptureFixture[str]):
    write_pictures(tmp_path / "photos", ["red"])
    (tmp_path / "photos/red.png").rename(tmp_path / "photos/two\nlines.png")
    where = ["--model", str(scenes_model), "--collection", str(tmp_path / "photos")]
    assert main(["search", "a dog", *where, "-0"]) == 0
    assert capsys.readouterr().out == f"{tmp_path}/photos/two\nlines.png\0"


def test_answers_are_copied_and_those_before_replaced(
    where: list[str], best: list[str], scenes_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    target = tmp_path / "copies"
    assert main(["search", "a dog", *where, "-k", "3", "--copy-to", str(target)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"3 pictures copied to {target}"
    names = [f"{rank}-{each}.png" for rank, each in enumerate(best, start=1)]
    assert sorted(os.listdir(target)) == sorted([*names, "answers.json"])
    for name, each in zip(names, best, strict=True):
        source = scenes_folder / f"images/{each}.png"
        assert (target / name).read_bytes() == source.read_bytes()
        assert (target / name).stat().st_mtime_ns == source.stat().st_mtime_ns
    about = read(target / "answers.json")
    assert (about["query"], about["collection"], about["model"]) == ("a dog", "noise", "tiny-scenes")
    assert [(each["file"], each["id"], each["rank"]) for each in about["answers"]] == [
        (name, each, rank) for rank, (name, each) in enumerate(zip(names, best, strict=True), start=1)
    ]
    assert main(["search", "a cat", *where, "-k", "10", "--copy-to", str(target)]) == 0
    assert [name[:3] for name in sorted(os.listdir(target))] == [*(f"{rank:02}-" for rank in range(1, 11)), "ans"]


def test_photographs_of_one_name_are_copied_side_by_side(tmp_path: Path, scenes_model: Path):
    for colour in ("red", "green"):
        write_pictures(tmp_path / f"photos/{colour}", [colour])
        (tmp_path / f"photos/{colour}/{colour}.png").rename(tmp_path / f"photos/{colour}/IMG_1.png")
    where = ["--model", str(scenes_model), "--collection", str(tmp_path / "photos")]
    assert main(["search", "a dog", *where, "--copy-to", str(tmp_path / "to")]) == 0
    assert sorted(os.listdir(tmp_path / "to")) == ["1-IMG_1.png", "2-IMG_1.png", "answers.json"]


def test_copies_never_replace_what_is_not_theirs(
    where: list[str], scenes_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    target = tmp_path / "copies"
    copy = ["search", "a dog", *where, "-k", "2", "--copy-to", str(target)]
    assert main(copy) == 0
    held = sorted(os.listdir(target))
    (target / "mine.txt").write_text("x")
    assert main(copy) == 2
    assert "holds files that are no part of answers that this program copied ('mine.txt')" in capsys.readouterr().err
    (target / "mine.txt").unlink()
    inside = ["search", "a dog", "--model", str(scenes_model), "--collection", str(target), "-k", "1"]
    assert main([*inside, "--copy-to", str(target)]) == 2
    assert f"'{target}' holds pictures of copies: give the path of another folder." in capsys.readouterr().err
    assert sorted(os.listdir(target)) == held


def test_a_picture_that_cannot_be_copied_leaves_nothing(
    tmp_path: Path, scenes_model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    write_pictures(tmp_path / "photos", ["red", "green"])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vse.search.copies.shutil.copyfile", full)
    where = ["--model", str(scenes_model), "--collection", str(tmp_path / "photos")]
    assert main(["search", "a dog", *where, "--copy-to", str(tmp_path / "to")]) == 2
    assert "cannot be copied" in capsys.readouterr().err
    assert sorted(os.listdir(tmp_path)) == ["cache", "photos"]


def test_each_query_of_a_file_is_answered_as_if_asked_alone(
    where: list[str], scenes_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    picture = load_collection(scenes_folder).items[0]
    asked = {1: "a dog on the beach", 3: f"[{picture.id}] - dog + cat", 4: str(picture.image_path), 5: "two cats"}
    text = f"\ufeff{asked[1]}\r\n \t\n{asked[3]}\n  {asked[4]}\n{asked[5]}"
    (tmp_path / "q.txt").write_text(text, encoding="utf-8", newline="")
    kept = ["-k", "2", "--why", "--json"]
    assert main(["search", "--queries", str(tmp_path / "q.txt"), *where, *kept, str(tmp_path / "all.json")]) == 0
    output = capsys.readouterr().out
    whole = read(tmp_path / "all.json")
    assert [(each["line"], each["query"]) for each in whole["queries"]] == list(asked.items())
    for each in whole["queries"]:
        assert main(["search", each["query"], *where, *kept, str(tmp_path / "one.json")]) == 0
        alone = capsys.readouterr().out.replace(f"written to {tmp_path / 'one.json'}\n", "")
        assert f"{each['line']}: {each['query']}\n{alone}" in output
        one = read(tmp_path / "one.json")
        assert (whole["model"], whole["min_fit"]) == (one["model"], one["min_fit"])
        assert [answer["id"] for answer in each["answers"]] == [answer["id"] for answer in one["answers"]]
        scores = [answer["score"] for answer in one["answers"]]
        assert [answer["score"] for answer in each["answers"]] == pytest.approx(scores, abs=1e-6)
        assert len(each["why"]) == len(one["why"])


def test_a_bad_query_is_told_with_its_line_and_costs_only_itself(
    where: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    text = "a dog\n\nxylophone\n[nothing] + dog\nmissing.png\na cat\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main(["search", "--queries", "-", *where, "-k", "1", "--json", str(tmp_path / "a.json")]) == 2
    output, errors = capsys.readouterr()
    assert [line for line in output.splitlines() if not line.startswith(" ")] == [
        *("1: a dog", "3: xylophone", "4: [nothing] + dog", "5: missing.png", "6: a cat"),
        f"written to {tmp_path / 'a.json'}",
    ]
    told = errors.splitlines()
    assert told[0].startswith("line 3: The model knows none of these words: 'xylophone'")
    assert told[1].startswith("line 4: ")
    assert told[2].startswith("line 5: 'missing.png' does not exist")
    assert told[3:] == ["error: 3 of the 5 queries cannot be answered, as told above; the others are."]
    rows = read(tmp_path / "a.json")["queries"]
    assert [(row["line"], len(row.get("answers", [])), "error" in row) for row in rows] == [
        *((1, 1, False), (3, 0, True), (4, 0, True), (5, 0, True), (6, 1, False)),
    ]


def test_plain_queries_are_encoded_in_one_batch(where: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert main(["search", "a dog", *where]) == 0  # so that the vectors of the collection are made
    batches = []
    real = VSEEncoder.encode_prepared

    def counted(self: VSEEncoder, modality: str, prepared: Any) -> Any:
        batches.append(len(prepared))
        return real(self, modality, prepared)

    monkeypatch.setattr(VSEEncoder, "encode_prepared", counted)
    (tmp_path / "q.txt").write_text("a dog\na cat\nxylophone\na bus at night\na dog\n", encoding="utf-8")
    assert main(["search", "--queries", str(tmp_path / "q.txt"), *where]) == 2
    assert batches == [3]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Give either a query or a file of them with --queries."),
        (["a dog", "--queries", "{tmp}/q.txt"], "Give either a query or a file of them with --queries."),
        (["--queries", "{tmp}/none.txt"], "none.txt' cannot be read (No such file or directory): give a text file"),
        (["--queries", "{tmp}"], "cannot be read (Is a directory): give a text file, a query a line."),
        (["--queries", "{tmp}/blank.txt"], "blank.txt' holds no query: write one a line."),
        (["--queries", "{tmp}/latin.txt"], "latin.txt' is no text in UTF-8"),
        (["--queries", "{tmp}/q.txt", "--paths"], "--paths takes the answers to one query: leave --queries out"),
        (["--queries", "{tmp}/q.txt", "--copy-to", "{tmp}/to"], "--copy-to takes the answers to one query"),
        (["{tmp}/a.png", "-0"], "The answers to a picture's path are captions, and --null takes pictures: ask"),
        (["a dog", "--copy-to", "{tmp}/q.txt"], "q.txt' is a file: give the path of a new or empty folder."),
    ],
)
def test_a_mistake_is_told_in_one_sentence(
    arguments: list[str], told: str, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "q.txt").write_text("a dog\n")
    (tmp_path / "blank.txt").write_text(" \n\n")
    (tmp_path / "latin.txt").write_bytes("ein Käfer".encode("latin-1"))
    assert main(["search", *(each.format(tmp=tmp_path) for each in arguments), *where]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert len(error.splitlines()) == 1


def test_several_collections_are_searched_as_one_and_one_that_is_gone_is_told(
    scenes_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    for name in ("a", "b"):
        write_pictures(tmp_path / name, ["red"])
    model, folders = ["--model", str(scenes_model)], [str(tmp_path / name) for name in ("a", "b", "gone")]
    named = [part for each in folders for part in ("--collection", each)]
    assert main(["search", "a dog", *model, *named, "--paths"]) == 0
    output, aside = capsys.readouterr()
    assert sorted(output.split()) == [f"{folder}/red.png" for folder in folders[:2]]
    assert f"{folders[2]} is left out: No collection" in aside
    assert main(["search", "a dog in:b", *model, *named]) == 0
    assert "b/red.png" in (output := capsys.readouterr().out)
    assert "a/red.png" not in output
    nowhere = ["--collection", folders[2], "--collection", f"{folders[2]}2"]
    assert main(["search", "a dog", *model, *nowhere]) == 2
    assert "None of the 2 collections can be read" in capsys.readouterr().err


def test_duplicates_are_named_under_the_first_of_them(
    scenes_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    write_pictures(tmp_path / "photos", ["red", "green"])
    shutil.copy(tmp_path / "photos/red.png", tmp_path / "photos/same.png")
    where = ["--model", str(scenes_model), "--collection", str(tmp_path / "photos")]
    out = ["--json", str(tmp_path / "a.json")]
    assert main(["search", "a dog", *where, *out, "-k", "2", "--fold-duplicates"]) == 0
    found = {each["id"]: each["alike"] for each in read(tmp_path / "a.json")["answers"]}
    [folded] = [alike for alikes in found.values() for alike in alikes]
    assert {*found, folded} == {"green.png", "red.png", "same.png"}
    assert found["green.png"] == []
    assert f"     alike: {folded}\n" in capsys.readouterr().out
    assert main(["search", "a dog", *where, *out]) == 0
    assert all("alike" not in each for each in read(tmp_path / "a.json")["answers"])


def test_a_picture_is_encoded_once_for_all_queries(
    where: list[str], scenes_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    picture = next((scenes_folder / "images").iterdir())
    lines = ["[upload]", "[upload] + a dog", "a cat"]
    (tmp_path / "q.txt").write_text("\n".join(lines), encoding="utf-8")
    read_so_far: list[object] = []
    encode = VSEEncoder.encode

    def counted(self: VSEEncoder, modality: str, inputs: Any, **rest: Any) -> Any:
        read_so_far.extend(inputs := list(inputs)) if modality == "image" else None
        return encode(self, modality, inputs, **rest)

    out = ["--json", str(tmp_path / "a.json"), "-k", "3"]
    assert main(["search", lines[1], *where, *out, "--upload", str(picture)]) == 0
    alone = [each["id"] for each in read(tmp_path / "a.json")["answers"]]
    monkeypatch.setattr(VSEEncoder, "encode", counted)
    assert main(["search", "--queries", str(tmp_path / "q.txt"), *where, *out, "--upload", str(picture)]) == 0
    assert read_so_far == [picture]
    assert [each["id"] for each in read(tmp_path / "a.json")["queries"][1]["answers"]] == alone
    monkeypatch.undo()
    assert main(["search", f"[{picture}] + a dog", *where, *out]) == 0
    assert [each["id"] for each in read(tmp_path / "a.json")["answers"]] == alone


def test_only_one_file_stands_in_brackets(where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    write_pictures(tmp_path, ["red"])
    picture = tmp_path / "red.png"
    assert main(["search", f"[{picture}] + [upload]", *where]) == 2
    assert "Only one file can stand for [upload], and this query has more" in capsys.readouterr().err
    assert main(["search", "[gone.wav] - a dog", *where]) == 2
    assert "does not hear: choose a model that does" in capsys.readouterr().err
    assert main(["search", "[gone.png] - a dog", *where]) == 2
    assert "No picture [gone.png] in the collection" in capsys.readouterr().err


def test_explain_takes_the_first_score_apart(
    scenes_model: Path, scenes_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    where = ["--model", str(scenes_model), "--collection", str(scenes_folder), "--json", str(tmp_path / "a.json")]
    assert main(["search", "a dog and a cat", *where, "-k", "2", "--explain"]) == 0
    said = capsys.readouterr().out
    found = json.loads((tmp_path / "a.json").read_text())
    first, apart = found["answers"][0], found["explained"]
    assert apart["id"] == first["id"]
    assert sum(apart["terms"]) == pytest.approx(first["score"], abs=1e-5)
    assert sum(each["share"] for each in apart["words"]) == pytest.approx(first["score"], abs=1e-5)
    assert [each["text"] for each in apart["read"]][-1] == "a dog and a cat"
    assert apart["places"]["way"] == "features"
    assert f"the score of {first['id']}, {first['score']:.3f}, as a sum over 8 dimensions" in said
    assert "a dog and a\n" in said
    assert "% from the top  dog\n" in said
