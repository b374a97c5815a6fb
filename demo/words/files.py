"""The styles and the script of the Words tab, which only a browser that opens it needs."""

from __future__ import annotations

from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from vse.io.hashing import fingerprint_of

from ..shared.components import script
from ..shared.unchanging import packed, unchanging

STYLES, SCRIPT = "words.css", "words.js"
_TYPES = {STYLES: "text/css", SCRIPT: "text/javascript"}
# Opens the tab by its script. Gradio looks for the names of events in what runs when the component is there.
OPEN = 'openWords(element, props, trigger, watch);  // "select", "submit"'


def address(name: str) -> str:
    """Where a file is served, relative to the page; it changes with the file, so it may be cached."""
    return f"{name}?v={fingerprint_of([_text(name).encode()], digits=16)}"


def routes() -> tuple[Route, ...]:
    """The routes that answer `address`."""

    def serve(request: Request) -> Response:
        name = request.url.path.rpartition("/")[2]
        return unchanging(request, _packed(name), _TYPES[name])

    return tuple(Route(f"/{name}", serve) for name in _TYPES)


def _text(name: str) -> str:
    return script(f"words/static/{name}")


@cache
def _packed(name: str) -> bytes:
    return packed(_text(name).encode())
