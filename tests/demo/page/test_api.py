from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from tests.demo_fixtures import ROOT, Served, environment
from tests.robustness.api import asked
from tests.robustness.cases import Refused


@pytest.fixture(scope="module")
def client(served: Served) -> Client:
    return Client(served.address, verbose=False)


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address) as response:
            return response.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def body(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as response:
        return response.read().decode()


def test_search_text_gives_the_nearest_pictures(client: Client, served: Served):
    found = client.predict("a red dog", 5, api_name="/search_text")["answers"]
    assert [each["rank"] for each in found] == [1, 2, 3, 4, 5]
    scores = [each["score"] for each in found]
    assert scores == sorted(scores, reverse=True)
    for each in found:
        assert tuple(each["captions"]) == served.collection.item(each["id"]).captions
        assert status(served.address + each["image"]) == 200


def test_search_text_gives_twelve_unless_told(client: Client):
    assert len(client.predict(query="cats", api_name="/search_text")["answers"]) == 12


@pytest.mark.parametrize(
    ("query", "note", "instead"),
    [
        ("a dog without a cat", "'a dog without a cat' is read as if it asked for a cat.", "dog - cat"),
        ("no people, only a dog", "'no people, only a dog' is read as if it asked for people.", "dog - people"),
        ('"a dog without a cat" + red', "'a dog without a cat' is read as if it asked for a cat.", "dog - cat + red"),
        ("no dog", "'no dog' is read as if it asked for dog.", ""),
        ("a dog", "", ""),
        ("a dog - cat", "", ""),
    ],
)
@pytest.mark.parametrize("endpoint", ["search_text", "arithmetic", "compare"])
def test_programs_are_told_too_that_the_space_cannot_negate(client: Client, endpoint, query, note, instead):
    found = client.predict(query, api_name=f"/{endpoint}")
    assert found["note"] == (f"This space cannot negate: {note}" if note else "")
    assert found["instead"] == instead
    if instead:
        assert client.predict(instead, api_name=f"/{endpoint}")["note"] == ""


def test_a_model_can_be_named(client: Client, served: Served):
    first, again, second, other = (
        client.predict("a red dog", 5, model, api_name="/search_text") for model in ("vse", "tiny", "clip", "other")
    )
    assert first == again != second == other
    item = served.collection.items[3]
    asked = client.predict(handle_file(item.image_path), 2, "other", api_name="/search_image")
    assert asked["images"][0]["id"] == item.id
    summed = client.predict(f"[{item.id}]", k=1, keep_operands=True, model="clip", api_name="/arithmetic")
    assert summed["answers"][0]["id"] == item.id
    with pytest.raises(AppError, match=r"^No model 'gpt' answers here: give one of vse, clip, tiny, other\.$"):
        client.predict("a dog", 5, "gpt", api_name="/search_text")


def test_search_image_gives_captions_and_pictures(client: Client, served: Served):
    item = served.collection.items[3]
    found = client.predict(handle_file(item.image_path), 4, api_name="/search_image")
    assert found["images"][0]["id"] == item.id
    assert found["images"][0]["score"] == pytest.approx(1, abs=1e-2)
    assert [each["rank"] for each in found["captions"]] == [1, 2, 3, 4]
    for each in found["captions"]:
        assert each["text"] in served.collection.item(each["id"]).captions


@pytest.mark.parametrize(
    ("query", "k", "sentence"),
    [
        ("", 5, "^The text is empty: type at least one word.$"),
        (
            "xyzzyx",
            5,
            "^The model knows none of these words: 'xyzzyx'; use words from the captions it was trained on.$",
        ),
        ("a dog", 0, "^The number of answers came as 0: give a whole number from 1 to 48.$"),
        ("a dog", "many", "^The number of answers came as 'many': give a whole number from 1 to 48.$"),
        (["a dog"], 5, "^A text was expected and list came: give a string of words.$"),
    ],
)
def test_what_is_wrong_with_a_query_is_said_in_one_sentence(client: Client, query: object, k: object, sentence: str):
    with pytest.raises(AppError, match=sentence):
        client.predict(query, k, api_name="/search_text")


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("search_text", ["a dog", 2, "vse", "more"], "4 values came and 3 at most are read here: send each as"),
        ("search_text", [], "A value is missing, or came in a form that is not read here: send each as"),
        ("arithmetic", ["a dog", None, 2, "plain", "yes", "vse"], "keep_operands came as 'yes': give true or false."),
        ("arithmetic", ["a dog", None, 2, ["plain"], True, "vse"], "No way of doing arithmetic is called"),
    ],
)
def test_what_does_not_fit_the_parameters_is_said(served: Served, name: str, data: list[object], sentence: str):
    found = asked(served, name, json.dumps({"data": data}).encode())
    assert isinstance(found, Refused)
    assert found.is_error
    assert found.told.startswith(sentence)


def test_a_file_that_is_no_picture_is_refused_without_telling_paths(client: Client, tmp_path: Path):
    (tmp_path / "bad.png").write_bytes(b"no picture")
    told = r"^Your file is not a picture in a format that can be read here \([^/]*\)[^/]*$"
    with pytest.raises(AppError, match=told):
        client.predict(handle_file(tmp_path / "bad.png"), 5, api_name="/search_image")


def test_no_picture_at_all(client: Client):
    with pytest.raises(AppError, match=r"^No picture came: upload a picture file and try again\.$"):
        client.predict(None, 5, api_name="/search_image")


@pytest.mark.parametrize("path", ["/etc/hostname", "images/scene-0003.png"])
def test_a_path_of_the_server_is_no_upload(served: Served, path: str):
    path = path if path.startswith("/") else str(served.collection.items[3].image_path)
    body = json.dumps({"data": [{"path": path, "meta": {"_type": "gradio.FileData"}}, 5]}).encode()
    url = f"{served.address}gradio_api/call/search_image"
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        event = json.load(response)["event_id"]
    with urllib.request.urlopen(f"{url}/{event}") as response:
        stream = response.read().decode()
    assert stream.startswith("event: error")
    assert "score" not in stream


def test_only_these_endpoints_are_public(client: Client):
    info = client.view_api(return_format="dict", print_info=False)
    assert set(info["named_endpoints"]) == {
        "/search_text",
        "/search_image",
        "/search_speech",
        "/explain",
        "/arithmetic",
        "/describe",
        "/compare",
        "/map_points",
        "/words_nearest",
        "/words_analogy",
        "/words_clusters",
    }
    assert info["unnamed_endpoints"] == {}


@pytest.mark.parametrize(
    "path",
    [
        "gradio_api/file=/etc/hostname",
        f"gradio_api/file={ROOT}/pyproject.toml",
        f"gradio_api/file={ROOT}/app.py",
        "gradio_api/file=pyproject.toml",
        "pictures/items.jsonl",
        "pictures/..%2Fitems.jsonl",
        "pictures//etc/hostname",
    ],
)
def test_nothing_else_is_served(served: Served, path: str):
    assert status(served.address + path) in (403, 404)


def test_the_collection_s_files_are_served_by_id_only(served: Served):
    item = served.collection.items[0]
    assert status(f"{served.address}pictures/{item.id}") == 200
    assert status(f"{served.address}gradio_api/file={item.image_path}") == 403


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--collection", "nowhere"], "No collection 'nowhere'"),
        (["--model", "nobody"], "No model 'nobody'"),
    ],
)
def test_what_cannot_start_says_why_in_one_sentence(
    arguments: list[str], sentence: str, scenes_folder: Path, tmp_path: Path
):
    command = [sys.executable, str(ROOT / "app.py"), "--collection", str(scenes_folder), *arguments]
    done = subprocess.run(command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {sentence}")
    assert done.stderr.count("\n") == 1


def test_a_link_shows_the_page_s_own_name(served: Served):
    head = body(served.address).partition("</head>")[0]
    assert '<meta property="og:title" content="VSE Explorer">' in head
    assert 'content="Search pictures with words and words with pictures, offline."' in head
    named = re.findall(r"<meta[^>]*(?:og|twitter):[^>]*>", head)
    assert len(named) == 4
    assert "gradio" not in " ".join(named).lower()


@pytest.mark.parametrize("query", ["?page=x", "?page=&q=a", "?deep_link=../../x", "?q=a+b&page=../x"])
def test_parameters_that_gradio_takes_for_its_own_open_the_page(served: Served, query: str):
    assert "</html>" in body(served.address + query)
    assert "Traceback" not in served.log.read_text()


def test_the_api_page_finds_a_list_of_no_tools(served: Served):
    assert json.loads(body(f"{served.address}gradio_api/mcp/schema")) == []
