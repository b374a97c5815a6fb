"""What the Learn tab is made of, which only a browser that opens it needs: its frame, styles, script and pictures, and
the film of each run once it is chosen."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PIL import Image
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from vse.errors import VSEError
from vse.io.hashing import fingerprint_of
from vse.training.films.film import film_file
from vse.training.films.pictures import FILMS, open_pairs
from vse.training.films.presets import PRESETS

from ..shared.components import script
from ..shared.unchanging import packed, unchanging
from . import render

STYLES, SCRIPT, FRAME, SHEET = "learn.css", "learn.js", "learn.html", "learn.webp"
SCRIPTS = (SCRIPT, "learn_draw.js", "learn_words.js", "learn_run.js")  # run as one
FILM = "learn/{name}.json"
# Opens the tab by its script. Gradio looks for the names of events in what runs when the component is there.
OPEN = 'openLearn(element, props, trigger, watch);  // "select", "submit"'
_HERE = Path(__file__).parent
COLUMNS, THUMBNAIL = 20, 48  # pictures in a row of the sheet, and the side of one in pixels


def address(name: str) -> str:
    """Where a file is served, relative to the page; it changes with the file, so it may be cached."""
    return f"{name}?v={_version(name)}"


def film_address(name: str) -> str:
    """Where a film is served, in the same way."""
    return f"{FILM.format(name=name)}?v={fingerprint_of([_film(name)], digits=16)}"


def routes() -> tuple[Route, ...]:
    """The routes that answer both."""

    def serve(request: Request) -> Response:
        name = request.url.path.rpartition("/")[2]
        return unchanging(request, _packed(name), _FILES[name][0])

    def film(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in PRESETS:
            return PlainTextResponse("There is no such film.", 404)
        return unchanging(request, _film(name), "application/json")

    def sheet(request: Request) -> Response:
        try:
            return Response(_sheet(), media_type="image/webp", headers={"Cache-Control": "public, max-age=86400"})
        except VSEError as error:
            return PlainTextResponse(str(error), 404)

    return *(Route(f"/{name}", serve) for name in _FILES), Route(f"/{SHEET}", sheet), Route(f"/{FILM}", film)


def frame() -> str:
    """The tab as it is before a film is there."""
    films = {name: film_address(name) for name in PRESETS}
    return str(render.frame(open_pairs(), films, address(SHEET), address(STYLES)))


def own_script() -> str:
    """The script, one function, which knows where the frame is."""
    body = script(*(f"learn/static/{name}" for name in SCRIPTS)).replace("FRAME", json.dumps(address(FRAME)), 1)
    return f"function openLearn(element, props, trigger, watch) {{\n{body}\n}}"


_FILES: dict[str, tuple[str, Callable[[], str]]] = {
    STYLES: ("text/css", lambda: script(f"learn/static/{STYLES}")),
    SCRIPT: ("text/javascript", own_script),
    FRAME: ("text/html", frame),
}


@cache
def _version(name: str) -> str:
    if name in (FRAME, SHEET):  # which are made only when they are asked for: of these files, and of what ships
        made_of = [*sorted(_HERE.glob("*.py")), *sorted(_HERE.glob("templates/*")), *sorted(FILMS.iterdir())]
        return fingerprint_of([path.read_bytes() for path in made_of], digits=16)
    return fingerprint_of([_packed(name)], digits=16)


@cache
def _packed(name: str) -> bytes:
    return packed(_FILES[name][1]().encode())


@cache
def _film(name: str) -> bytes:
    return film_file(FILMS, name).read_bytes()


@cache
def _sheet() -> bytes:
    """All pictures, small, in rows of COLUMNS."""
    items = open_pairs().items
    side = THUMBNAIL
    sheet = Image.new("RGB", (COLUMNS * side, -(-len(items) // COLUMNS) * side))
    for number, item in enumerate(items):
        with Image.open(item.image_path) as picture:
            small = picture.convert("RGB").resize((side, side), Image.Resampling.BICUBIC, reducing_gap=1.2)
        sheet.paste(small, (number % COLUMNS * side, number // COLUMNS * side))
    out = io.BytesIO()
    sheet.save(out, "WEBP", quality=70, method=1)
    return out.getvalue()
