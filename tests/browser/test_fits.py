"""Weaker matches in Chromium, with the model and the collection that ship."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo_fixtures import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_weaker_matches_are_folded_and_what_nothing_fits_is_told(browser: Browser, shipped: Served):
    page = browser.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{shipped.address}?q=a%20dog%20on%20the%20beach")
    weaker = page.locator("#answer details.weaker")
    weaker.wait_for()
    folded = weaker.locator("button.card").first
    assert not folded.is_visible()
    page.locator("#answer ol.cards button.card").first.focus()
    for _ in range(3):  # beyond the last row that is seen
        page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('details')") is None
    weaker.locator("summary").click()
    folded.wait_for()
    page.get_by_role("group", name="Which answers fit").get_by_text("all").click()
    page.wait_for_function("location.search.includes('fit=0')")
    assert weaker.count() == 0
    page.get_by_label("Words to search for").fill("a giraffe in a library")
    page.keyboard.press("Enter")
    page.wait_for_function("location.search.includes('giraffe')")  # else the click asks the question before again
    page.get_by_role("group", name="Which answers fit").get_by_text("fitting").click()
    page.get_by_text("Nothing here fits this well.").wait_for()
    assert folded.is_visible()
    page.close()
