from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from tests.file_server import Server, serving
from vse.cli import main
from vse.data import open_photographs
from vse.data.open_photographs import LICENCES, Photograph, get_photographs, open_ones, photographs
from vse.errors import DownloadError, WriteError

ZIP = "/annotations/annotations_trainval2017.zip"
WANTED = tuple(Photograph(n, 40, 30, "CC BY 2.0", f"https://example.org/{n}") for n in (7, 8, 9))


def jpeg(size: tuple[int, int] = (40, 30)) -> bytes:
    data = io.BytesIO()
    Image.effect_noise(size, 80).save(data, "JPEG")
    return data.getvalue()


@pytest.fixture
def server() -> Iterator[Server]:
    """COCO's paths, with much in the zip file that nobody asked for."""
    with serving() as found:
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as zipped:
            zipped.writestr("annotations/instances_val2017.json", bytes(2_000_000))
            captions = [{"image_id": n, "caption": f" photo {n},\n {k} "} for n in (7, 8, 9, 99) for k in range(2)]
            zipped.writestr("annotations/captions_val2017.json", json.dumps({"annotations": captions}))
        found.files = {ZIP: data.getvalue(), **{f"/val2017/{each.name}": jpeg() for each in WANTED}}
        yield found


def test_photographs_come_with_captions_and_credits(server: Server, tmp_path: Path):
    found = get_photographs(tmp_path / "to", address=server.url, wanted=WANTED)
    assert [item.id for item in found.items] == ["7", "8", "9"]
    assert found.items[0].captions == ("photo 7, 0", "photo 7, 1")
    assert found.items[0].credit == "https://example.org/7 (CC BY 2.0)"
    assert photographs(tmp_path / "to" / "credits.tsv") == WANTED
    read = [asked.removeprefix("bytes=").split("-") for path, asked in server.asked if path == ZIP and asked]
    assert sum(int(end) + 1 - int(start) for start, end in read) < 1_000_000  # of 2 MB
    asked = len(server.asked)
    get_photographs(tmp_path / "to", address=server.url, wanted=WANTED)  # again: takes the place of its own
    assert len(server.asked) > asked


def test_one_that_is_gone_or_another_costs_itself_alone(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    del server.files["/val2017/000000000007.jpg"]
    server.files["/val2017/000000000008.jpg"] = jpeg((30, 30))
    found = get_photographs(tmp_path / "to", address=server.url, wanted=WANTED)
    assert [item.id for item in found.items] == ["9"]
    assert "2 of 3 photographs are left out; the first: " in caplog.text
    assert "000000000007.jpg cannot be downloaded" in caplog.text


def test_what_was_stopped_goes_on(server: Server, tmp_path: Path):
    @contextmanager
    def stops(step: str) -> Iterator[object]:
        def progress(done: int, total: int) -> None:
            if step == "photographs" and done == 2:
                raise KeyboardInterrupt("stopped here")

        yield progress

    with pytest.raises(KeyboardInterrupt, match="stopped here"):
        get_photographs(tmp_path / "to", stops, server.url, WANTED)  # type: ignore[arg-type]
    assert not (tmp_path / "to").exists()
    before = len(server.asked)
    get_photographs(tmp_path / "to", address=server.url, wanted=WANTED)
    assert len(server.asked) - before <= 1  # at most the last one; the captions not at all


def test_what_cannot_be_had_is_told_in_a_sentence(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(WriteError, match=r"letter\.txt"):
        get_photographs(tmp_path / "mine", address=server.url, wanted=WANTED)
    server.files[ZIP] = b"no zip file"
    with pytest.raises(DownloadError, match="is not COCO's zip file of captions"):
        get_photographs(tmp_path / "other", address=server.url, wanted=WANTED)
    server.ranges = False
    with pytest.raises(DownloadError, match="the server gives no pieces of files"):
        get_photographs(tmp_path / "other", address=server.url, wanted=WANTED)
    assert main(["download", "photographs", "--to", str(tmp_path / "n"), "--from", "http://127.0.0.1:9"]) == 2
    assert "cannot be reached" in capsys.readouterr().err


def test_the_command_says_what_it_got(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(open_photographs, "photographs", lambda *_: WANTED)
    assert main(["download", "photographs", "--to", str(tmp_path / "to"), "--from", server.url + "/"]) == 0
    out = capsys.readouterr().out
    assert "CC BY 2.0" in out
    assert "holds 3 photographs and 6 captions" in out


def test_the_table_that_ships_names_open_photographs_only():
    found = photographs()
    assert len(found) == len({each.id for each in found}) == 862
    assert {each.licence for each in found} == set(LICENCES.values())
    assert all(each.page.startswith("https://www.flickr.com/") for each in found)


def test_the_table_is_made_of_the_annotation_file(tmp_path: Path):
    image = {"license": 4, "id": 12, "width": 3, "height": 2, "flickr_url": "http://farm7.example/6/62_da_z.jpg"}
    path = tmp_path / "captions.json"
    path.write_text(json.dumps({"images": [image, {**image, "license": 1, "id": 5}]}))
    assert list(open_ones(path)) == [
        Photograph(12, 3, 2, "CC BY 2.0", "https://www.flickr.com/photo.gne?id=62"),
    ]
