"""Serving the points of maps: at an address that changes with them, so that a browser keeps those that it has seen."""

from __future__ import annotations

from collections import OrderedDict

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from vse.io.hashing import fingerprint_of

from ..shared.unchanging import packed, unchanging

PREFIX = "map/points"
GONE = "These points are no longer kept: draw the map again."
_KEPT = 48  # drawings, of some 40 KB for a thousand pictures
_sent: OrderedDict[str, bytes] = OrderedDict()  # compressed, by name, the one that was used last at the end


def address_of_points(text: str) -> str:
    """Where JSON is served, relative to the page; only those are told who may see the collection, as none can guess it.

    Nothing is served, and there is no address, for an empty text.
    """
    if not text:
        return ""
    content = text.encode()
    name = f"{fingerprint_of([content])}.json"
    _sent[name] = _sent.pop(name, b"") or packed(content)
    while len(_sent) > _KEPT:
        _sent.popitem(last=False)
    return f"{PREFIX}/{name}"


def route() -> Route:
    """The route that answers `address_of_points`."""

    def points(request: Request) -> Response:
        found = _sent.get(request.path_params["name"])
        if found is None:
            return PlainTextResponse(GONE, status_code=404)
        return unchanging(request, found, "application/json", "private")

    return Route(f"/{PREFIX}/{{name}}", points)
