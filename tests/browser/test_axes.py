"""The map by two axes: from the layout's button to a link, a wrong end, and what still works there, in Chromium."""

from __future__ import annotations

import pytest

from tests.browser.tabs import PHONE, fits
from tests.browser.test_map import drawn, follow, spot
from tests.demo_fixtures import Served

pytestmark = pytest.mark.browser


def end(page, name: str):
    return page.get_by_label(f"{name} end")


def test_two_axes_are_asked_linked_to_and_a_wrong_end_is_told(visit, served: Served):
    page = visit()
    follow(page, f"{served.address}?tab=map&layout=axes")  # no layout has to be computed first
    page.locator(".map-axes").wait_for()
    assert all(end(page, name).input_value() for name in ("left", "right", "bottom", "top"))
    end(page, "bottom").fill(f"[{served.collection.items[0].id}]")
    end(page, "top").fill("")
    page.get_by_role("button", name="Draw", exact=True).click()
    page.locator("#map-problem .wrong", has_text="none of them empty").wait_for()
    end(page, "top").fill(f"[{served.collection.items[1].id}]")
    page.get_by_role("button", name="Draw", exact=True).click()
    page.wait_for_function("location.search.includes('%7C%5Bscene-')")
    assert "no fact is called so" in page.locator("#map-facts").inner_text()
    x, y = spot(page, 3)
    page.mouse.click(x, y)
    page.locator(".map-picked .facts").wait_for()
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    drawn(page)
    assert end(page, "top").input_value() == f"[{served.collection.items[1].id}]"


def test_axes_fit_a_phone_and_a_link_with_a_wrong_end_shows_an_example(visit, served: Served):
    page = visit(**PHONE)
    page.set_default_timeout(60_000)
    follow(page, f"{served.address}?tab=map&axes=dog|dog|cat|tree")
    page.locator("#map-problem .wrong", has_text="Both ends of the axis are at the same place").wait_for()
    assert end(page, "left").input_value() != end(page, "right").input_value()
    assert fits(page)
