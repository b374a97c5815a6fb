"""Who may name folders of this machine: only somebody who sits at it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_NO: Mapping[str, str] = {}


def may_name_folders(
    host: str | None, share: bool, environ: Mapping[str, str], headers: Mapping[str, str] = _NO
) -> bool:
    """Whether a visitor may name a folder of this machine to be read.

    The server must listen on loopback alone, without a public link, a Space around it or a proxy in front of it; and
    the request, where there is one, must be for this machine, from a page of it, and not passed on.

    Args:
        host: the address to listen on, or None for Gradio's own choice.
        share: whether a public link was asked for.
        environ: as `os.environ`.
        headers: of the visitor's request.
    """
    listens = host or environ.get("GRADIO_SERVER_NAME") or "127.0.0.1"
    shared = share or environ.get("GRADIO_SHARE", "").lower() == "true"
    hosted = any(environ.get(name) for name in ("SPACE_ID", "GRADIO_ROOT_PATH", "COLAB_RELEASE_TAG"))
    if shared or hosted or not is_loopback(listens):
        return False
    given = {name.lower(): value for name, value in headers.items()}
    if any(name in given for name in _FORWARDED):
        return False
    asked = [f"//{given['host']}"] if "host" in given else []
    asked += [given["origin"]] if "origin" in given else []
    return all(is_loopback(_host_of(address)) for address in asked)


def is_loopback(host: str) -> bool:
    """Whether an address or a name reaches nothing but this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # of an address that is none
        return ""
