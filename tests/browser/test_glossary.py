"""Words that explain themselves under a mouse, in focus and at a tap, in Chromium."""

from __future__ import annotations

import pytest

from demo.shared.glossary import GLOSSARY
from tests.browser.tabs import PHONE, fits

pytestmark = pytest.mark.browser


def test_a_word_explains_itself_under_the_mouse_and_in_focus_until_escape(visit):
    page = visit(viewport={"width": 1400, "height": 900})
    card, word = page.locator(".gloss-card"), page.locator("#answer").get_by_role("button", name="fit", exact=True)
    assert card.is_hidden()
    word.hover()
    card.wait_for()
    assert card.inner_text() == GLOSSARY["fit"]
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    word.focus()
    card.wait_for()
    described = word.evaluate("word => document.getElementById(word.getAttribute('aria-describedby')).textContent")
    assert described == GLOSSARY["fit"]
    page.keyboard.press("Shift+Tab")
    page.wait_for_function("text => document.querySelector('.gloss-card').textContent === text", arg=GLOSSARY["top %"])


def test_a_tap_explains_and_another_one_puts_it_away(visit):
    page = visit(**PHONE)
    card = page.locator(".gloss-card")
    page.locator("#answer").get_by_role("button", name="top %", exact=True).tap()
    card.wait_for()
    assert card.inner_text() == GLOSSARY["top %"]
    page.wait_for_timeout(400)  # longer than a mouse that has left is given
    assert card.is_visible()
    assert fits(page)
    page.locator("#answer h2").tap()
    card.wait_for(state="hidden")
