"""How fluid the map is with many points: `python -m tests.browser.frames`; printed, never asserted.

The page is the app's; the points are drawn, and take the place of those that the server sends. A frame is what passes
between two drawings of the browser, while the map is dragged and while it is zoomed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import numpy as np

from demo.map.payload import facet_json, packed
from tests.browser.conftest import CHROMIUM
from tests.browser.screenshots import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

COUNTS = (1_000, 10_000, 100_000)
FLAGS = ("--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update")
SOFTWARE = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")  # WebGL by the processor
_GROUPS, _STEPS = 12, 40
_FRAMES = """() => { window.frames_ = []; let last = performance.now(); window.counting = true;
  const next = (now) => { frames_.push(now - last); last = now; if (counting) requestAnimationFrame(next); };
  requestAnimationFrame(next); }"""
_TAKEN = "() => { window.counting = false; return frames_.slice(1); }"
_THERE = "count => document.querySelector('#map .plot[data-wired]')?.data[0].x.length === count"


def points(count: int, sent: dict[str, Any]) -> str:
    """What the server would send for so many pictures in groups, without captions and words."""
    rng = np.random.default_rng(0)
    groups = rng.integers(_GROUPS, size=count)
    middles = rng.uniform(-0.85, 0.85, size=(_GROUPS, 2))
    places = middles[groups] + 0.07 * rng.normal(size=(count, 2))
    side = {**sent["sides"][0], "counts": [count, 0, 0, 0], "words": [], "spoken": [], "regions": []}
    none: list[str] = []
    return json.dumps(
        {
            **sent,
            **dict.fromkeys(("names", "captions", "captionIds", "owners", "recipes", "cooked"), none),
            "ids": [f"drawn-{row:06d}" for row in range(count)],
            "facets": [facet_json("group", [f"group {each}" for each in groups])],
            "sides": [{**side, "points": packed(places, np.int16)}],
        }
    )


def visit(browser: Browser, address: str, count: int) -> tuple[float, str, list[float], list[float]]:
    """Seconds until the points are there, how they are drawn, and the ms of each frame of dragging and zooming."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.set_default_timeout(300_000)
    arrived: list[float] = []

    def answer(route: Any) -> None:
        body = points(count, route.fetch().json())
        arrived.append(time.perf_counter())
        route.fulfill(body=body, content_type="application/json")

    page.route("**/map/points/*", answer)
    page.goto(f"{address}?tab=map")
    page.wait_for_function(_THERE, arg=count)
    seconds = time.perf_counter() - arrived[0]
    page.wait_for_timeout(1500)
    kind = page.evaluate("document.querySelector('#map .plot').data[0].type")
    box = page.locator("#map .plot").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    dragged, zoomed = list(frames(page, drag, x, y)), list(frames(page, wheel, x, y))
    page.close()
    return seconds, kind, dragged, zoomed


def frames(page: Page, act: Any, x: float, y: float) -> Iterator[float]:
    page.mouse.move(x, y)
    page.evaluate(_FRAMES)
    act(page, x, y)
    yield from page.evaluate(_TAKEN)
    page.wait_for_timeout(1000)


def drag(page: Page, x: float, y: float) -> None:
    page.mouse.down()
    for step in range(_STEPS):
        page.mouse.move(x + 5 * (step % 20), y + 3 * (step % 20))
    page.mouse.up()


def wheel(page: Page, x: float, y: float) -> None:
    for step in range(_STEPS // 2):
        page.mouse.wheel(0, -60 if step % 4 < 2 else 60)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.frames", description=__doc__.split("\n")[0])
    parser.add_argument("--url", help="an app that runs already (default: one is started, and stopped afterwards)")
    parser.add_argument("--points", type=int, nargs="+", default=COUNTS, help="how many (default: 1000 10000 100000)")
    options = parser.parse_args(arguments)
    from playwright.sync_api import sync_playwright

    print("| points | drawn as | there after | dragging, ms a frame | 95 % | zooming, ms a frame | 95 % |", flush=True)
    print("|---:|---|---:|---:|---:|---:|---:|", flush=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(options.url, Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *SOFTWARE])
        for count in options.points:
            seconds, kind, *both = visit(browser, address, count)
            cells = " | ".join(f"{median(each):.0f} | {quantiles(each, n=20)[-1]:.0f}" for each in both)
            print(f"| {count:,} | {kind} | {seconds:.1f} s | {cells} |", flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
