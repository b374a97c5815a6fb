"""The About tab as a visitor meets it, in Chromium: its list of sections, and a lesson by keyboard and by touch."""

from __future__ import annotations

import pytest

from tests.browser.tabs import PHONE, fits, open_tab

pytestmark = pytest.mark.browser


def test_a_lesson_is_answered_with_the_keyboard_and_has_an_address(visit):
    page = visit("?tab=about&lesson=nearness")
    option = page.locator("#lessons .option").nth(2)
    option.wait_for()
    assert page.locator("#lessons .because").count() == 0
    option.focus()
    page.keyboard.press("Enter")
    page.locator("#lessons .because").wait_for()
    assert page.evaluate("document.activeElement.dataset.value") == "2"
    assert option.get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="The modality gap").click()
    page.locator("#lessons h2", has_text="The modality gap").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H2"
    page.wait_for_url("**/?tab=about&lesson=gap")
    page.locator("#lessons .option").first.click()
    page.get_by_role("link", name="See both on the map").click()
    page.wait_for_url("**/?tab=map&layout=joint")


def test_sections_are_found_from_the_top_and_a_phone_never_scrolls_sideways(visit):
    page = visit(**PHONE)
    open_tab(page, "About")
    page.locator("#about-contents").get_by_role("button", name="How to read the scores").tap()
    page.wait_for_function("document.activeElement.textContent === 'How to read the scores'")
    assert (
        page.locator("#about h2", has_text="How to read the scores").evaluate("e => e.getBoundingClientRect().top") < 60
    )
    page.get_by_role("button", name="One space").tap()
    page.locator("#lessons .option").nth(1).tap()
    page.locator("#lessons .because").wait_for()
    assert fits(page)
