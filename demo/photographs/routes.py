"""Serving photographs of the open folder: small ones, larger ones and their words, by key and nothing else.

A key is looked up among the photographs that are indexed, so no address can reach another file; every picture is sent
as a WebP that was made here, never the file itself, so that where it was taken stays out of it too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from vse.errors import VSEError
from vse.modalities.image.webp import small_webp

from ..shared.pictures import PHOTOS
from .open_folder import OpenFolder
from .snapshot import Joined, Snapshot

LARGE = 1024  # pixels, the longer side
_KEPT = 48  # larger pictures, of some 100 to 200 KB
_HEADERS = {"Cache-Control": "private, max-age=86400, immutable", "X-Content-Type-Options": "nosniff"}
Found = Snapshot | Joined
GONE = "This photograph is no longer in the index: search again."


def routes(open_folder: OpenFolder) -> list[Route]:
    """The routes that answer these addresses for the folder that is open."""
    kinds: dict[str, Callable[[Found, str], Response]] = {"small": _small, "large": _large, "words": _words}

    def answering(answer: Callable[[Found, str], Response]) -> Callable[[Request], Response]:
        def endpoint(request: Request) -> Response:
            try:
                run = open_folder.opened(request.headers)
                snapshot = run.snapshot()
                snapshot.path(request.path_params["key"])
                try:
                    run.check_folder()
                except VSEError as error:
                    return PlainTextResponse(run.without_place(str(error)), status_code=404)
                return answer(snapshot, request.path_params["key"])
            except (VSEError, OSError):
                return PlainTextResponse(GONE, status_code=404)

        return endpoint

    return [Route(f"/{PHOTOS}/{kind}/{{key}}", answering(answer)) for kind, answer in kinds.items()]


def _small(snapshot: Found, key: str) -> Response:
    return Response(snapshot.thumbnail(key), media_type="image/webp", headers=_HEADERS)


def _large(snapshot: Found, key: str) -> Response:
    return Response(rendition(snapshot.file(key), key), media_type="image/webp", headers=_HEADERS)


def _words(snapshot: Found, key: str) -> Response:
    tags = [{"word": tag.word, "score": round(tag.score, 2)} for tag in snapshot.tags(key)]
    return JSONResponse({"tags": tags}, headers={"Cache-Control": "no-store"})


@lru_cache(maxsize=_KEPT)
def rendition(path: Path, key: str) -> bytes:
    """A WebP file of a photograph, at most LARGE pixels long, without what its file tells beside the picture.

    Raises:
        ImageError: when it is gone or cannot be read.
    """
    return small_webp(path, LARGE)
