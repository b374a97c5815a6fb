"""The Arithmetic tab as a visitor meets it, in Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from PIL import Image

from tests.browser.tabs import PHONE, fits
from tests.demo_fixtures import Served

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser


def link(query: str) -> str:
    return f"?q={quote(query)}"


def open_tab(page: Page) -> Page:
    page.get_by_role("tab", name="Arithmetic").click()
    page.wait_for_selector("#sum-answer .answer.sum")
    return page


def query(page: Page) -> Locator:
    return page.locator("#query :is(input, textarea)")


def title(page: Page, text: str) -> None:
    page.locator("#sum-answer h2", has_text=text).wait_for()


def run(page: Page, text: str) -> None:
    query(page).fill(text)
    query(page).press("Enter")


def values(page: Page) -> list[str]:
    return [page.get_by_label(name, exact=True).input_value() for name in ("Picture", "− take away", "+ add")]


def test_the_tab_opens_with_a_sum_and_leaves_the_address_alone(visit, served: Served):
    page = open_tab(visit())
    assert query(page).input_value()
    assert page.locator("#sum-answer ol.cards").first.locator("button.card").count() == 6
    page.wait_for_function("document.querySelector('#sum-answer .card img').naturalWidth > 0")
    assert "q=" not in page.url
    assert "plain sum" in page.locator("#sum-answer .facts").first.inner_text()


def test_a_link_with_arithmetic_opens_its_tab_and_stays(visit, served: Served):
    text = f"[{served.collection.items[3].id}] - a dog + 0.5*cat"
    page = visit(link(text))
    title(page, text)
    assert page.get_by_role("tab", name="Arithmetic").get_attribute("aria-selected") == "true"
    assert query(page).input_value() == text
    assert values(page) == [served.collection.items[3].id, "a dog", "cat"]
    assert page.locator("#sum-answer .compare h3").all_inner_texts() == [
        "Without the subtraction",
        "The new word alone",
    ]
    assert "q=" in page.url
    page.reload()
    title(page, text)


def test_fields_rewrite_the_query_and_enter_runs_it(visit, served: Served):
    first, second = (item.id for item in served.collection.items[:2])
    page = visit(link(f"[{first}] - dog"))
    title(page, "dog")
    page.get_by_label("+ add", exact=True).press_sequentially("a cat", delay=20)
    page.wait_for_function(
        f"document.querySelector('#query textarea, #query input').value === '[{first}] - dog + a cat'"
    )
    page.get_by_label("Picture", exact=True).fill(second)
    page.get_by_label("Picture", exact=True).press("Enter")
    title(page, f"[{second}] - dog + a cat")
    assert query(page).input_value() == f"[{second}] - dog + a cat"
    slider = page.get_by_role("slider").first
    slider.focus()
    slider.press("ArrowLeft")
    title(page, f"[{second}] - 0.75*dog + a cat")
    assert f"q=%5B{second}%5D" in page.url


def test_an_example_runs_and_a_thumbnail_replaces_its_picture(visit):
    page = open_tab(visit())
    page.locator("#sum-starters button.chip", has_text="king").click()
    title(page, "king - man + woman")
    assert values(page) == ["", "", ""]
    run(page, "- dog + cat")
    title(page, "- dog + cat")
    thumb = page.locator("#sum-sources button.thumb").first
    thumb.click()
    title(page, f"[{thumb.get_attribute('data-item')}] - dog + cat")


def test_the_larger_view_starts_a_sum_from_its_picture(visit):
    page = visit(link("king - man + woman"))  # more than the fields can hold
    opener = page.locator("#sum-answer button[data-open]").first
    picture = opener.get_attribute("data-open")
    opener.click()
    page.locator("dialog.larger[open]").get_by_role("button", name="Start from this").click()
    title(page, f"[{picture}] - man + woman")


def test_what_cannot_be_read_is_pointed_at_in_place(visit):
    page = open_tab(visit())
    before = values(page)
    run(page, "cat + [oops <b>")
    page.locator("#sum-problem pre").wait_for()
    assert page.locator("#sum-problem pre").inner_text().rstrip() == "  cat + [oops <b>\n        ^"
    assert page.locator("#sum-problem [role=alert]").count() == 1
    assert query(page).input_value() == "cat + [oops <b>"
    assert values(page) == before
    run(page, "cat")
    title(page, "cat")
    page.locator("#sum-problem pre").wait_for(state="detached")


def test_an_upload_is_a_term(visit, tmp_path: Path):
    Image.new("RGB", (300, 200), (200, 60, 20)).save(tmp_path / "mine.png")
    page = visit(link("- dog + cat"))
    title(page, "- dog + cat")
    page.locator("#sum-picture input[type=file]").set_input_files(tmp_path / "mine.png")
    title(page, "[upload] - dog + cat")
    page.wait_for_function("document.querySelector('#sum-answer .equation img').naturalWidth === 300")
    assert values(page) == ["upload", "dog", "cat"]
    assert "q=" not in page.url


def test_another_way_and_the_operands_themselves(visit, served: Served):
    item = served.collection.items[3].id
    page = visit(link(f"[{item}] + 0.01*dog"))
    title(page, item)
    cards = page.locator("#sum-answer ol.cards").first
    assert cards.locator(f"[data-item='{item}']").count() == 0
    page.get_by_label("also answer with").check()
    cards.locator(f"[data-item='{item}']").wait_for()
    page.get_by_label("How it is computed").click()
    page.get_by_role("option", name="modalities centred first").click()
    page.locator("#sum-answer .facts", has_text="modalities centred first").wait_for()


def test_keys_walk_from_the_query_through_every_row_of_answers(visit, served: Served):
    page = visit(link(f"[{served.collection.items[3].id}] - dog + cat"), viewport={"width": 1400, "height": 900})
    title(page, "dog")
    row = "[...document.querySelectorAll('#sum-answer ol.cards')].indexOf(document.activeElement.closest('ol.cards'))"
    query(page).press("ArrowDown")
    assert page.evaluate(row) == 0
    for key, at in (("ArrowRight", 0), ("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        assert page.evaluate(row) == at, key
    item = page.evaluate("document.activeElement.dataset.item")
    page.keyboard.press("Enter")
    title(page, f"[{item}] - dog + cat")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.closest('#query') !== null")


def test_a_search_afterwards_takes_the_address_back(visit):
    page = visit(link("cat - dog"))
    title(page, "cat - dog")
    page.get_by_role("tab", name="Search").click()
    box = page.get_by_label("Words to search for")
    box.fill('"cats - dogs"')  # in quotes, words
    box.press("Enter")
    page.locator("#answer h2", has_text="cats - dogs").wait_for()
    page.wait_for_function("new URL(location.href).searchParams.get('q') === '\"cats - dogs\"'")
    page.reload()
    page.locator("#answer h2", has_text="cats - dogs").wait_for()


def test_a_phone_never_scrolls_sideways(visit, served: Served):
    page = visit(link(f"[{served.collection.items[3].id}] - dog + cat"), **PHONE)
    title(page, "dog")
    assert fits(page)
    run(page, "[" + 60 * "very long " + "- dog")
    page.locator("#sum-problem pre").wait_for()
    assert fits(page)
