"""Serving plotly.js from the installed package: no other host is asked, and no address holds a path of this machine."""

from __future__ import annotations

import gzip
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

NAME = "plotly.min.js"
_HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}


def address() -> str:
    """Where the script is served, relative to the page; it changes with the package, so it may be cached."""
    return f"{NAME}?v={version('plotly')}"


def script_path() -> Path:
    """The file in the package, which is looked up without importing it.

    Raises:
        FileNotFoundError: when plotly is not installed.
    """
    found = find_spec("plotly")
    if found is None or found.origin is None:
        raise FileNotFoundError("plotly is not installed: pip install plotly.")
    return Path(found.origin).parent / "package_data" / NAME


def route() -> Route:
    """The route that answers `address`, with 4.8 MB made 1.4 where the browser can."""

    def script(request: Request) -> Response:
        packed = "gzip" in request.headers.get("accept-encoding", "")
        headers = _HEADERS | ({"Content-Encoding": "gzip"} if packed else {})
        return Response(_content(packed), media_type="text/javascript", headers=headers)

    return Route(f"/{NAME}", script)


@lru_cache(maxsize=2)
def _content(packed: bool) -> bytes:
    plain = script_path().read_bytes()
    return gzip.compress(plain, 6, mtime=0) if packed else plain
