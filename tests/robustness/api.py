"""Bad input to the running page's functions for programs, over its own HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from demo.shared.errors import UNEXPECTED
from tests.conftest import CAPTIONS
from tests.demo_fixtures import Served, running
from tests.robustness.cases import REFUSED, Case, Refused, Right
from vse.data import load_collection

_FILE = {"meta": {"_type": "gradio.FileData"}}
# What works: the parameters of each function, in their order.
RIGHT: dict[str, tuple[Any, ...]] = {
    "search_text": ("a red dog", 2, "vse"),
    "arithmetic": ("[red] - red + blue", None, 2, "plain", True, "vse"),
    "compare": ("a red dog", 2),
    "explain": ("a red dog", "red", "features", "vse"),
    "describe": ("[red] - red + blue", None, "short", 2, "plain", "vse"),
}
# In the place of any parameter. Raw JSON, as a client may send what Python cannot write.
VALUES = {
    "null": "null",
    "true": "true",
    "a negative number": "-1",
    "a fraction": "0.37",
    "NaN": "NaN",
    "infinity": "1e999",
    "many digits": "9" * 400,
    "a list": "[]",
    "an object": "{}",
    "nested lists": "[[[1]]]",
    "deep lists": "[" * 500 + "]" * 500,
    "a list of text": '["a dog"]',
    "empty": '""',
    "a blank": '" "',
    "a zero byte": '"\\u0000"',
    "half a character": '"\\ud800"',
    "HTML": '"<script>alert(1)</script>"',
    "a path": '"../../etc/passwd"',
    "huge": json.dumps("x" * 1_000_000),
    "a file": json.dumps({"path": "/etc/hostname", **_FILE}),
}
FORGED = {
    "a path": {"path": "/etc/hostname", **_FILE},
    "a picture of the server": {"path": "{world}/colours/images/red.png", **_FILE},
    "an address": {"path": "http://127.0.0.1:9/a.png", "url": "http://127.0.0.1:9/a.png", **_FILE},
    "an empty path": {"path": "", **_FILE},
    "no path": {**_FILE},
    "a path that is a number": {"path": 7, **_FILE},
    "a path that is a list": {"path": ["/etc/hostname"], **_FILE},
    "a zero byte": {"path": "a\0b", **_FILE},
    "a path too long": {"path": "x" * 5000, **_FILE},
    "files": [{"path": "/etc/hostname", **_FILE}],
}
PARAMETERS = {
    "none": "[]",
    "one too many": None,
    "no list": '"x"',
    "null": "null",
    "an object": '{"query": "a dog"}',
}
BODIES = {
    "empty": b"",
    "no JSON": b"{",
    "noise": b"\x80\xff" * 50,
    "a list": b"[]",
    "null": b"null",
    "without data": b"{}",
    "deep": b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}


@contextmanager
def server(world: Path) -> Iterator[Served]:
    """The page with the tiny model and four squares, as people start it."""
    folder = world / "app"
    folder.mkdir()
    given = ["--model", str(world / "model"), "--clip", str(world / "model"), "--collection", str(world / "colours")]
    with running(given, folder) as address:
        yield Served(address, load_collection(world / "colours"), folder / "app.log")


def asked(served: Served, name: str, body: bytes) -> Any:
    """What a function answers, or how it refused; what it leaves in the server's log counts, too."""
    before = served.log.stat().st_size
    url = f"{served.address}gradio_api/call/{name}"
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            event = json.load(response)["event_id"]
        with urllib.request.urlopen(f"{url}/{event}", timeout=60) as response:
            given = _read(response.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            text = error.read().decode("utf-8", "replace")
        given = Refused(f"The server answers {error.code}: {text[:200]!r}.", 400 <= error.code < 500)
    log = served.log.read_bytes()[before:].decode("utf-8", "replace")
    if "Traceback (most recent" in log:
        return Refused(log[log.index("Traceback (most recent") :])
    return given


def _read(stream: str) -> Any:
    """The last event of a stream."""
    kind, _, data = stream.strip().rpartition("event: ")[2].partition("\ndata: ")
    value = json.loads(data)
    if kind == "complete":
        return value[0]
    told = value.get("error") if isinstance(value, dict) else value
    return Refused(str(told), isinstance(told, str) and told != UNEXPECTED)


def api_cases(served: Served) -> Iterator[Case]:
    for name, right in RIGHT.items():
        texts = [json.dumps(each) for each in right]
        for slot in range(len(right)):
            for what, value in VALUES.items():
                expected: str | Right = REFUSED
                if (right[slot], what) in ((True, "true"), (None, "null"), ("features", "empty")):
                    expected = _is_answer
                data = ", ".join([*texts[:slot], value, *texts[slot + 1 :]])
                yield _case(served, name, f"parameter {slot} is {what}", f'{{"data": [{data}]}}'.encode(), expected)
        for what, given in PARAMETERS.items():
            data = given if given is not None else f"[{', '.join([*texts, *texts])}]"
            yield _case(served, name, f"parameters: {what}", f'{{"data": {data}}}'.encode())
        for what, body in BODIES.items():
            yield _case(served, name, f"body: {what}", body)
        yield _case(served, name, "as it should be", json.dumps({"data": right}).encode(), _is_answer)
    for what, file in FORGED.items():
        text = json.dumps({"data": [file, 2, "vse"]}).replace("{world}", str(served.log.parent.parent))
        yield _case(served, "search_image", f"file: {what}", text.encode())
    for path in ("../items.jsonl", "%2e%2e/items.jsonl", "/etc/hostname", "images/red.png", "red\0", "", "x" * 3000):
        yield Case("API", f"pictures/{path[:20]!r}", _picture(served, path))


def _is_answer(found: Any) -> bool:
    """Whether pictures came, of this collection, the nearest first, or captions, or a score taken apart."""
    if "dimensions" in found:
        shares = sum(each["share"] for each in found["words"])
        return abs(found["nothing"] + shares - found["score"]) < 1e-3
    if "captions" in found:
        return all(each["text"] and -1 <= each["score"] <= 1 for each in found["captions"])
    rows = (
        found if isinstance(found, list) else found.get("answers") or next(each["images"] for each in found["models"])
    )
    return len(rows) == 2 and all(each["id"] in CAPTIONS for each in rows) and rows[0]["score"] >= rows[1]["score"]


def _case(served: Served, name: str, what: str, body: bytes, expected: str | Right = REFUSED) -> Case:
    return Case("API", f"{name}: {what}", lambda _: asked(served, name, body), expected)


def _picture(served: Served, path: str) -> Callable[[Path], Any]:
    def act(_: Path) -> Any:
        from urllib.parse import quote

        try:
            with urllib.request.urlopen(f"{served.address}pictures/{quote(path, safe='%')}", timeout=30) as response:
                return response.read()[:100]
        except urllib.error.HTTPError as error:
            with error:
                return Refused(error.read().decode("utf-8", "replace")[:300], error.code == 404)

    return act
