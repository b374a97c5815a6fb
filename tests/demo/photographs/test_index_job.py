"""Indexing behind the page: Run and OpenFolder."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from demo.main import open_folder_of, parse
from demo.photographs.index_job import UNEXPECTED, Run, Status, folder_named
from demo.photographs.open_folder import STILL_INDEXING, OpenFolder
from demo.shared.address import Page
from demo.shared.collections import NONE
from demo.shared.models import Service
from tests.conftest import FakeEncoder
from tests.photo_folders import listing, write_photo, write_photos
from vse.data import Collection
from vse.data.readers.plain_folder import Choice
from vse.errors import CheckpointError, CollectionError, VSEError
from vse.search.folders import Step, Store

COUNT = 70  # more than two batches
LONG = 60.0  # seconds, for a machine that is busy


class Gated(FakeEncoder):
    """Encodes its first batch at once, and the next ones when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.go = Event(), Event()

    def encode_images(self, images: Iterable[object], progress: object = None) -> np.ndarray:
        if self.encoded:
            self.first.set()
            assert self.go.wait(LONG)
        return super().encode_images(images, progress)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_photos(tmp_path / "photos", COUNT)
    return tmp_path / "photos"


def ended(run: Run) -> Status:
    assert run.is_over(LONG)
    return run.status


def test_a_folder_is_indexed_and_not_touched(folder: Path):
    (folder / "sub/broken.jpg").write_bytes(b"no picture")
    before = listing(folder)
    status = ended(Run(folder, FakeEncoder).start())
    assert (status.phase, status.found, status.searchable, status.fresh) == ("done", COUNT + 1, COUNT, COUNT)
    assert [each.path for each in status.skipped] == ["sub/broken.jpg"]
    assert status.skipped[0].reason.startswith("'sub/broken.jpg' is not a picture")
    assert (status.share, status.indexed is None) == (1.0, False)
    assert listing(folder) == before


def test_what_is_there_can_be_searched_while_the_rest_is_read(folder: Path):
    encoder = Gated()
    run = Run(folder, lambda: encoder).start()
    assert encoder.first.wait(LONG)
    status = run.status
    assert (status.phase, status.found, status.searchable) == ("indexing", COUNT, 32)
    assert len(run.snapshot()) == 32
    assert status.pace is not None
    encoder.go.set()
    assert ended(run).phase == "done"
    assert len(run.snapshot()) == COUNT


def test_cancelled_it_keeps_what_is_done_and_goes_on_from_there(folder: Path):
    encoder = Gated()
    run = Run(folder, lambda: encoder).start()
    assert encoder.first.wait(LONG)
    run.cancel()
    run.cancel()  # as from another window
    assert run.status.phase == "stopping"
    encoder.go.set()
    stopped = ended(run)
    assert stopped.phase == "stopped"
    assert 32 <= stopped.searchable < COUNT
    assert len(run.snapshot()) == stopped.searchable
    again = ended(run.start())
    assert (again.phase, again.searchable, again.fresh) == ("done", COUNT, COUNT - stopped.searchable)


def test_started_twice_it_works_once(folder: Path):
    encoder = Gated()
    run = Run(folder, lambda: encoder).start()
    assert encoder.first.wait(LONG)
    run.start()
    encoder.go.set()
    assert ended(run).searchable == COUNT


def test_after_a_restart_only_changes_are_read(folder: Path):
    first = FakeEncoder()
    ended(Run(folder, lambda: first).start())
    write_photo(folder / "new.png", COUNT + 1)
    (folder / "p00.png").unlink()
    second = FakeEncoder()
    status = ended(Run(folder, lambda: second).start())
    assert (status.fresh, status.gone, status.searchable) == (1, 1, COUNT)
    assert second.encoded == ["images"]  # one batch of one


def test_a_folder_that_vanishes_ends_it_with_a_sentence_and_comes_back(folder: Path, tmp_path: Path):
    encoder = Gated()
    run = Run(folder, lambda: encoder).start()
    assert encoder.first.wait(LONG)
    shutil.move(folder, tmp_path / "away")
    encoder.go.set()
    status = ended(run)
    assert status.phase == "failed"
    assert status.problem.startswith(f"{folder} is not there any more: bring it back")
    assert status.skipped == ()
    assert ended(run.start()).problem == status.problem
    shutil.move(tmp_path / "away", folder)
    assert ended(run.start()).searchable == COUNT
    assert len(run.snapshot()) == COUNT
    shutil.move(folder, tmp_path / "away")
    folder.mkdir()  # as of a disk that was taken away
    assert ended(run.start()).problem.startswith(f"{folder} is empty now: bring it back")
    assert len(run.snapshot()) == COUNT


def test_what_is_wrong_is_one_sentence(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    status = ended(Run(tmp_path / "empty", FakeEncoder).start())
    assert status.problem == f"{tmp_path}/empty holds no pictures; expected files such as .jpg, .png or .webp."

    def no_model() -> FakeEncoder:
        raise CheckpointError("No model 'x'.")

    write_photo(tmp_path / "one/a.png", 1)
    assert ended(Run(tmp_path / "one", no_model).start()).problem == "No model 'x'."


def test_what_nobody_expected_is_logged(folder: Path, caplog: pytest.LogCaptureFixture):
    def broken() -> FakeEncoder:
        raise RuntimeError("secret detail")

    assert ended(Run(folder, broken).start()).problem == UNEXPECTED
    assert "secret detail" in caplog.text


def test_pictures_that_need_a_package_say_which(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "pillow_heif", None)
    (folder / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64))
    (skipped,) = ended(Run(folder, FakeEncoder).start()).skipped
    assert skipped.reason == (
        '\'phone.heic\' is a HEIC picture: run pip install "vse-explorer[photos]", or pip install "pillow-heif", '
        "or save it as JPEG or PNG and try again."
    )


def test_folders_as_people_write_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "my photos").mkdir()
    (tmp_path / "note.txt").write_text("words")
    assert folder_named(f' "{tmp_path}/my photos" ') == tmp_path / "my photos"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert folder_named("~/my photos") == tmp_path / "my photos"
    for text, said in (
        ("  ", "No folder was named"),
        (str(tmp_path / "none"), f"There is no folder {tmp_path}/none: check the path"),
        (str(tmp_path / "note.txt"), "note.txt is a file, not a folder"),
        ("x" * 5000, "^'x+' cannot be looked at .File name too long.: check"),
    ):
        with pytest.raises(CollectionError, match=said):
            folder_named(text)


def test_the_time_left_is_that_of_the_step():
    step = Step(done=20, total=100, skipped=0, seconds=10.0)
    assert step.seconds_left == 40.0
    assert Status(found=0).share is None
    assert Status(found=10, searchable=5).share == 0.5


def test_all_visitors_have_one_folder(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    encoder = FakeEncoder()
    monkeypatch.setattr("demo.shared.jobs.open_encoder", lambda model, progress: encoder)
    open_folder = OpenFolder("fake")
    with pytest.raises(CollectionError, match=NONE):
        open_folder.opened()
    run = open_folder.open(folder)
    assert open_folder.open(str(folder)) is run is open_folder.opened()
    ended(run)
    write_photo(tmp_path / "other/a.png", 1)
    other = open_folder.open(tmp_path / "other")
    assert open_folder.opened() is other is not run
    assert ended(other).searchable == 1
    with pytest.raises(CollectionError, match="There is no folder"):
        open_folder.open(tmp_path / "none")
    assert open_folder.opened() is other
    open_folder.close()


def test_a_model_that_could_not_be_loaded_is_tried_again(folder: Path, monkeypatch: pytest.MonkeyPatch):
    answers: list[FakeEncoder | None] = [None, FakeEncoder()]

    def load(model: object, progress: object) -> FakeEncoder:
        found = answers.pop(0)
        if found is None:
            raise VSEError("The disk is away.")
        return found

    monkeypatch.setattr("demo.shared.jobs.open_encoder", load)
    open_folder = OpenFolder("fake")
    assert ended(open_folder.open(folder)).problem == "The disk is away."
    assert ended(open_folder.open(folder)).phase == "done"


def test_nothing_starts_before_it_is_told(folder: Path):
    run = OpenFolder("fake").open(folder, start=False)
    assert run.status == Status()
    assert run.is_over() is False


@pytest.mark.parametrize("harm", ["spoilt", "no database", "gone"])
def test_an_index_that_is_lost_while_the_folder_is_open_is_made_again(folder: Path, harm: str):
    run = Run(folder, FakeEncoder).start()
    assert ended(run).searchable == COUNT
    assert len(run.snapshot()) == COUNT
    path = Store.of(folder).path
    data = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096) if harm == "spoilt" else b"no database" * 99)
    found = run.snapshot()
    assert len(found) == COUNT or "the first photographs can be found in a few seconds" in run.problem()
    assert ended(run).phase == "done"
    assert len(run.snapshot()) == COUNT
    assert run.problem() == ""


def test_an_index_that_is_damaged_when_the_folder_is_opened_is_made_again(folder: Path):
    ended(Run(folder, FakeEncoder).start())
    path = Store.of(folder).path
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    run = Run(folder, FakeEncoder).start()
    assert (ended(run).phase, run.status.searchable) == ("done", COUNT)
    assert len(run.snapshot()) == COUNT


def test_what_is_left_out_of_a_folder_is_chosen_when_the_app_is_started(folder: Path):
    write_photo(folder / "@eaDir" / "preview.png", 1)
    write_photo(folder / "old" / "a.png", 100)
    status = ended(Run(folder, FakeEncoder).start())
    assert (status.found, status.searchable, status.passed_over) == (COUNT + 1, COUNT + 1, ("@eaDir",))

    options = parse(["--images", str(folder), "--exclude", "old", "--exclude", "p0*", "--include", "@eaDir"])
    open_folder = open_folder_of(options)
    assert open_folder.choice == Choice(exclude=("old", "p0*"), include=("@eaDir",))
    assert open_folder.run is not None
    status = ended(Run(folder, FakeEncoder, open_folder.run.choice).start())
    assert (status.found, status.searchable, status.passed_over) == (COUNT - 10 + 1, COUNT - 10 + 1, ())
    open_folder.close()


def test_a_clip_waits_until_all_photographs_are_indexed(folder: Path, monkeypatch: pytest.MonkeyPatch):
    encoder = Gated()
    monkeypatch.setattr("demo.shared.jobs.open_encoder", lambda model, progress: encoder)
    served = Service("none", Collection("none", ()), "some-clip", offer=None)
    open_folder = OpenFolder("fake")
    run = open_folder.open(folder)
    assert encoder.first.wait(LONG)
    service = open_folder.service(served)
    assert (service.clips, service.why_no_clip, len(service.collection)) == ([], STILL_INDEXING, 32)
    page = service.page(Page("both"))
    assert (page.mode, [each.name for each in service.loadings(page)]) == ("both", ["fake"])
    encoder.go.set()
    assert ended(run).phase == "done"
    service = open_folder.service(served)
    assert ([each.name for each in service.clips], len(service.collection)) == (["some-clip"], COUNT)
    assert [each.name for each in service.loadings(page)] == ["fake", "some-clip"]
