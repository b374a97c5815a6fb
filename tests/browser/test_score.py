"""A score taken apart: by mouse, by keyboard and by its address, in Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.browser.tabs import PHONE
from tests.browser.test_accessibility import serious
from tests.demo_fixtures import Served

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
WORDS = "a dog on the beach"


def opened(page: Page) -> Locator:
    page.locator("dialog.opened .product").wait_for()
    return page.locator("dialog.opened")


def test_a_click_on_a_score_takes_it_apart_and_its_address_does_so_again(visit):
    page = visit(f"?q={quote(WORDS)}")
    card = page.locator("button.card").nth(2)
    item, score = card.get_attribute("data-item"), card.locator(".score").inner_text().split()[0]
    card.locator(".score").click()
    dialog = opened(page)
    assert float(dialog.locator("h2").inner_text().split()[-1].replace("−", "-")) == pytest.approx(
        float(score.replace("−", "-")), abs=0.006
    )
    assert dialog.locator(".reading tbody th").all_inner_texts() == WORDS.split()
    shares = [float(each.replace("−", "-")) for each in dialog.locator(".fair td:last-child").all_inner_texts()]
    assert sum(shares[:-1]) == pytest.approx(shares[-1], abs=0.004)
    page.wait_for_function(f"location.search.includes('score={item}')")
    page.reload()
    opened(page)
    assert item in page.locator("dialog.opened header").inner_text()
    page.keyboard.press("Escape")
    page.wait_for_function("!location.search.includes('score=')")
    assert "q=a" in page.url


def test_words_are_shown_on_the_picture_one_at_a_time_and_by_covering(visit):
    page = visit(f"?q={quote(WORDS)}")
    page.locator("button.card .score").first.click()
    dialog = opened(page)
    dialog.get_by_role("button", name="dog", exact=True).click()
    assert "“dog” loses most" in dialog.locator("canvas[role=img]").get_attribute("aria-label")
    assert dialog.locator("canvas[role=img]").evaluate("each => each.width") == 4
    dialog.get_by_role("button", name="picture alone").click()
    assert dialog.locator(".picture i").is_hidden()
    dialog.get_by_role("button", name="beach", exact=True).click()
    dialog.get_by_role("button", name="by covering each place").click()
    page.wait_for_function("document.querySelector('dialog.opened canvas[role=img]')?.width === 9")
    assert "“beach” loses most" in dialog.locator("canvas[role=img]").get_attribute("aria-label")


def test_of_two_models_the_score_is_that_of_the_one_that_was_clicked(visit):
    page = visit(f"?q={quote(WORDS)}&model=both")
    page.locator(".side").nth(1).locator("button.card .score").first.click()
    assert "by other" in opened(page).locator("header").inner_text()
    page.wait_for_function("location.search.includes('by=other')")


def test_the_keyboard_opens_a_score_walks_its_dimensions_and_comes_back(visit):
    page = visit(f"?q={quote(WORDS)}", viewport={"width": 1400, "height": 1000})
    page.get_by_label("Words to search for").press("ArrowDown")
    page.keyboard.press("Shift+Enter")
    page.get_by_role("button", name="What its score is made of").press("Enter")
    dialog = opened(page)
    strips = dialog.get_by_role("slider")
    strips.press("End")
    assert strips.get_attribute("aria-valuenow") == strips.get_attribute("aria-valuemax") == "8"
    strips.press("ArrowLeft")
    assert dialog.locator(".at").inner_text().startswith("Dimension ")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('button.card')")


def test_the_score_of_a_caption_is_taken_apart(visit, served: Served):
    item = served.collection.items[0].id
    page = visit(f"?image={item}")
    line = page.locator("button.line").nth(1)
    line.focus()
    page.keyboard.press("Shift+Enter")
    dialog = opened(page)
    assert line.get_attribute("data-words") in dialog.locator("header").inner_text()
    assert item in dialog.locator("header").inner_text()
    page.wait_for_function("location.search.includes('caption=')")


def test_it_fits_a_phone_and_has_no_serious_fault(visit, served: Served):
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    item = served.collection.items[3].id
    other = served.collection.items[5].id
    page = visit(f"?q={quote(f'[{item}] - dog + cat')}&score={other}", color_scheme="light", **PHONE)
    dialog = opened(page)
    assert other in dialog.locator("header").inner_text()
    assert dialog.evaluate("each => each.scrollWidth <= each.clientWidth")
    assert dialog.locator(".fair th[scope=row]").all_inner_texts()[:2] == ["dog", "cat"]
    assert serious(page) == []
    page.emulate_media(color_scheme="dark")
    assert serious(page) == []
