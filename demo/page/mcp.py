"""The endpoints for programs as tools of the Model Context Protocol, by which assistants call them."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from vse.errors import VSEError

INSTALL = 'pip install "mcp>=1.21,<2"'  # the versions that Gradio 6 speaks with


class MissingToolsError(VSEError):
    """A package is not installed that the tools need."""


def mcp_options() -> dict[str, Any]:
    """What `Blocks.launch` needs to offer them; only public endpoints become tools; Gradio prints their address.

    Raises:
        MissingToolsError: without the package mcp.
    """
    if find_spec("mcp") is None:
        raise MissingToolsError(f"--mcp needs the package mcp, which is not installed: run {INSTALL}, or leave it out.")
    return {"mcp_server": True}
