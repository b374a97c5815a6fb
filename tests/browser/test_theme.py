"""Light, dark, or as the system says, in Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.tabs import PHONE, fits, open_tab

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

LIGHT, DARK = "rgb(250, 249, 247)", "rgb(21, 21, 20)"
PAPER = "getComputedStyle(document.body).backgroundColor"
# Every colour that the page has had, frame by frame, from its first one on.
WATCH = f"""window.papers = new Set();
(function look() {{
  if (document.body) papers.add({PAPER});
  requestAnimationFrame(look);
}})();"""


def choose(page: Page, name: str) -> None:
    page.locator(f"#theme label[title='{name}']").click()


def painted(page: Page, colour: str) -> None:
    page.wait_for_function(f"{PAPER} === '{colour}'")


def test_a_choice_holds_at_once_and_from_the_first_frame_on_when_the_page_is_opened_again(visit):
    page = visit(color_scheme="light")
    painted(page, LIGHT)
    try:
        choose(page, "Dark")
        painted(page, DARK)
        page.add_init_script(WATCH)
        page.reload()
        page.wait_for_selector(".answer:not([aria-busy]):visible")
        assert page.evaluate("[...papers]") == [DARK]
        assert page.get_by_role("radio", name="Dark").is_checked()
        page.emulate_media(color_scheme="dark")
        choose(page, "Light")
        painted(page, LIGHT)
        page.get_by_role("radio", name="Light").press("ArrowLeft")
        assert page.get_by_role("radio", name="As the system").is_checked()
        painted(page, DARK)
        page.emulate_media(color_scheme="light")
        painted(page, LIGHT)
    finally:
        page.evaluate("localStorage.removeItem('vse:theme')")  # other visits share this browser's storage


def test_the_map_is_drawn_in_the_colours_of_the_moment(visit):
    page = visit(color_scheme="light")
    open_tab(page, "Map")
    plot = page.locator("#map .plot[data-wired]")
    plot.wait_for(timeout=300_000)  # it is fitted first
    drawn = "document.querySelector('#map .plot').layout.paper_bgcolor"
    light = page.evaluate(drawn)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{drawn} !== '{light}'")


def test_on_a_phone_it_stands_beside_the_name_of_the_page(visit):
    page = visit(**PHONE)
    assert fits(page)
    name, theme = (page.locator(each).bounding_box() for each in (".masthead h1", "#theme .theme"))
    assert abs(name["y"] - theme["y"]) < 12
    assert theme["x"] + theme["width"] <= 390
