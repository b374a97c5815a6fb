"""What a visit loads, and how soon the map opens: `python -m tests.browser.weight`; printed, never asserted.

Sizes are those of the transfer: headers too, and bodies as compressed as they came. What Gradio serves to every page
is told apart from ours by its path; what a browser fetches ahead, for views that are not open, is told alone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.browser.screenshots import chromium, served
from tests.browser.tabs import PHONE, open_tab

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

SCREENS: dict[str, dict[str, Any]] = {"wide": {"viewport": {"width": 1400, "height": 900}}, "phone": PHONE}
OF_GRADIO = ("/assets/", "/static/", "/theme.css", "/manifest.json", "/gradio_api/heartbeat/")
ANSWERED = ".answer:not([aria-busy]):visible"
AHEAD = 2000  # ms after the first answer, by when what is fetched ahead is under way or there
_SETTLED = 5000  # ms, until a page has nothing more to do
_ROUNDS = 5
# Milliseconds from the click on a tab to the frame in which the map has its points.
_OPENING = """() => new Promise((opened) => {
  let clicked = 0;
  addEventListener("click", () => (clicked ||= performance.now()), true);
  const look = () => (document.querySelector("#map .plot[data-wired]") ? opened(performance.now() - clicked) : requestAnimationFrame(look));
  look();
})"""  # noqa: E501


@dataclass
class Weight:
    """The bytes of every request that went over the wire, by its address."""

    own: dict[str, int] = field(default_factory=dict)
    of_gradio: dict[str, int] = field(default_factory=dict)
    ahead: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return " | ".join(
            f"{len(some)} | {sum(some.values()) / 1000:.0f} kB" for some in (self.own, self.of_gradio, self.ahead)
        )


class Listener:
    """What a page's browser tells of its requests; what comes from its cache weighs nothing."""

    def __init__(self, page: Page) -> None:
        self.asked: dict[str, tuple[str, bool]] = {}  # the address, and whether it is fetched ahead
        self.sizes: dict[str, int] = {}
        self.streams: set[str] = set()
        devtools = page.context.new_cdp_session(page)
        devtools.on("Network.requestWillBeSent", self._sent)
        devtools.on("Network.responseReceived", self._received)
        devtools.on("Network.dataReceived", self._more)
        devtools.on("Network.loadingFinished", self._finished)
        devtools.send("Network.enable")

    def _sent(self, event: dict[str, Any]) -> None:
        request = event["request"]
        self.asked[event["requestId"]] = request["url"], request["initialPriority"] == "VeryLow"

    def _received(self, event: dict[str, Any]) -> None:
        response = event["response"]
        if not (response.get("fromDiskCache") or response.get("fromPrefetchCache")):
            self.sizes[event["requestId"]] = int(response["encodedDataLength"])
        if response["mimeType"] == "text/event-stream":
            self.streams.add(event["requestId"])

    def _more(self, event: dict[str, Any]) -> None:  # of streams, which may not be at their end
        if event["requestId"] in self.streams:
            self.sizes[event["requestId"]] += event["dataLength"]

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self.sizes and event["requestId"] not in self.streams:
            self.sizes[event["requestId"]] = int(event["encodedDataLength"])

    def weight(self) -> Weight:
        found = Weight()
        for request, size in self.sizes.items():
            url, is_ahead = self.asked.get(request, ("", False))
            if not url.startswith("http") or not size:
                continue
            is_gradio_s = urlsplit(url).path.startswith(OF_GRADIO)
            some = found.ahead if is_ahead else found.of_gradio if is_gradio_s else found.own
            some[url] = some.get(url, 0) + size
        return found


def visit(context: BrowserContext, address: str) -> Weight:
    """What one visit loads: its first answer, with the pictures on the screen, and what is fetched ahead."""
    page = context.new_page()
    page.set_default_timeout(180_000)
    listener = Listener(page)
    page.goto(address)
    page.wait_for_selector(ANSWERED)
    page.wait_for_timeout(AHEAD)
    weight = listener.weight()
    page.close()
    return weight


def opening(browser: Browser, address: str) -> float:
    """Seconds from a click on the tab of the map, on a page that has settled, to its first points."""
    page = browser.new_page(**SCREENS["wide"])
    page.set_default_timeout(180_000)
    page.goto(address)
    page.wait_for_selector(ANSWERED)
    page.wait_for_timeout(_SETTLED)
    page.evaluate(f"() => {{ window.opening = ({_OPENING})(); }}")
    open_tab(page, "Map")
    seconds = page.evaluate("window.opening") / 1000
    page.close()
    return seconds


def report(browser: Browser, address: str, rounds: int, every: bool) -> Iterator[str]:
    """A table of visits, the requests behind it where `every` is wanted, and the openings of the map."""
    yield "| screen | visit | own requests | own | Gradio's requests | Gradio's | fetched ahead | ahead |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|"
    for screen, options in SCREENS.items():
        with browser.new_context(**options) as context:
            for which in ("first", "second"):
                weight = visit(context, address)
                yield f"| {screen} | {which} | {weight} |"
                if every:
                    for url, size in sorted(weight.own.items(), key=lambda each: -each[1]):
                        yield f"    {size:8,} {url.removeprefix(address)}"
    if rounds:
        times = [opening(browser, address) for _ in range(rounds)]
        yield f"The map opened in {median(times):.1f} s (median of {', '.join(f'{each:.1f}' for each in times)})."


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.weight", description=__doc__.split("\n")[0])
    parser.add_argument("--url", help="an app that runs already (default: one is started, and stopped afterwards)")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help=f"openings of the map (default: {_ROUNDS})")
    parser.add_argument("--every", action="store_true", help="also list every request of ours")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, served(options.url, Path(folder)) as address, chromium() as browser:
        for line in report(browser, address, options.rounds, options.every):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
