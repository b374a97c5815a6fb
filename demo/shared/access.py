"""Who is at this machine: only they may name its folders, see its photographs, and stop what all visitors share."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

# Set by what stands between a visitor and this server; all that begin with x-forwarded count too.
_FORWARDED = (
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-host",
    "x-original-forwarded-for",
    "x-originating-ip",
    "x-remote-ip",
    "x-remote-addr",
    "x-envoy-external-address",
    "x-appengine-user-ip",
    "x-azure-clientip",
    "client-ip",
    "true-client-ip",
    "fastly-client-ip",
    "fly-client-ip",
    "cf-connecting-ip",
    "cf-connecting-ipv6",
    "cf-pseudo-ipv4",
    "cf-ray",
    "cf-visitor",
    "cdn-loop",
    "ngrok-trace-id",
    "tailscale-user-login",
)
_PREFIX = "x-forwarded"
_NO: Mapping[str, str] = {}


@dataclass(frozen=True)
class Access:
    """How a server is reached, and what that means for whoever asks.

    host: the address to listen on, or None for Gradio's own choice. share: whether a public link was asked for.
    """

    host: str | None = None
    share: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it was started for others too: beyond loopback, with a public link, in a Space, behind a proxy."""
        listens = self.host or os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1"
        shared = self.share or os.environ.get("GRADIO_SHARE", "").lower() == "true"
        hosted = any(os.environ.get(name) for name in ("SPACE_ID", "GRADIO_ROOT_PATH", "COLAB_RELEASE_TAG"))
        return shared or hosted or not is_loopback(listens)

    def is_owner(self, headers: Mapping[str, str] = _NO) -> bool:
        """Whether a request comes from the person at the machine, as far as its headers tell.

        Only they name folders, and stop what all visitors share.
        """
        return not self.is_open and is_from_here(headers)

    def may_see_photographs(self, headers: Mapping[str, str] = _NO) -> bool:
        """Whether the photographs are for whoever asks: the person at the machine, or all that it was started for.

        A page from elsewhere whose name was made to lead here (DNS rebinding) is none of them.
        """
        return self.is_open or is_from_here(headers)


def is_from_here(headers: Mapping[str, str]) -> bool:
    """Whether a request is for this machine by name, from a page of it, and was not passed on."""
    given = {name.lower(): value for name, value in headers.items()}
    if any(name in _FORWARDED or name.startswith(_PREFIX) for name in given):
        return False
    asked = [f"//{given['host']}"] if "host" in given else []
    asked += [given[name] for name in ("origin", "referer") if name in given]
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
