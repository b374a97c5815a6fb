"""What is compressed on its way to the browser, and what reaches it as it comes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from demo.page.compressed import Compressed

PAGE = "<p>the same and again</p>" * 1000


async def page(request: Any) -> Response:
    return HTMLResponse(PAGE)


async def picture(request: Any) -> Response:
    return Response(b"as small as it gets" * 100, media_type="image/webp")


async def events(request: Any) -> Response:
    async def each() -> Any:
        for number in range(3):
            yield f"data: {number}\n\n"

    return StreamingResponse(each(), media_type="text/event-stream")


ADDRESSES = {"/": page, "/config": page, "/pictures/red": picture, "/gradio_api/queue/data": events}
APP = Compressed(Starlette(routes=[Route(path, endpoint) for path, endpoint in ADDRESSES.items()]))


@pytest.mark.parametrize("path", ["/", "/config"])
def test_the_page_is_compressed_where_the_browser_can_read_it(path: str):
    client = TestClient(APP)
    packed = client.get(path, headers={"accept-encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(PAGE) / 20
    assert packed.text == PAGE
    plain = client.get(path, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == PAGE


def test_pictures_are_left_as_they_are():
    assert "content-encoding" not in TestClient(APP).get("/pictures/red", headers={"accept-encoding": "gzip"}).headers


def test_each_event_of_a_stream_is_sent_as_it_comes():
    sent: list[dict] = []

    async def receive() -> dict:
        await asyncio.sleep(60)  # the browser stays
        return {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        sent.append(message)

    headers = [(b"accept-encoding", b"gzip")]
    path = "/gradio_api/queue/data"
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    asyncio.run(asyncio.wait_for(APP(scope, receive, send), 10))
    assert b"content-encoding" not in dict(sent[0]["headers"])
    bodies = [message["body"] for message in sent[1:] if message["body"]]
    assert bodies == [b"data: 0\n\n", b"data: 1\n\n", b"data: 2\n\n"]
