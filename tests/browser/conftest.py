"""Chromium, and a visit to the app in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_fixtures import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

# The shell has no windows and takes half the time; the whole browser does as well.
CHROMIUM = next(filter(Path.exists, map(Path, ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium"))), None)
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
FLAGS += ("--disable-component-update",)


@pytest.fixture(scope="module")  # not of the session: while Playwright runs, nothing else may run an event loop
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def contexts(browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """One for each kind of screen, by what it is like: a page opens in half the time with the scripts in the cache."""
    found: dict[str, BrowserContext] = {}
    yield found
    for each in found.values():
        each.close()


@pytest.fixture
def visit(browser: Browser, contexts: dict[str, BrowserContext], served: Served) -> Iterator[Callable[..., Page]]:
    """Open the page at a path; afterwards it must have asked no other host and logged no error.

    A page that is left or loaded again while an answer is under way gives it up, which Gradio's client logs.
    """
    pages, complaints, left = [], [], set()

    def complain(page: Page, text: str) -> None:
        complaints.append((page, text))

    def note_request(request: Any) -> None:
        if not request.url.startswith((served.address, "data:", "blob:")):
            complaints.append((None, f"asked {request.url}"))

    def open_page(path: str = "", **context: Any) -> Page:
        kind = repr(sorted(context.items()))
        if kind not in contexts:
            contexts[kind] = browser.new_context(**context)
        pages.append(page := contexts[kind].new_page())
        page.set_default_timeout(60_000)
        page.on("request", note_request)
        page.on("console", lambda said: complain(page, said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complain(page, str(error)))
        page.goto(served.address + path)
        page.on("request", lambda asked: left.add(page) if asked.is_navigation_request() else None)
        page.wait_for_selector(".answer:not([aria-busy]):visible")
        return page

    yield open_page
    # Streams that a page left behind may end before its next address is asked for.
    broken_off = re.compile("AbortError|.*Connection errored out")
    told = [text for page, text in complaints if not (page in left and broken_off.match(text))]
    for page in pages:
        page.close()
    assert told == []
