"""The README's screenshots: `python -m tests.browser.screenshots DIR` starts the app and takes them.

Of each view three: wide and light, as the README shows it, wide and dark, and on a phone.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from PIL import Image

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.demo_fixtures import running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDTH = 1440  # pixels of the wide page; its pictures are made smaller
SAVED = 1200
WIDE: dict[str, Any] = {"viewport": {"width": WIDTH, "height": 1080}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True}
KINDS: dict[str, dict[str, Any]] = {
    "": {**WIDE, "color_scheme": "light"},
    "-dark": {**WIDE, "color_scheme": "dark"},
    "-phone": {**PHONE, "has_touch": True, "color_scheme": "light"},
}
_ANSWERED = "#answer .card img"
_SUMMED = "#sum-answer .card img"
_SUM = "[scene-0766] - dog + rabbit"
# Of each view its address, and what is there once it is drawn.
VIEWS: dict[str, tuple[dict[str, str], str]] = {
    "search": ({"q": "a person surfing at sea"}, _ANSWERED),
    "side-by-side": ({"q": "a dog in the snow", "model": "both"}, "#answer .side ~ .side .card img"),
    "arithmetic": ({"q": _SUM}, _SUMMED),
    "map": ({"q": _SUM, "tab": "map"}, "#map .plot[data-wired]"),
    "words": ({"tab": "words"}, "#words-plane svg"),
    "learn": ({"tab": "learn", "epoch": "8"}, "#learn .curve"),
    "compare": ({"tab": "compare"}, "#compare button.case"),
    "evaluate": ({"tab": "evaluate"}, "#evaluate-misses button.case"),
    "about": ({"tab": "about"}, "#about figure svg"),
}
_LOADED = """() => [...document.images].every((image) => {
  const { top, bottom } = image.getBoundingClientRect();
  return bottom < 0 || top > innerHeight || !image.checkVisibility() || image.naturalWidth > 0;
})"""
_HEIGHTS = {"side-by-side": 1285, "arithmetic": 1400}  # of wide pages, where more should be seen
_STILL = 1000  # ms, until what moves has come to rest


def take(page: Page, address: str, view: str) -> Image.Image:
    """What a visitor sees first of a view."""
    parameters, drawn = VIEWS[view]
    if page.viewport_size and page.viewport_size["width"] == WIDTH:
        page.set_viewport_size({"width": WIDTH, "height": _HEIGHTS.get(view, WIDE["viewport"]["height"])})
    page.goto(f"{address}?{urlencode(parameters)}")
    page.locator(drawn).first.wait_for(state="visible")
    page.wait_for_function(_LOADED)
    page.wait_for_timeout(_STILL)
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    if image.width != WIDTH:
        return image
    return image.resize((SAVED, round(image.height * SAVED / WIDTH)), Image.Resampling.LANCZOS)


@contextmanager
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots", description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="where the pictures are written, as WebP")
    parser.add_argument("--views", nargs="*", choices=VIEWS, default=list(VIEWS), help="only these (default: all)")
    parser.add_argument("--url", help="an app that runs already (default: one is started, and stopped afterwards)")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served(options.url, Path(folder)) as address, chromium() as browser:
        for kind, context in KINDS.items():
            page = browser.new_page(**context)
            page.set_default_timeout(180_000)
            for view in options.views:
                path = options.folder / f"{view}{kind}.webp"
                take(page, address, view).save(path, quality=85, method=6)
                print(path, flush=True)
            page.close()
    return 0


@contextmanager
def served(url: str | None, folder: Path) -> Iterator[str]:
    if url:
        yield url
        return
    with running([], folder) as address:
        yield address


if __name__ == "__main__":
    sys.exit(main())
