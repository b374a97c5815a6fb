"""The scripts of the map, which only a browser that opens it needs: its own, and plotly.js of the installed package.

No other host is asked, and no address holds a path of this machine.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from vse.io.hashing import fingerprint_of

from ..shared.components import script
from ..shared.unchanging import packed, unchanging

OWN, PLOTLY = "map.js", "plotly.min.js"
_PARTS = (
    "map_data.js",
    "map_draw.js",
    "map_lines.js",
    "map_names.js",
    "map_near.js",
    "map_sums.js",
    "map_morph.js",
    "map_hover.js",
    "map_tools.js",
    "map_axes.js",
    "map_address.js",
    "map.js",
)  # run as one
# Opens the map by the own script. Gradio looks for the names of events in what runs when the map is there.
OPEN = (
    "openMap(element, props, trigger, watch);"
    '  // "arithmetic", "ask", "axes", "cancel", "lasso", "pick", "retry", "search"'
)


def addresses() -> tuple[str, str]:
    """Where both are served, relative to the page; they change with what they hold, so they may be cached."""
    return own_address(), plotly_address()


def own_address() -> str:
    return f"{OWN}?v={fingerprint_of([_own_text().encode()], digits=16)}"


def plotly_address() -> str:
    return f"{PLOTLY}?v={version('plotly')}"


def plotly_path() -> Path:
    """The file in the package, which is looked up without importing it.

    Raises:
        FileNotFoundError: when plotly is not installed.
    """
    found = find_spec("plotly")
    if found is None or found.origin is None:
        raise FileNotFoundError("plotly is not installed: pip install plotly.")
    return Path(found.origin).parent / "package_data" / PLOTLY


def routes() -> tuple[Route, ...]:
    """The routes that answer `addresses`; plotly's 4.8 MB are 1.4 where the browser unpacks them."""

    def own(request: Request) -> Response:
        return unchanging(request, _own(), "text/javascript")

    def plotly(request: Request) -> Response:
        return unchanging(request, _plotly(), "text/javascript")

    return Route(f"/{OWN}", own), Route(f"/{PLOTLY}", plotly)


@cache
def _own_text() -> str:
    """The parts as one function, so that what they name is nobody else's."""
    parts = "\n".join(script(f"map/static/{name}") for name in _PARTS)
    return f"function openMap(element, props, trigger, watch) {{\n{parts}\n}}\n"


@cache
def _own() -> bytes:
    return packed(_own_text().encode())


@cache
def _plotly() -> bytes:
    return packed(plotly_path().read_bytes())
