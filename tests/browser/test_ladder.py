"""From the general to the special and back, on the Words tab, in Chromium."""

from __future__ import annotations

import pytest

from tests.browser.tabs import PHONE, fits
from tests.browser.test_words import says
from tests.demo_fixtures import Served

pytestmark = pytest.mark.browser


def test_a_visitor_goes_up_and_down(visit, served: Served):
    page = visit(**PHONE)
    page.goto(f"{served.address}?tab=words&ladder=a%20dog")
    part = page.locator("#words-ladder")
    part.locator("h3", has_text="Below: one fact more").wait_for(timeout=20_000)
    assert fits(page)
    part.locator(".rungs .chip", has_text="an animal").click()
    says(page, "ladder", "an animal")
    part.locator("input").fill(served.collection.items[0].id)
    part.locator("input").press("Enter")
    part.locator(".climbed .rungs li").first.wait_for()
    part.locator("input").fill("xyzzy")
    part.locator("input").press("Enter")
    part.locator(".wrong", has_text="knows none of these words").wait_for()
