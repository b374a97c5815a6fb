"""What a visitor brings is refused in one sentence where it must be, and nothing but pictures leaves the machine."""

from __future__ import annotations

import http.client
import json
import struct
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from demo.shared.pictures import route
from tests.conftest import tiny_checkpoint
from tests.demo_fixtures import ROOT, Served, running
from vse.data import load_collection
from vse.encoders.vse.checkpoint import save_checkpoint

MB = 1024 * 1024


def bomb(path: Path) -> None:
    """A PNG of 50 KB that says it holds 400 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(2501) * 20_000)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + parts)


NO_PICTURE = r"^Your file is not a picture in a format that can be read here \(JPEG, [^/]*\): save it as JPEG or PNG "
BROUGHT: dict[str, tuple[Callable[[Path], object], str]] = {
    "letter.jpg": (lambda path: path.write_text("Dear all,\n"), NO_PICTURE),
    "one byte.png": (lambda path: path.write_bytes(b"x"), NO_PICTURE),
    "drawing.svg": (lambda path: path.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>"), NO_PICTURE),
    "empty.png": (lambda path: path.write_bytes(b""), r"^Your file is empty: choose a picture file that holds data\.$"),
    "bomb.png": (bomb, r"^Your file has 400 million pixels and at most 89 million are read: make it smaller\.$"),
    "phone.heic": (
        lambda path: path.write_bytes(struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic" + bytes(400)),
        r"^Your file (is a HEIC picture: run pip install .*pillow-heif., or|is damaged).*save it as JPEG or PNG ",
    ),
}


@pytest.fixture(scope="module")
def client(served: Served) -> Client:
    return Client(served.address, verbose=False)


def answer(served: Served, path: str, method: str = "GET") -> tuple[int, bytes]:
    """Asked as it is written: urllib would take the dots out of a path."""
    host = urlsplit(served.address)
    connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=60)
    try:
        connection.request(method, f"/{path}")
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("name", BROUGHT)
def test_what_is_no_picture_is_refused_in_one_sentence(client: Client, tmp_path: Path, name: str):
    make, sentence = BROUGHT[name]
    make(tmp_path / name)
    with pytest.raises(AppError, match=sentence) as caught:
        client.predict(handle_file(tmp_path / name), 1, api_name="/search_image")
    assert str(tmp_path) not in str(caught.value)
    assert str(caught.value).endswith(".")
    assert str(caught.value).count("\n") == 0


def test_an_animation_asks_with_its_first_frame(client: Client, served: Served, tmp_path: Path):
    with Image.open(served.collection.items[4].image_path) as still:
        first = still.convert("RGB")
    other = Image.new("RGB", first.size, "white")
    first.save(tmp_path / "moving.png", save_all=True, append_images=[other], duration=50)
    found = client.predict(handle_file(tmp_path / "moving.png"), 1, api_name="/search_image")
    assert found["images"][0]["id"] == served.collection.items[4].id


def test_a_file_over_the_limit_is_not_taken(served: Served):
    edge = b'--edge\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n%s\r\n--edge--\r\n'
    request = urllib.request.Request(
        f"{served.address}gradio_api/upload",
        edge % bytes(20 * MB + 1),
        {"Content-Type": "multipart/form-data; boundary=edge"},
    )
    with pytest.raises(urllib.error.HTTPError, match="413"):
        urllib.request.urlopen(request, timeout=60)


def forged(path: str) -> list[object]:
    """A file of the server as a browser might name it."""
    meta = {"meta": {"_type": "gradio.FileData"}}
    return [
        {"path": path},
        {"path": path, "url": path, **meta},
        {"path": path, **meta, "is_stream": True},
        {"path": f"file://{path}", **meta},
        {"path": f"http://127.0.0.1:1{path}", **meta},
        {"path": path, "meta": "gradio.FileData"},
        {"path": [path]},
        {"url": path, **meta},
        [{"path": path}],
        path,
        [path],
    ]


def told(served: Served, endpoint: str, data: list[object]) -> str:
    """What a program reads of the answer to a call."""
    url = f"{served.address}gradio_api/call/{endpoint}"
    request = urllib.request.Request(url, json.dumps({"data": data}).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        event = json.load(response)["event_id"]
    with urllib.request.urlopen(f"{url}/{event}", timeout=60) as response:
        return response.read().decode()


@pytest.mark.parametrize(
    ("endpoint", "before", "after"),
    [
        ("search_image", [], [3, "vse"]),
        ("search_speech", [], [3, "vse"]),
        ("arithmetic", ["[upload]"], [3, "plain", False, "vse"]),
    ],
)
def test_a_file_of_the_server_is_no_upload(
    served: Served, endpoint: str, before: list[object], after: list[object], tmp_path: Path
):
    there, upload = served.collection.items[0].image_path, next(served.uploads.iterdir())
    (upload / f"{endpoint}.png").symlink_to(there)
    names = [
        str(there),
        str(tmp_path / "none.png"),
        f"{upload}/../../../{tmp_path}/none.png",
        f"{upload}/{endpoint}.png",
    ]
    answers = [[told(served, endpoint, [*before, payload, *after]) for payload in forged(name)] for name in names]
    assert all(each.startswith("event: error") for some in answers for each in some)
    assert all(some == answers[0] for some in answers), "whether it is there must not be told"
    assert str(there) not in str(answers)
    assert "Traceback" not in served.log.read_text()


def test_no_event_of_the_page_reads_a_file_of_the_server(served: Served):
    with urllib.request.urlopen(f"{served.address}config", timeout=60) as response:
        config = json.load(response)
    kinds = {each["id"]: each["type"] for each in config["components"]}
    there = {"path": str(served.collection.items[0].image_path), "meta": {"_type": "gradio.FileData"}}
    asked = [each for each in config["dependencies"] if any(kinds[given] == "image" for given in each["inputs"])]
    assert len(asked) > 4
    for number, each in enumerate(asked):
        data = [there if kinds[given] == "image" else None for given in each["inputs"]]
        call = {"data": data, "fn_index": each["id"], "session_hash": f"forged{number}", "event_data": None}
        body, kind = json.dumps(call).encode(), {"Content-Type": "application/json"}
        urllib.request.urlopen(urllib.request.Request(f"{served.address}gradio_api/queue/join", body, kind), timeout=60)
        url = f"{served.address}gradio_api/queue/data?session_hash=forged{number}"
        with urllib.request.urlopen(url, timeout=60) as response:
            assert "no longer kept" in response.read().decode()
    assert "Traceback" not in served.log.read_text()


@pytest.mark.parametrize(
    "path",
    [
        "gradio_api/file=/etc/passwd",
        "gradio_api/file=../../etc/passwd",
        "gradio_api/file=requirements.txt",
        "gradio_api/file=.git/config",
        f"gradio_api/file={ROOT}/.git/config",
        f"gradio_api/file={ROOT}/demo/page/static/style.css",
        "gradio_api/proxy=http://127.0.0.1:1/",
        "gradio_api/stream/a/b/c",
        "file=/etc/passwd",
        "static/../app.py",
        "static/%2e%2e/%2e%2e/app.py",
        "assets/%2e%2e/%2e%2e/app.py",
        "pictures/../../etc/passwd",
        "pictures/%2e%2e%2fitems.jsonl",
        "pictures/scene-0000/../items.jsonl",
        "pictures/scene-0000%00",
    ],
)
def test_no_address_reaches_another_file(served: Served, path: str):
    status, body = answer(served, path)
    assert status in (400, 403, 404)
    assert b"Traceback" not in body
    assert b"root:" not in body


def test_what_visitors_brought_is_gone_once_the_app_is_stopped(scenes_folder: Path, tmp_path: Path):
    texts = load_collection(scenes_folder).captions
    save_checkpoint(tmp_path / "tiny", tiny_checkpoint(texts=texts))
    arguments = ["--model", str(tmp_path / "tiny"), "--no-clip", "--collection", str(scenes_folder)]
    Image.new("RGB", (9, 9)).save(tmp_path / "mine.png")
    kept = tmp_path / "uploads"
    with running(arguments, tmp_path) as address:
        client = Client(address, verbose=False)
        client.predict(handle_file(tmp_path / "mine.png"), 1, api_name="/search_image")
        assert [each.name for each in kept.rglob("*.png")]
    assert not [each for each in kept.rglob("*") if each.is_file()]


def shown(folder: Path, item_id: str):
    request = SimpleNamespace(path_params={"item_id": item_id}, query_params={})
    return route(load_collection(folder)).endpoint(request)


def test_a_link_called_like_a_picture_shows_no_other_file(tmp_path: Path):
    (tmp_path / "secret.txt").write_text("not for visitors")
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    Image.new("RGB", (4, 4)).save(pictures / "sound.png")
    (pictures / "link.png").symlink_to(tmp_path / "secret.txt")
    assert shown(pictures, "sound.png").status_code == 200
    assert shown(pictures, "link.png").status_code == 404


def test_a_picture_is_shown_without_where_it_was_taken(tmp_path: Path):
    exif = Image.Exif()
    exif[0x010F] = "a camera of somebody"
    image = Image.new("RGB", (40, 30), "red")
    image.save(tmp_path / "told.jpg", exif=exif)
    image.save(tmp_path / "plain.jpg")
    sent = shown(tmp_path, "told.jpg")
    assert sent.media_type == "image/webp"
    assert b"camera" not in sent.body
    assert Path(shown(tmp_path, "plain.jpg").path) == tmp_path / "plain.jpg"


def test_a_picture_is_sent_as_what_it_is_not_as_what_its_name_says(tmp_path: Path):
    Image.new("RGB", (4, 4)).save(tmp_path / "a.jpg", "PNG")
    (tmp_path / "page.png").write_text("<script>alert(1)</script>")
    assert shown(tmp_path, "a.jpg").media_type == "image/png"
    assert shown(tmp_path, "page.png").status_code == 404
