"""The switch between models as a visitor meets it, in Chromium."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.tabs import PHONE, fits
from tests.browser.test_search import ask, title
from tests.demo_fixtures import Served

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def choose(page: Page, name: str) -> None:
    page.locator(".modes").get_by_role("button", name=name, exact=True).click()


def chosen(page: Page) -> str:
    return page.locator(".modes [aria-pressed=true]").inner_text()


def sides(page: Page) -> list[str]:
    return page.locator("#answer .side h3").all_inner_texts()


def test_the_switch_asks_again_at_once_and_the_address_follows(visit):
    page = visit()
    ask(page, "a red dog")
    title(page, "a red dog")
    choose(page, "Side by side")
    page.locator("#answer .side").nth(1).wait_for()
    assert sides(page) == ["tiny", "other"]
    assert "model=both" in page.url
    assert "q=a+red+dog" in page.url
    assert page.locator("#answer .place").count() == 24
    choose(page, "CLIP")
    page.locator("#answer .side").first.wait_for(state="detached")
    assert "model=clip" in page.url
    assert chosen(page) == "CLIP"
    assert page.locator(".switch .names").inner_text() == "other"
    choose(page, "VSE")
    page.wait_for_function("!location.search.includes('model=')")


def test_a_copied_link_opens_the_same_in_both_views(visit, served: Served):
    item = served.collection.items[4].id
    page = visit(f"?image={item}&model=both")
    title(page, "Similar pictures")
    assert chosen(page) == "Side by side"
    assert page.locator("#answer ol.captions").count() == 2
    assert sides(page) == ["tiny", "other"]
    page = visit(f"?q=%5B{item}%5D%20-%20dog&model=both")
    page.locator("#sum-answer h2", has_text="- dog").wait_for()
    assert page.locator("#sum-answer .side").count() == 2
    assert page.locator("#sum-answer .compare").count() == 1


def test_a_search_after_the_switch_goes_to_both(visit):
    page = visit("?model=both")
    page.locator("#answer .side").nth(1).wait_for()
    ask(page, "a cat")
    title(page, "a cat")
    assert sides(page) == ["tiny", "other"]
    assert "model=both" in page.url
    page.locator("#answer .side").nth(1).locator("button.card").first.click()
    title(page, "Similar pictures")
    page.wait_for_url(re.compile("image="))
    assert "model=both" in page.url


def test_a_phone_never_scrolls_sideways(visit):
    page = visit("?model=both", **PHONE)
    page.locator("#answer .side").nth(1).wait_for()
    assert fits(page)
    page.locator("button.card").nth(1).tap()
    title(page, "Similar pictures")
    assert fits(page)
    page.locator("#switch summary").tap()
    page.get_by_role("button", name="Get OpenAI-style CLIP").wait_for()
    assert fits(page)
