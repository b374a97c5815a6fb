"""What of a folder of photographs is left out, and that the rest is indexed all the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import FakeEncoder
from tests.photo_folders import write_photo
from vse.data.readers.plain_folder import Choice
from vse.search.folders import index_photos


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, name in enumerate(("a.png", "private/b.png", "@eaDir/c.png", ".hidden/d.png", "raw/e.png"), start=1):
        write_photo(tmp_path / "photos" / name, 20 * number)
    return tmp_path / "photos"


@pytest.mark.parametrize(
    ("choice", "searchable", "passed_over"),
    [
        (Choice(), 3, ("@eaDir",)),
        (Choice(include=("@eaDir",)), 4, ()),
        (Choice(include=(".hidden",)), 4, ("@eaDir",)),
        (Choice(exclude=("raw", "*/b.png")), 1, ("@eaDir",)),
        (Choice(exclude=("@eaDir",), include=("@*",)), 3, ()),
    ],
)
def test_what_is_left_out_can_be_chosen(choice: Choice, searchable: int, passed_over: tuple[str, ...], folder: Path):
    report = index_photos(FakeEncoder(), folder, choice=choice)
    assert (report.searchable, report.skipped, report.passed_over) == (searchable, (), passed_over)


def test_a_folder_that_cannot_be_looked_into_is_listed_and_not_forgotten(folder: Path, monkeypatch: pytest.MonkeyPatch):
    assert index_photos(FakeEncoder(), folder).searchable == 3
    scandir = os.scandir

    def refuse(path: str):
        if str(path).endswith("private"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        report = index_photos(FakeEncoder(), folder)
    assert (report.dropped, [each.path for each in report.skipped]) == (0, ["private"])
    assert report.skipped[0].reason == "it cannot be looked into (Permission denied): check its permissions."
    encoder = FakeEncoder()
    assert (index_photos(encoder, folder).kept, encoder.encoded) == (3, [])


def test_a_name_that_is_no_utf8_is_listed(folder: Path):
    write_photo(folder / "x.png", 9)
    try:
        os.rename(folder / "x.png", os.fsencode(folder) + b"/caf\xe9.png")
    except OSError:
        pytest.skip("this file system keeps only names in UTF-8")
    report = index_photos(FakeEncoder(), folder)
    assert (report.searchable, [each.path for each in report.skipped]) == (3, ["caf\ufffd.png"])
