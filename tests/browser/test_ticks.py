"""Ticks and crosses on answers, in Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.browser.tabs import PHONE, fits
from tests.browser.test_search import title

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def has_words(page: Page, words: str) -> None:
    """Wait until the box of the words holds them."""
    page.wait_for_function("words => document.querySelector('#words :is(textarea, input)').value === words", arg=words)


def test_a_tick_is_a_term_of_the_query_and_the_address_until_it_is_pressed_again(visit):
    page = visit("?q=a%20dog")
    answer = page.locator("#answer .cards > li").nth(1)
    item_id = answer.locator(".card").get_attribute("data-item")
    assert not answer.locator(".ticks").is_visible()
    answer.hover()
    answer.get_by_role("button", name="More like this").click()
    title(page, f"a dog + 0.5*[{item_id}]")
    has_words(page, f"a dog + 0.5*[{item_id}]")
    page.wait_for_function("location.search.includes('0.5*')")
    page.reload()
    tick = page.locator("#answer .refined").get_by_role("button", name="More like this", pressed=True)
    tick.click()
    tick.wait_for(state="detached")
    has_words(page, "a dog")
    page.wait_for_function("location.search === '?q=a+dog'")


def test_the_keyboard_goes_from_an_answer_to_its_tick_and_its_cross(visit):
    page = visit("?q=a%20dog")
    card = page.locator("#answer button.card").first
    item_id = card.get_attribute("data-item")
    card.focus()
    told = []
    for _ in range(2):
        page.keyboard.press("Tab")
        told.append(page.evaluate("document.activeElement.title"))
    assert told == ["More like this", "Less like this"]
    page.keyboard.press("Enter")
    title(page, f"a dog - 0.25*[{item_id}]")


def test_a_cross_in_the_larger_view_refines_a_picture_of_ones_own(visit, tmp_path: Path):
    Image.new("RGB", (300, 200), (200, 60, 20)).save(tmp_path / "mine.png")
    page = visit()
    page.locator("#picture input[type=file]").set_input_files(tmp_path / "mine.png")
    title(page, "Similar pictures")
    card = page.locator("#answer button.card").first
    item_id = card.get_attribute("data-item")
    card.press("Shift+Enter")
    page.locator("dialog.larger").get_by_role("button", name="Less like this").click()
    title(page, f"[upload] - 0.25*[{item_id}]")
    page.locator("#answer .refined [data-tick=less]").wait_for()
    assert "?" not in page.url


def test_a_phone_shows_ticks_beside_the_answers_of_both_models(visit):
    page = visit("?q=a%20dog&model=both", **PHONE)
    tick = page.locator("#answer .side").nth(1).get_by_role("button", name="More like this").first
    item_id = tick.get_attribute("data-of")
    tick.tap()
    title(page, f"a dog + 0.5*[{item_id}]")
    assert (
        page.locator("#answer .side .ticks:visible").count() == page.locator("#answer .side .card:visible").count() > 0
    )
    assert fits(page)
