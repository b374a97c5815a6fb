"""What a wide screen is used for: models beside each other, a list of sections, and text that stays readable."""

from __future__ import annotations

import pytest

from tests.browser.tabs import fits, open_tab

pytestmark = pytest.mark.browser


def test_two_models_stand_beside_each_other_from_1000_pixels_on(visit):
    page = visit("?q=a red dog&model=both", viewport={"width": 1000, "height": 900})
    sides = page.locator("#answer .side")
    sides.nth(1).wait_for()
    left, right = (sides.nth(at).bounding_box() for at in range(2))
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] < right["x"]
    page.set_viewport_size({"width": 990, "height": 900})
    left, right = (sides.nth(at).bounding_box() for at in range(2))
    assert left["x"] == right["x"]
    assert fits(page)


def test_a_very_wide_screen_is_used_and_text_stays_narrow_and_evaluate_has_an_index(visit):
    page = visit(viewport={"width": 2200, "height": 900})
    assert page.locator("#answer").bounding_box()["width"] > 2000
    open_tab(page, "Evaluate")
    page.locator("#evaluate-misses h2").wait_for()
    assert page.locator("#evaluate-figures .tables").bounding_box()["width"] > 2000
    notes = page.locator("#evaluate-figures .note")
    assert max(notes.nth(at).bounding_box()["width"] for at in range(notes.count())) < 600
    page.get_by_role("navigation", name="On this page").get_by_role("button", name="Misses").click()
    page.wait_for_function("document.activeElement === document.querySelector('#evaluate-misses h2')")
    assert 0 <= page.locator("#evaluate-misses h2").bounding_box()["y"] < 900
