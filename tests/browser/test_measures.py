"""The Compare and Evaluate tabs as a visitor meets them, in Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.tabs import PHONE, fits, open_tab
from tests.browser.test_search import title
from tests.demo_fixtures import Served

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser


def cases(page: Page, view: str) -> Locator:
    return page.locator(f"{view} button.case")


def compared(page: Page) -> None:
    """Open the Compare tab; "other" is read when that is asked for."""
    open_tab(page, "Compare")
    page.locator("#compare .measures").wait_for()
    asked = page.get_by_role("button", name="Compare them")
    if asked.is_visible():
        asked.click()
    page.locator("#compare .only").wait_for()


def test_a_miss_is_asked_in_the_search_tab(visit, served: Served):
    page = visit()
    open_tab(page, "Evaluate")
    cases(page, "#evaluate-misses").first.wait_for()
    assert "Misses of tiny" in page.locator("#evaluate-misses h2").inner_text()
    first = cases(page, "#evaluate-misses").first.get_attribute("data-value")
    page.get_by_role("button", name="Next").click()
    page.locator("#evaluate-misses .pager", has_text="21–40").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H2"
    case = cases(page, "#evaluate-misses").nth(3)
    words = case.get_attribute("data-value")
    assert words in served.collection.captions
    assert words != first
    case.focus()
    page.keyboard.press("Enter")
    title(page, words)
    assert page.get_by_label("Words to search for").input_value() == words
    assert page.get_by_role("tab", name="Search").get_attribute("aria-selected") == "true"


def test_the_misses_of_another_model_are_asked_of_it(visit):
    page = visit()
    open_tab(page, "Evaluate")
    page.locator("#evaluate-curves").get_by_role("button", name="other").click()
    measure = page.get_by_role("button", name="Measure other")
    page.locator("#evaluate-misses h2", has_text="Misses of other").wait_for()
    if measure.is_visible():
        measure.click()
    cases(page, "#evaluate-misses").first.wait_for()
    page.wait_for_function("!document.querySelector('#evaluate-figures .doing')")  # which draws the misses once more
    page.locator("#evaluate-misses").get_by_role("button", name="picture → captions").click()
    page.locator("#evaluate-misses [aria-pressed=true]", has_text="picture → captions").wait_for()
    case = page.locator("#evaluate-misses button.case[data-ask=item]").first
    picture = case.get_attribute("data-value")
    case.click()
    page.locator("#answer .probe figcaption", has_text=picture).wait_for()
    assert "model=clip" in page.url
    assert page.locator("#evaluate-figures .doing").count() == 0


def test_a_query_that_one_model_gets_right_is_asked_of_both(visit):
    page = visit()
    compared(page)
    measure = page.get_by_role("button", name="Measure here")
    if measure.is_visible():
        measure.click()
    page.locator("#compare td", has_text=" ms").first.wait_for()
    page.wait_for_function("!document.querySelector('#compare .busy')")  # which is drawn anew
    case = cases(page, "#compare").first
    words = case.get_attribute("data-value")
    case.click()
    title(page, words)
    page.locator("#answer .side").nth(1).wait_for()
    assert "model=both" in page.url


def test_a_phone_never_scrolls_sideways(visit):
    page = visit(**PHONE)
    compared(page)
    assert fits(page)
    open_tab(page, "Evaluate")
    cases(page, "#evaluate-misses").first.wait_for()
    assert fits(page)
    assert page.locator("#evaluate-figures .wide").first.evaluate("box => box.scrollWidth > box.clientWidth")
