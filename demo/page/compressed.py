"""The page itself, which describes every component and event in its HTML, compressed on its way to the browser."""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Receive, Scope, Send

# Streams of answers must reach the browser event by event, and pictures are as small as they get.
ADDRESSES = ("/", "/config", "/gradio_api/info", "/gradio_api/openapi.json")


class Compressed(GZipMiddleware):
    """Compresses what is served at ADDRESSES, and nothing else."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in ADDRESSES:
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)
