"""Several folders of photographs, searched as one."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo.main import open_folder_of, parse
from demo.photographs.handlers import IndexEvents
from demo.photographs.open_folder import OpenFolder
from demo.photographs.render import choice_html, progress_html
from demo.photographs.routes import routes
from demo.photographs.several import Several
from demo.shared.address import FOLDER
from demo.shared.collections import Collections
from demo.shared.jobs import Loading
from demo.shared.models import Service
from demo.shared.pictures import address
from tests.conftest import FakeEncoder, write_pictures
from vse.data import Collection
from vse.errors import CollectionError

LONG = 60.0  # seconds, for a machine that is busy


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    write_pictures(tmp_path / "2019/trip", ["red", "green"])
    write_pictures(tmp_path / "2020/trip", ["red", "blue"])
    return tmp_path / "2019/trip", tmp_path / "2020/trip"


@pytest.fixture
def open_folder(monkeypatch: pytest.MonkeyPatch) -> OpenFolder:
    encoder = FakeEncoder()
    monkeypatch.setattr("demo.shared.jobs.open_encoder", lambda model, progress: encoder)
    return OpenFolder("fake")


def beside() -> Service:
    return Service("none", Collection("none", ()), offer=None)


def ids(open_folder: OpenFolder, query: str, k: int = 9) -> list[str]:
    return [hit.item_id for hit in open_folder.service(beside()).searcher().ask(query, k).hits]


def test_folders_are_indexed_each_by_itself_and_searched_as_one(open_folder: OpenFolder, folders: tuple[Path, Path]):
    run = open_folder.open(*folders)
    assert run.is_over(LONG)
    status = run.status
    assert (status.phase, status.found, status.searchable, status.fresh) == ("done", 4, 4, 4)
    assert set(ids(open_folder, "red", 2)) == {"trip/red.png", "trip-2/red.png"}
    assert ids(open_folder, "red in:trip-2") == ["trip-2/red.png", "trip-2/blue.png"]
    assert ids(open_folder, "[trip/red.png] - red + blue", 1) == ["trip-2/blue.png"]
    assert run.snapshot() is run.snapshot()
    app = TestClient(Starlette(routes=routes(open_folder)), base_url="http://127.0.0.1")
    collection = open_folder.service(beside()).collection
    served = [app.get(f"/{address(collection, item.id)}") for item in collection.items]
    assert [each.status_code for each in served] == [200] * 4
    assert len({address(collection, item.id) for item in collection.items}) == 4


def test_the_page_tells_how_far_each_is_and_no_visitor_where_it_lies(
    open_folder: OpenFolder, folders: tuple[Path, Path], tmp_path: Path
):
    run = open_folder.open(*folders, tmp_path / "gone")
    assert run.is_over(LONG)
    mine, theirs = (progress_html(run, "fake", whole_path) for whole_path in (True, False))
    assert "4 photographs indexed" in mine
    assert mine.count("2 photographs indexed") == theirs.count("2 photographs indexed") == 2
    assert f"There is no folder {tmp_path}/gone" in mine
    assert str(folders[1]) in mine
    assert str(tmp_path) not in theirs
    request: Any = SimpleNamespace(headers={"host": "127.0.0.1:7860"}, query_params={})
    head = choice_html(Collections(beside(), open_folder), open_folder, FOLDER, request)
    assert "trip + trip-2" in head
    assert str(tmp_path) not in head


def test_a_folder_that_goes_away_costs_only_itself(open_folder: OpenFolder, folders: tuple[Path, Path]):
    run = open_folder.open(*folders)
    assert run.is_over(LONG)
    assert ids(open_folder, "red", 1) == ["trip/red.png"]
    shutil.rmtree(folders[0])
    assert ids(open_folder, "red", 1) == ["trip-2/red.png"]
    assert run.start().is_over(LONG)
    assert run.status.phase == "done"
    assert "trip is not there any more" in progress_html(run, "fake", False)
    shutil.rmtree(folders[1])
    assert run.start().is_over(LONG)
    assert run.status.phase == "failed"
    assert "not there any more" in run.problem()


def test_a_folder_is_added_to_what_is_open(open_folder: OpenFolder, folders: tuple[Path, Path]):
    first = open_folder.open(folders[0])
    assert first.is_over(LONG)
    events = IndexEvents(Collections(beside(), open_folder), open_folder)
    request: Any = SimpleNamespace(headers={"host": "127.0.0.1:7860"}, query_params={}, session_hash="s")
    events.on_folder(gr.EventData(None, {"folder": str(folders[1]), "add": True}), request)
    run = open_folder.opened()
    assert isinstance(run, Several)
    assert run.is_over(LONG)
    assert run.runs[0] is first
    assert [each.folder for each in run.runs] == list(folders)
    assert open_folder.open(folders[0], add=True) is run
    write_pictures(folders[0] / "sub", ["yellow"])
    with pytest.raises(CollectionError, match=r"sub lies in .*trip, whose subfolders are searched too"):
        open_folder.open(folders[0] / "sub", add=True)
    assert open_folder.opened() is run
    assert open_folder.open(folders[1]).is_over(LONG)
    assert open_folder.opened() is run.runs[1]


def test_one_folder_is_read_after_the_other_and_the_wait_can_be_cancelled(
    open_folder: OpenFolder, folders: tuple[Path, Path]
):
    with open_folder._turn:
        run = open_folder.open(*folders)
        while not all(each.status.phase == "waiting" for each in run.runs):
            pass
        assert run.status.is_working
        run.cancel()
        assert run.is_over(LONG)
    assert run.status.phase == "stopped"
    assert run.start().is_over(LONG)
    assert run.status.searchable == 4


def test_the_start_takes_several_and_needs_one_that_is_there(folders: tuple[Path, Path], tmp_path: Path):
    named = [part for each in folders for part in ("--images", str(each))]
    opened = open_folder_of(parse([*named, "--images", str(tmp_path / "gone")])).opened()
    assert [each.folder for each in opened.runs] == list(folders)
    with pytest.raises(CollectionError, match=r"There is no folder .*a: check the path. There is no folder .*b: check"):
        open_folder_of(parse(["--images", str(tmp_path / "a"), "--images", str(tmp_path / "b")]))


def test_another_model_reads_each_folder_by_its_index(open_folder: OpenFolder, folders: tuple[Path, Path]):
    assert open_folder.open(*folders).is_over(LONG)
    collection = open_folder.service(beside()).collection
    searcher = Loading("other", collection, open_folder.encoders).result().searcher
    assert searcher.collection is collection
    assert searcher.images.item_ids == tuple(item.id for item in collection.items)
    assert searcher.facts is not None
    assert set(searcher.facts) == set(searcher.images.item_ids)
