"""What the files of a folder say is kept beside their vectors, and read where an older version left it out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import COLOURS, FakeEncoder
from tests.photo_folders import change, write_jpeg
from vse.modalities.image.facts import Facts
from vse.search.folders import Report, Store, index_photos, reading

RED = Facts("2019-05-01T10:00:00", "Canon EOS R5", 30, 20)
BLUE = Facts(None, None, 20, 30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_jpeg(tmp_path / "photos/red.jpg", COLOURS["red"], "2019:05:01 10:00:00", "Canon EOS R5")
    write_jpeg(tmp_path / "photos/sub/blue.jpg", COLOURS["blue"], turn=8)
    return tmp_path / "photos"


def test_facts_are_kept_by_path_and_go_with_the_last_file_of_their_content(folder: Path):
    store = Store.of(folder)
    assert store.facts() == {}
    index_photos(FakeEncoder(), folder)
    assert store.facts() == {"red.jpg": RED, "sub/blue.jpg": BLUE}
    (folder / "sub/blue.jpg").rename(folder / "moved.jpg")
    index_photos(FakeEncoder(), folder)
    assert store.facts() == {"moved.jpg": BLUE, "red.jpg": RED}
    (folder / "red.jpg").unlink()
    index_photos(FakeEncoder(), folder)
    assert (store.facts(), len(store.described())) == ({"moved.jpg": BLUE}, 1)


def test_damaged_exif_costs_only_what_it_would_have_said(folder: Path, recwarn: pytest.WarningsRecorder):
    whole = (folder / "red.jpg").read_bytes()
    at = whole.index(b"Exif\0\0") - 2  # where the length of this segment stands
    end = at + int.from_bytes(whole[at : at + 2], "big")
    (folder / "red.jpg").write_bytes(whole[:at] + (60).to_bytes(2, "big") + whole[at + 2 : at + 60] + whole[end:])
    assert index_photos(FakeEncoder(), folder) == Report(encoded=2)
    assert Store.of(folder).facts() == {"red.jpg": Facts(None, None, 30, 20), "sub/blue.jpg": BLUE}
    assert not recwarn.list


def test_an_index_begun_without_facts_can_be_read_and_is_filled_without_the_model(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    encoder, store = FakeEncoder(), Store.of(folder)
    index_photos(encoder, folder)
    change(store.path, "DROP TABLE facts")  # as an older version leaves it
    assert (store.facts(), store.described()) == ({}, set())
    assert len(store.snapshot("fake", 3)) == 2
    store.prune()
    change(store.path, "DROP TABLE facts")
    encoder.encoded.clear()
    with monkeypatch.context() as undecoded:
        undecoded.setattr(reading, "open_with_facts", None)
        assert index_photos(encoder, folder) == Report(kept=2)
    assert (store.facts(), encoder.encoded) == ({"red.jpg": RED, "sub/blue.jpg": BLUE}, [])
    assert index_photos(encoder, folder) == Report(kept=2)


def test_a_copied_folder_is_described_though_nothing_is_encoded(folder: Path, tmp_path: Path):
    index_photos(FakeEncoder(), folder)
    write_jpeg(tmp_path / "copy/again.jpg", COLOURS["red"], "2019:05:01 10:00:00", "Canon EOS R5")
    assert index_photos(FakeEncoder(), tmp_path / "copy") == Report(recognised=1)
    assert Store.of(tmp_path / "copy").facts() == {"again.jpg": RED}
