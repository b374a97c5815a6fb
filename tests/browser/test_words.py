"""The Words tab as a visitor meets it, in Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.tabs import PHONE, fits, open_tab
from tests.demo_fixtures import Served

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def opened(page: Page) -> Page:
    open_tab(page, "Words")
    page.wait_for_selector("#words-parts .words[data-choices]")
    return page


def says(page: Page, name: str, value: str | None) -> None:
    page.wait_for_function(
        "([name, value]) => new URL(location.href).searchParams.get(name) === value", arg=[name, value], timeout=10_000
    )


def back(page: Page) -> None:
    """A step back, once what was asked before is answered."""
    page.wait_for_selector("#words-parts:not(.busy)")
    page.wait_for_timeout(300)  # until the address is said
    page.go_back()


def test_a_lecture_of_words(visit):
    page = opened(visit())
    says(page, "tab", "words")
    near = page.get_by_label("Word", exact=True)
    first = near.input_value()
    near.fill("hose")
    near.press("Enter")
    says(page, "near", "hose")
    page.locator("#words-near .wrong button", has_text="horse").click()
    says(page, "near", "horse")
    assert page.locator("#words-near .word-bars li").count() == 12
    for name, word in (("a", "car"), ("b", "beach"), ("c", "dog")):
        page.locator(f"#words-analogy input[name={name}]").fill(word)
    page.locator("#words-analogy input[name=c]").press("Enter")
    page.locator("#words-analogy .four figcaption", has_text="The arrow from beach to car, carried to dog").wait_for()
    says(page, "c", "dog")
    assert near.input_value() == "horse"  # no other part was drawn anew
    page.locator("#words-window button", has_text="Next").click()
    page.locator("#words-window [role=status]", has_text="Window 4 ").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Next ›"
    back(page)
    says(page, "c", None)
    back(page)
    page.wait_for_function("document.querySelector('#words-near input').value === 'hose'")
    back(page)
    says(page, "near", None)
    page.wait_for_function("first => document.querySelector('#words-near input').value === first", arg=first)
    page.locator("#words-near .word").first.click()
    page.locator("#answer h2", has_text="Pictures for").wait_for()


def test_an_address_is_shown_again_on_a_phone_without_scrolling_sideways(visit, served: Served):
    page = visit(**PHONE, color_scheme="dark")
    page.goto(f"{served.address}?tab=words&near=horse&k=3&step=2")
    page.wait_for_selector("#words-parts .words[data-choices]")
    assert page.locator("#words-near input").input_value() == "horse"
    assert page.locator("#words-clusters .groups li").count() == 3
    assert "Window 2" in page.locator("#words-window [role=status]").inner_text()
    assert fits(page)
