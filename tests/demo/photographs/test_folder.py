"""Questions to a folder of photographs, what is served of it, and how it is shown."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo.photographs import render as photos_view
from demo.photographs.index_job import Status
from demo.photographs.open_folder import OpenFolder
from demo.photographs.routes import GONE, LARGE, rendition, routes
from demo.photographs.tag_words import PHOTO_WORDS
from demo.shared.address import Page
from demo.shared.answer_render import answers_html
from demo.shared.answers import Answer
from demo.shared.ask_models import ask_each
from demo.shared.jobs import Encoders, Loading
from demo.shared.models import Service
from demo.shared.offers import BUNDLED, TURNED_OFF, UNFIT_CLIP, Offer
from demo.shared.pictures import Photographs, large, words
from demo.shared.pictures import address as small
from demo.shared.question import WITH_UPLOAD, Question
from demo.shared.starters import some_items
from tests.conftest import COLOURS, FakeEncoder, write_pictures
from vse.data import Collection
from vse.io.paths import DEFAULT_MODEL, PHOTO_MODEL, photo_model
from vse.search.folders import Skipped
from vse.search.searcher import Searcher

Address = Callable[[Collection, str], str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pictures(tmp_path / "photos", ("red", "green"))
    write_pictures(tmp_path / "photos/<b>day</b>", ("blue", "yellow"))
    return tmp_path / "photos"


@pytest.fixture
def open_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> OpenFolder:
    encoder = FakeEncoder()
    monkeypatch.setattr("demo.shared.jobs.open_encoder", lambda model, progress: encoder)
    monkeypatch.setattr("demo.photographs.snapshot.PHOTO_WORDS", ("red", "green", "blue"))
    open_folder = OpenFolder("fake")
    assert open_folder.open(folder).is_over(60)
    return open_folder


def beside(**given: object) -> Service:
    """What is served beside the folder."""
    return Service("none", Collection("none", ()), offer=None, **given)  # type: ignore[arg-type]


def collection_of(open_folder: OpenFolder) -> Collection:
    return open_folder.service(beside()).collection


def ask(open_folder: OpenFolder, question: Question) -> Answer:
    return ask_each(open_folder.service(beside()).loadings(), question)[0]


def shown(open_folder: OpenFolder, question: Question) -> str:
    return answers_html([ask(open_folder, question)], collection_of(open_folder))


def paths(found: Answer) -> list[str]:
    assert found.problem == ""
    return [hit.item.id for hit in found.pictures]


def test_words_find_photographs(open_folder: OpenFolder):
    found = ask(open_folder, Question("blue", 2))
    assert paths(found)[0] == "<b>day</b>/blue.png"
    assert len(found.pictures) == 2
    assert found.pictures[0].score == pytest.approx(1, abs=1e-3)


def test_a_sum_finds_photographs(open_folder: OpenFolder):
    assert paths(ask(open_folder, Question("[red.png] + green", 1))) == ["<b>day</b>/yellow.png"]
    problem = ask(open_folder, Question("[rde.png] - dog", 1)).problem
    assert problem.startswith("No picture [rde.png] in the collection; did you mean [red.png]")
    assert paths(ask(open_folder, Question("red + ", 1))) == ["red.png"]  # a plain text after all
    problem = ask(open_folder, Question("red [ green", 1)).problem
    assert problem.startswith("A sign is missing before this")


def test_a_photograph_finds_those_like_it_but_not_itself(open_folder: OpenFolder):
    found = ask(open_folder, Question("[red.png]", 4))
    assert paths(found)[0] == "<b>day</b>/yellow.png"
    assert "red.png" not in paths(found)
    assert found.item is not None
    assert found.item.id == "red.png"
    html = shown(open_folder, Question("[red.png]", 4))
    assert f'<img src="{small(collection_of(open_folder), "red.png")}" alt="red.png"' in html.split("<h2")[0]
    assert ask(open_folder, Question("[gone.png]", 4)).problem.startswith("No picture [gone.png]")


def test_a_visitors_picture_finds_photographs(open_folder: OpenFolder, tmp_path: Path):
    Image.new("RGB", (9, 9), COLOURS["green"]).save(tmp_path / "mine.png")
    assert paths(ask(open_folder, Question(WITH_UPLOAD, 1, upload=str(tmp_path / "mine.png")))) == ["green.png"]
    gone = ask(open_folder, Question(WITH_UPLOAD, 1, upload=str(tmp_path / "none.png")))
    assert "no longer kept" in gone.problem


def test_duplicates_fold_under_an_answer_where_that_is_asked_for(open_folder: OpenFolder, folder: Path):
    shutil.copy(folder / "red.png", folder / "again.png")
    assert open_folder.open(folder).is_over(60)
    service = open_folder.service(beside())
    question = Question("red", 2)
    first, second = ask_each(service.loadings(), question)[0].pictures
    assert {first.item.id, second.item.id} == {"red.png", "again.png"}
    plain = answers_html(ask_each(service.loadings(), question), service.collection)
    assert 'data-fold="same" aria-pressed="false"' in plain
    assert "alike" not in plain
    folded = ask_each(service.loadings(), replace(question, fold="same"))
    nearest = folded[0].pictures[0]
    assert [nearest.item.id, *(item.id for item in nearest.alike)] == [first.item.id, second.item.id]
    shown = answers_html(folded, service.collection)
    assert 'data-fold="same" aria-pressed="true"' in shown
    assert "+1 alike" in shown
    assert f'data-item="{second.item.id}"' in shown
    assert "fold=same" in shown


def test_labels_of_a_folder_stand_beside_answers(open_folder: OpenFolder, folder: Path):
    (folder / "labels.tsv").write_text("image\tlabel\nred.png\ta <rose>\n", encoding="utf-8")
    assert open_folder.open(folder).is_over(60)
    service = open_folder.service(beside())
    shown = answers_html(ask_each(service.loadings(), Question("red", 2)), service.collection)
    assert shown.count('<span class="label">') == 1
    assert '<span class="label">a &lt;rose&gt;</span>' in shown
    write_pictures(folder.parent / "other", ("red",))
    assert open_folder.open(folder.parent / "other", add=True).is_over(60)
    collection = open_folder.service(beside()).collection
    assert isinstance(collection, Photographs)
    assert dict(collection.labels) == {"photos/red.png": "a <rose>"}


def test_where_no_duplicates_are_known_none_are_folded(colours: Path):
    served = Service.of(Searcher.open(FakeEncoder(), colours))
    answers = ask_each(served.loadings(), Question("red", 2, fold="same"))
    assert [len(each.alike) for each in answers[0].pictures] == [0, 0]
    assert "data-fold" not in answers_html(answers, served.collection)


def test_without_a_question_some_are_shown_in_the_folders_order(open_folder: OpenFolder):
    collection = collection_of(open_folder)
    all_of_them = ["<b>day</b>/blue.png", "<b>day</b>/yellow.png", "green.png", "red.png"]
    assert [item.id for item in some_items(collection, 48)] == all_of_them
    assert [item.id for item in some_items(collection, 2)] == ["<b>day</b>/blue.png", "red.png"]


def test_it_is_the_same_until_the_folder_is_indexed_anew(open_folder: OpenFolder, folder: Path):
    before = open_folder.service(beside())
    assert open_folder.service(beside()) is before
    write_pictures(folder / "more", ("red",))
    assert open_folder.opened().start().is_over(60)
    after = open_folder.service(beside())
    assert (len(before.collection), len(after.collection)) == (4, 5)
    assert before.collection.key != after.collection.key


def test_beside_photographs_only_a_clip_that_fits_them_answers(
    open_folder: OpenFolder, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    drawn, other = (Loading(name, Collection("none", ())) for name in (BUNDLED, "ViT/other"))
    served = beside()
    served.add(drawn)
    service = open_folder.service(served)
    assert (service.clips, service.why_no_clip, service.page(Page("both")).mode) == ([], UNFIT_CLIP, "vse")
    served.add(other)
    assert open_folder.open(folder).is_over(60)
    monkeypatch.setattr("demo.photographs.open_folder.is_fetched", lambda offer: True)
    served.offer = Offer("ViT/fetched", "A CLIP", "1 MB")
    open_folder._service = None
    service = open_folder.service(served)
    assert [each.name for each in service.clips] == ["ViT/other", "ViT/fetched"]
    found = ask_each(service.loadings(Page("both")), Question("blue", 2))
    assert [each.model for each in found] == ["fake", "ViT/other"]
    assert [paths(each)[0] for each in found] == ["<b>day</b>/blue.png"] * 2
    open_folder._service = None
    assert open_folder.service(beside(why_no_clip=TURNED_OFF)).why_no_clip == TURNED_OFF


def test_two_collections_share_a_model(open_folder: OpenFolder, monkeypatch: pytest.MonkeyPatch):
    loaded: list[object] = []

    def load(model: object, progress: object) -> FakeEncoder:
        loaded.append(model)
        return FakeEncoder()

    monkeypatch.setattr("demo.shared.jobs.open_encoder", load)
    shared = Encoders()
    one, two = (Loading("one", collection_of(open_folder), shared) for _ in range(2))
    assert one.result().searcher.encoder is two.result().searcher.encoder
    assert loaded == ["one"]


def test_words_are_measured_against_the_folder(open_folder: OpenFolder):
    snapshot = open_folder.opened().snapshot()
    best = snapshot.tags(snapshot.keys["<b>day</b>/blue.png"])
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
    collection = collection_of(open_folder)
    answer = client.get(f"/{small(collection, 'wide.jpg')}")
    assert (answer.headers["content-type"], picture_of(answer.content).size) == ("image/webp", (384, 192))
    answer = client.get(f"/{large(collection, 'wide.jpg')}")
    assert (answer.headers["content-type"], picture_of(answer.content).size) == ("image/webp", (LARGE, LARGE // 2))
    assert b"secret" not in answer.content
    assert rendition.cache_info().maxsize is not None


def test_words_are_served_by_key(client: TestClient, open_folder: OpenFolder):
    tags = client.get(f"/{words(collection_of(open_folder), 'green.png')}").json()["tags"]
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
    client: TestClient, open_folder: OpenFolder, address: Address, headers: dict[str, str]
):
    path = address(collection_of(open_folder), "red.png")
    assert client.get(f"/{path}").status_code == 200
    assert client.get(f"/{path}", headers=headers).status_code == 404


def test_a_link_out_of_the_folder_is_not_followed(
    open_folder: OpenFolder, folder: Path, tmp_path: Path, client: TestClient
):
    collection = collection_of(open_folder)
    Image.new("RGB", (20, 20), "purple").save(tmp_path / "private.png")
    (folder / "link.png").symlink_to(tmp_path / "private.png")
    (folder / "within.png").symlink_to(folder / "green.png")
    (folder / "red.png").unlink()
    (folder / "red.png").symlink_to(tmp_path / "private.png")
    for address in (small, large):
        assert client.get(f"/{address(collection, 'red.png')}").status_code == 404
    assert open_folder.opened().start().is_over(60)
    assert {"link.png", "red.png"} & set(open_folder.opened().snapshot().keys) == set()
    assert "within.png" in open_folder.opened().snapshot().keys


@pytest.mark.parametrize("text", ["red", "[red.png]", "[red.png] - red + blue", "[upload]"])
def test_answers_say_that_the_folder_is_gone(open_folder: OpenFolder, folder: Path, tmp_path: Path, text: str):
    Image.new("RGB", (20, 20), "blue").save(tmp_path / "mine.png")
    question = Question(text, 2, upload=str(tmp_path / "mine.png"))
    away = folder.rename(folder.with_name("elsewhere"))
    found = ask(open_folder, question)
    assert found.problem.startswith("photos is not there any more: bring it back (is its disk connected?)")
    assert found.problem in shown(open_folder, question)
    assert not found.pictures
    folder.mkdir()  # as of a disk that was taken away
    assert ask(open_folder, question).problem.startswith("photos is empty now: bring it back")
    folder.rmdir()
    away.rename(folder)
    assert len(paths(ask(open_folder, question))) == 2


@pytest.mark.parametrize("address", [small, large, words])
def test_what_is_served_says_that_the_folder_is_gone(
    client: TestClient, open_folder: OpenFolder, folder: Path, address: Address
):
    path = address(collection_of(open_folder), "red.png")
    assert client.get(f"/{path}").status_code == 200
    away = folder.rename(folder.with_name("elsewhere"))
    answer = client.get(f"/{path}")
    assert (answer.status_code, answer.text[:35]) == (404, "photos is not there any more: bring")
    assert client.get(f"/{path[:-24]}{'0' * 24}").text == GONE
    away.rename(folder)
    assert client.get(f"/{path}").status_code == 200


def test_a_photograph_that_is_gone_is_not_found(client: TestClient, open_folder: OpenFolder, folder: Path):
    path = large(collection_of(open_folder), "red.png")
    (folder / "red.png").unlink()
    assert client.get(f"/{path}").status_code == 404


def test_without_a_folder_nothing_is_served():
    client = TestClient(Starlette(routes=routes(OpenFolder("fake"))), base_url="http://127.0.0.1")
    assert client.get(f"/photos/small/{'0' * 24}").status_code == 404


def test_names_are_escaped_and_paths_told_only_where_they_may_be(open_folder: OpenFolder, folder: Path):
    run = open_folder.opened()
    html = shown(open_folder, Question("blue <i>", 4))
    assert "<b>day" not in html
    assert "<i>" not in html.replace("<i style", "")
    assert str(folder) not in html
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


@pytest.mark.parametrize(
    ("phase", "button"),
    [("indexing", "Cancel"), ("stopped", "Resume"), ("done", "Look for changes"), ("failed", "Try again")],
)
def test_each_phase_has_its_button(phase: str, button: str):
    assert f">{button}</button>" in photos_view.controls_html(Status(phase))  # type: ignore[arg-type]
    assert photos_view.controls_html(Status("stopping")) == ""


def test_the_model_for_photographs_is_the_one_that_is_there(tmp_path: Path):
    assert photo_model(tmp_path) == tmp_path / DEFAULT_MODEL
    (tmp_path / PHOTO_MODEL).mkdir()
    assert photo_model(tmp_path) == tmp_path / PHOTO_MODEL
