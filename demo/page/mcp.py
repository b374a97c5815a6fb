"""The endpoints for programs as tools of the Model Context Protocol, by which assistants call them."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from vse.errors import VSEError
from vse.io.installed import InstallationError, check_installed, install_extra

NEEDED = "mcp>=1.21,<2"  # the versions that Gradio 6 speaks with


class MissingToolsError(VSEError):
    """The package that the tools need is not installed, or not in a version that fits."""


def mcp_options() -> dict[str, Any]:
    """What `Blocks.launch` needs to offer them; only public endpoints become tools; Gradio prints their address.

    Raises:
        MissingToolsError: without the package mcp, or with a version that Gradio does not speak with.
    """
    try:
        check_installed([NEEDED])
    except InstallationError as error:
        what = str(error).partition(":")[0]
        raise MissingToolsError(f"--mcp: {what}: {install_extra('mcp', NEEDED)}, or leave --mcp out.") from error
    return {"mcp_server": True}


def no_tools() -> Route:
    """The list of tools of a page that has none: Gradio's API page asks for it in any case."""

    def answer(request: Request) -> JSONResponse:
        return JSONResponse([])

    return Route("/gradio_api/mcp/schema", answer)
