"""Questions to a folder of photographs, what is served of it, and how it is shown."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo.photographs import render as photos_view
from demo.photographs.compute import Found, ask
from demo.photographs.index_job import Run, Status
from demo.photographs.open_folder import OpenFolder
from demo.photographs.routes import GONE, LARGE, large, rendition, routes, small, words
from demo.photographs.tag_words import PHOTO_WORDS
from demo.shared.answers import Answer
from demo.shared.question import WITH_UPLOAD, Question
from tests.conftest import COLOURS, FakeEncoder, write_pictures
from vse.io.paths import DEFAULT_MODEL, PHOTO_MODEL, photo_model
from vse.search.folders import Skipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pictures(tmp_path / "photos", ("red", "green"))
    write_pictures(tmp_path / "photos/<b>day</b>", ("blue", "yellow"))
    return tmp_path / "photos"


@pytest.fixture
def open_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> OpenFolder:
    encoder = FakeEncoder()
    monkeypatch.setattr("demo.photographs.open_folder.open_encoder", lambda model, progress: encoder)
    monkeypatch.setattr("demo.photographs.snapshot.PHOTO_WORDS", ("red", "green", "blue"))
    open_folder = OpenFolder("fake")
    assert open_folder.open(folder).is_over(60)
    return open_folder


def paths(found: Found) -> list[str]:
    assert found.answer.problem == ""
    return [hit.item.id for hit in found.answer.pictures] or [item.id for item in found.browsed]


def key(run: Run, path: str) -> str:
    return run.snapshot().keys[path]


def test_words_find_photographs(open_folder: OpenFolder):
    found = ask(open_folder.opened(), Question("blue", 2))
    assert paths(found)[0] == "<b>day</b>/blue.png"
    assert (found.searched, found.of, len(found.answer.pictures)) == (4, 4, 2)
    assert found.answer.pictures[0].score == pytest.approx(1, abs=1e-3)


def test_a_sum_finds_photographs(open_folder: OpenFolder):
    assert paths(ask(open_folder.opened(), Question("[red.png] + green", 1))) == ["<b>day</b>/yellow.png"]
    problem = ask(open_folder.opened(), Question("[rde.png] - dog", 1)).answer.problem
    assert problem.startswith("No picture [rde.png] in the collection; did you mean [red.png]")
    assert paths(ask(open_folder.opened(), Question("red + ", 1))) == ["red.png"]  # a plain text after all
    problem = ask(open_folder.opened(), Question("red [ green", 1)).answer.problem
    assert problem.startswith("A sign is missing before this")


def test_a_negation_is_told_of_photographs_too(open_folder: OpenFolder):
    shown = photos_view.found_html(ask(open_folder.opened(), Question("red without blue", 2)))
    assert shown.count("This space cannot negate") == 1
    assert shown.count('data-words="red - blue"') == 1


def test_a_photograph_finds_those_like_it_but_not_itself(open_folder: OpenFolder):
    found = ask(open_folder.opened(), Question("[red.png]", 4))
    assert paths(found)[0] == "<b>day</b>/yellow.png"
    assert "red.png" not in paths(found)
    assert found.answer.item is not None
    assert found.answer.item.id == "red.png"
    shown = photos_view.found_html(found)
    assert f'<img src="{small(key(open_folder.opened(), "red.png"))}" alt="red.png"' in shown.split("<h2")[0]
    assert ask(open_folder.opened(), Question("[gone.png]", 4)).answer.problem.startswith("No picture [gone.png]")


def test_a_visitors_picture_finds_photographs(open_folder: OpenFolder, tmp_path: Path):
    Image.new("RGB", (9, 9), COLOURS["green"]).save(tmp_path / "mine.png")
    assert paths(ask(open_folder.opened(), Question(WITH_UPLOAD, 1, upload=str(tmp_path / "mine.png")))) == [
        "green.png"
    ]
    gone = ask(open_folder.opened(), Question(WITH_UPLOAD, 1, upload=str(tmp_path / "none.png")))
    assert "no longer kept" in gone.answer.problem


def test_without_a_question_some_are_shown_in_the_folders_order(open_folder: OpenFolder):
    assert paths(ask(open_folder.opened(), Question("", 48))) == [
        "<b>day</b>/blue.png",
        "<b>day</b>/yellow.png",
        "green.png",
        "red.png",
    ]
    assert paths(ask(open_folder.opened(), Question(" ", 2))) == ["<b>day</b>/blue.png", "red.png"]


def test_wrong_wishes_are_told(open_folder: OpenFolder):
    assert "give a whole number from 1 to 48" in ask(open_folder.opened(), Question("", 49)).answer.problem


def test_words_are_measured_against_the_folder(open_folder: OpenFolder):
    snapshot = open_folder.opened().snapshot()
    best = snapshot.tags(key(open_folder.opened(), "<b>day</b>/blue.png"))
    assert best[0].word == "blue"
    assert best[0].score == pytest.approx(float(np.sqrt(3)), abs=0.05)  # one of four: (1 - 1/4) / (sqrt(3) / 4)
    assert open_folder.opened().snapshot() is snapshot
    assert len(PHOTO_WORDS) == len(set(PHOTO_WORDS))


def test_keys_change_with_the_content_only(open_folder: OpenFolder, folder: Path):
    run = open_folder.opened()
    before = dict(run.snapshot().keys)
    Image.new("RGB", (20, 20), (1, 2, 3)).save(folder / "red.png")
    assert run.start().is_over(60)
    after = run.snapshot().keys
    assert {path for path in before if before[path] != after[path]} == {"red.png"}


@pytest.fixture
def client(open_folder: OpenFolder) -> TestClient:
    return TestClient(Starlette(routes=routes(open_folder)), base_url="http://127.0.0.1")


def picture_of(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_photographs_are_served_by_key_as_small_and_larger_webp(
    client: TestClient, open_folder: OpenFolder, folder: Path
):
    Image.effect_noise((3000, 1500), 60).convert("RGB").save(folder / "wide.jpg", exif=b"Exif\0\0secret place")
    assert open_folder.opened().start().is_over(60)
    name = key(open_folder.opened(), "wide.jpg")
    answer = client.get(f"/{small(name)}")
    assert (answer.headers["content-type"], picture_of(answer.content).size) == ("image/webp", (384, 192))
    answer = client.get(f"/{large(name)}")
    assert (answer.headers["content-type"], picture_of(answer.content).size) == ("image/webp", (LARGE, LARGE // 2))
    assert b"secret" not in answer.content
    assert rendition.cache_info().maxsize is not None


def test_words_are_served_by_key(client: TestClient, open_folder: OpenFolder):
    tags = client.get(f"/{words(key(open_folder.opened(), 'green.png'))}").json()["tags"]
    assert tags[0]["word"] == "green"


@pytest.mark.parametrize("kind", ["small", "large", "words"])
@pytest.mark.parametrize("name", ["red.png", "0" * 24, "..%2Fred.png", "%2Fetc%2Fpasswd", "../red.png"])
def test_nothing_else_is_served(client: TestClient, folder: Path, kind: str, name: str):
    (folder / "note.txt").write_text("words")
    assert client.get(f"/photos/{kind}/{name}").status_code == 404
    assert client.get(f"/photos/{kind}/note.txt").status_code == 404


@pytest.mark.parametrize(
    "headers", [{"host": "evil.example"}, {"cf-connecting-ip": "1.2.3.4"}, {"referer": "http://a.b"}]
)
@pytest.mark.parametrize("address", [small, large, words])
def test_nothing_is_served_to_whoever_does_not_sit_here(
    client: TestClient, open_folder: OpenFolder, address: Callable[[str], str], headers: dict[str, str]
):
    name = key(open_folder.opened(), "red.png")
    assert client.get(f"/{address(name)}").status_code == 200
    assert client.get(f"/{address(name)}", headers=headers).status_code == 404


def test_a_link_out_of_the_folder_is_not_followed(
    open_folder: OpenFolder, folder: Path, tmp_path: Path, client: TestClient
):
    name = key(open_folder.opened(), "red.png")
    Image.new("RGB", (20, 20), "purple").save(tmp_path / "private.png")
    (folder / "link.png").symlink_to(tmp_path / "private.png")
    (folder / "within.png").symlink_to(folder / "green.png")
    (folder / "red.png").unlink()
    (folder / "red.png").symlink_to(tmp_path / "private.png")
    for address in (small, large):
        assert client.get(f"/{address(name)}").status_code == 404
    assert open_folder.opened().start().is_over(60)
    assert {"link.png", "red.png"} & set(open_folder.opened().snapshot().keys) == set()
    assert "within.png" in open_folder.opened().snapshot().keys


@pytest.mark.parametrize("text", ["red", "[red.png]", "[red.png] - red + blue", "", "[upload]"])
def test_answers_say_that_the_folder_is_gone(open_folder: OpenFolder, folder: Path, tmp_path: Path, text: str):
    Image.new("RGB", (20, 20), "blue").save(tmp_path / "mine.png")
    question = Question(text, 2, upload=str(tmp_path / "mine.png"))
    away = folder.rename(folder.with_name("elsewhere"))
    found = ask(open_folder.opened(), question)
    assert found.answer.problem.startswith("photos is not there any more: bring it back (is its disk connected?)")
    assert found.answer.problem in photos_view.found_html(found)
    assert not found.answer.pictures
    assert not found.browsed
    folder.mkdir()  # as of a disk that was taken away
    assert ask(open_folder.opened(), question).answer.problem.startswith("photos is empty now: bring it back")
    folder.rmdir()
    away.rename(folder)
    assert len(paths(ask(open_folder.opened(), question))) == 2


@pytest.mark.parametrize("address", [small, large, words])
def test_what_is_served_says_that_the_folder_is_gone(
    client: TestClient, open_folder: OpenFolder, folder: Path, address: Callable[[str], str]
):
    name = key(open_folder.opened(), "red.png")
    assert client.get(f"/{address(name)}").status_code == 200
    away = folder.rename(folder.with_name("elsewhere"))
    answer = client.get(f"/{address(name)}")
    assert (answer.status_code, answer.text[:35]) == (404, "photos is not there any more: bring")
    assert client.get(f"/{address('0' * 24)}").text == GONE
    away.rename(folder)
    assert client.get(f"/{address(name)}").status_code == 200


def test_a_photograph_that_is_gone_is_not_found(client: TestClient, open_folder: OpenFolder, folder: Path):
    name = key(open_folder.opened(), "red.png")
    (folder / "red.png").unlink()
    assert client.get(f"/{large(name)}").status_code == 404


def test_without_a_folder_nothing_is_served():
    client = TestClient(Starlette(routes=routes(OpenFolder("fake"))), base_url="http://127.0.0.1")
    assert client.get(f"/{small('0' * 24)}").status_code == 404


def test_names_are_escaped_and_paths_told_only_where_they_may_be(open_folder: OpenFolder, folder: Path):
    run = open_folder.opened()
    shown = photos_view.found_html(ask(run, Question("blue <i>", 4)))
    assert "<b>day" not in shown
    assert "<i>" not in shown.replace("<i style", "")
    assert str(folder) not in shown
    assert str(folder) in photos_view.progress_html(run, "fake", True)
    assert str(folder) not in photos_view.progress_html(run, "fake", False)
    skipped = (Skipped("<x>.jpg", "'<x>.jpg' is empty"),) * 201
    listed = photos_view.left_out_html(Status(skipped=skipped, passed_over=("<y>/@eaDir",) * 202))
    assert "<x>" not in listed
    assert "<y>" not in listed
    assert "201 files cannot be read and are left out" in listed
    assert "202 system folders are left out" in listed
    assert "and 1 more" in listed
    assert "and 2 more" in listed
    one = photos_view.left_out_html(Status(passed_over=("@eaDir",)))
    assert "1 system folder is left out" in one
    assert "cannot be read" not in one
    assert photos_view.left_out_html(Status()) == ""


def test_how_far_it_is_is_said_in_words():
    assert photos_view.headline(Status("indexing", 10_000, 1_240)) == "Indexing: 1,240 of 10,000"
    going = Status("indexing", 10_000, 1_240, pace=38.2, seconds_left=230)
    assert photos_view.details(going).startswith("38 a second · 4 min left · search works already")
    assert photos_view.details(Status("done", fresh=3, gone=1)) == "3 new, 1 gone"
    assert [photos_view.left(each) for each in (0.2, 59, 60, 3599, 7800)] == [
        "1 s",
        "59 s",
        "1 min",
        "1 h 0 min",
        "2 h 10 min",
    ]
    quick = Answer(Question("x"), milliseconds=8)
    assert photos_view.facts(Found(quick, searched=1_240, of=10_000)) == "searching 1,240 of 10,000 · 8 ms"
    assert photos_view.facts(Found(quick, searched=12, of=12)) == "12 photographs · 8 ms"


@pytest.mark.parametrize(
    ("phase", "button"),
    [("indexing", "Cancel"), ("stopped", "Resume"), ("done", "Look for changes"), ("failed", "Try again")],
)
def test_each_phase_has_its_button(phase: str, button: str):
    assert f">{button}</button>" in photos_view.controls_html(Status(phase))  # type: ignore[arg-type]
    assert photos_view.controls_html(Status("stopping")) == ""


def test_the_empty_tab_names_a_field_only_where_there_is_one():
    assert "Give the path of a folder below" in photos_view.empty_html(True)
    assert "below" not in photos_view.empty_html(False)
    assert photos_view.COMMAND in photos_view.empty_html(False)


def test_the_model_for_photographs_is_the_one_that_is_there(tmp_path: Path):
    assert photo_model(tmp_path) == tmp_path / DEFAULT_MODEL
    (tmp_path / PHOTO_MODEL).mkdir()
    assert photo_model(tmp_path) == tmp_path / PHOTO_MODEL
