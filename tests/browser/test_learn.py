"""The Learn tab as a visitor meets it, in Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.tabs import PHONE, fits, open_tab
from tests.browser.test_words import says
from tests.demo_fixtures import Served

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def epoch(page: Page, number: int, of: int = 40) -> None:
    page.locator("#learn output", has_text=f"Epoch {number} of {of}").wait_for()


def test_a_film_plays_stops_and_steps_and_a_run_is_trained(visit):
    page = visit()
    open_tab(page, "Learn")
    seen = page.locator("#learn .seen")
    page.locator("#learn [data-do=play]", has_text="Pause").wait_for()  # it plays
    page.locator("#learn [data-do=play]").click()
    page.locator("#learn [data-do=play]", has_text="Play").wait_for()
    page.locator("#learn .epoch input").fill("12")
    epoch(page, 12)
    page.locator("#learn [data-do=step]").click()
    epoch(page, 13)
    says(page, "epoch", "13")
    assert "wrong pairs come nearer than the margin of 0.2 allows" in seen.inner_text()
    page.locator("#learn [data-run=hardest]").click()
    says(page, "run", "hardest")
    epoch(page, 40)
    seen.get_by_text("about twice the margin, as it is when all vectors are one").wait_for()
    assert page.locator("#learn .curve .limit").count() == 1
    page.go_back()
    page.locator('#learn [data-run=sum][aria-pressed="true"]').wait_for()
    epoch(page, 13)
    page.locator("#learn [name=epochs]").select_option("5")
    page.locator("#learn [name=batch_size]").select_option("160")
    page.locator("#learn .go").click()
    page.locator("#learn .status", has_text="Done: 5 epochs").wait_for(timeout=120_000)
    page.locator('#learn [data-run=own][aria-pressed="true"]').wait_for()
    epoch(page, 5, of=5)
    page.locator("#learn [name=seed]").fill("3")
    page.locator("#learn .go").click()
    page.locator("#learn .status", has_text="Training").wait_for(timeout=60_000)
    page.locator("#learn .status", has_text="Done: 5 epochs").wait_for(timeout=60_000)
    page.locator("#learn [name=beside]").select_option("before")
    page.locator('#learn [data-side="b"] b', has_text="Your run before").wait_for()
    assert "seed 3" in page.locator('#learn [data-side="a"] figcaption').inner_text()
    assert "seed" not in page.locator('#learn [data-side="b"] figcaption').inner_text()
    page.locator("#learn [name=batch_size]").select_option("2")
    page.locator("#learn [name=epochs]").select_option("60")
    page.locator("#learn .go").click()
    page.locator("#learn .status", has_text="Training").wait_for(timeout=60_000)
    page.locator("#learn [data-do=stop]").click()
    page.locator("#learn .status", has_text="Stopped").wait_for()
    assert not page.locator("#learn [data-do=stop]").is_visible()


def test_an_address_is_shown_again_on_a_phone_by_keyboard_and_without_motion(visit, served: Served):
    page = visit(**PHONE, color_scheme="dark", reduced_motion="reduce")
    page.goto(f"{served.address}?tab=learn&run=hardest&beside=hardest-warm&epoch=9&lines=pairs")
    epoch(page, 9)
    assert page.locator("#learn canvas:visible").count() == 2
    assert page.locator("#learn [name=pairs]").is_checked()
    assert not page.locator("#learn [name=pushed]").is_checked()
    assert "Hardest, warmed up, epoch 9" in page.locator("#learn .seen").inner_text()
    assert fits(page)
    page.locator("#learn .epoch input").focus()
    page.keyboard.press("ArrowRight")
    epoch(page, 10)
    page.locator("#learn [name=follow]").select_option(index=1)
    page.locator("#learn .followed p").first.wait_for()
    page.locator("#learn [data-do=replay]").focus()
    page.keyboard.press("Enter")
    page.locator("#learn .status").wait_for(state="attached")
    assert fits(page)
