"""The Search tab as a visitor meets it, in Chromium."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from demo.shared.starters import SCENE_TEXTS
from tests.browser.tabs import PHONE, fits
from tests.demo_fixtures import Served

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def ask(page: Page, words: str) -> None:
    box = page.get_by_label("Words to search for")
    box.fill(words)
    box.press("Enter")


def title(page: Page, text: str) -> None:
    page.locator("#answer h2", has_text=text).first.wait_for()


def focused(page: Page) -> int:
    """Which card has the focus, counted from 0, or -1."""
    return page.evaluate("[...document.querySelectorAll('button.card')].indexOf(document.activeElement)")


def test_the_first_paint_shows_an_answer_and_its_pictures_load(visit):
    page = visit()
    title(page, SCENE_TEXTS[0])
    assert page.get_by_label("Words to search for").input_value() == SCENE_TEXTS[0]
    assert page.locator("button.card").count() == 12
    page.wait_for_function("document.querySelector('button.card img').naturalWidth > 0")
    assert "?" not in page.url


def test_enter_searches_and_the_address_follows(visit):
    page = visit("?__theme=dark")
    ask(page, "two cats & a dog")
    title(page, "two cats & a dog")
    page.wait_for_function("location.search.includes('q=two+cats+%26+a+dog')")
    assert "__theme=dark" in page.url
    assert re.search(r"12 of 30 pictures · (\d+|under 1) ms", page.locator(".facts").last.inner_text())


def test_a_link_asks_again(visit, served: Served):
    page = visit("?q=a%20dog%20at%20night")
    title(page, "a dog at night")
    assert page.get_by_label("Words to search for").input_value() == "a dog at night"
    item = served.collection.items[5]
    page = visit(f"?image={item.id}")
    assert page.locator(".probe figcaption").inner_text() == item.id


def test_a_link_to_a_picture_that_is_not_there_says_so(visit):
    page = visit("?image=../../etc/hostname")
    assert "No picture [../../etc/hostname]" in page.get_by_role("alert").inner_text()


def test_a_card_becomes_the_query(visit):
    page = visit()
    card = page.locator("button.card").nth(2)
    item_id = card.get_attribute("data-item")
    card.click()
    title(page, "Nearest captions")
    title(page, "Similar pictures")
    assert page.locator(".probe figcaption").inner_text() == item_id
    assert page.url.endswith(f"?image={item_id}")
    assert page.get_by_label("Words to search for").input_value() == ""
    assert page.locator(".captions li").count() == 10
    assert item_id not in [each.get_attribute("data-item") for each in page.locator("button.card").all()]


def test_a_caption_becomes_the_query(visit, served: Served):
    page = visit(f"?image={served.collection.items[0].id}")
    line = page.locator("button.line").first
    text = line.locator(".text").inner_text().removesuffix("its own").strip()
    line.click()
    title(page, text)
    assert page.get_by_label("Words to search for").input_value() == text


def test_starters_ask(visit):
    page = visit()
    page.get_by_role("button", name=SCENE_TEXTS[2]).click()
    title(page, SCENE_TEXTS[2])
    page.locator("button.thumb").first.click()
    title(page, "Nearest captions")


def test_an_upload_becomes_the_query_and_words_replace_it(visit, tmp_path: Path):
    Image.new("RGBA", (300, 200), (200, 60, 20, 128)).save(tmp_path / "mine.png")
    page = visit()
    page.locator("#picture input[type=file]").set_input_files(tmp_path / "mine.png")
    title(page, "Nearest captions")
    page.wait_for_function("document.querySelector('.probe img').naturalWidth === 300")
    assert "?" not in page.url
    page.get_by_role("button", name="24", exact=True).click()
    page.locator("button.card").nth(23).wait_for()
    assert page.locator(".probe figcaption").inner_text() == "Your picture"
    ask(page, "a dog")
    title(page, "a dog")
    page.locator("#picture img").wait_for(state="detached")


def test_a_file_that_is_no_picture_is_a_sentence(visit, tmp_path: Path):
    (tmp_path / "bad.png").write_bytes(b"no picture")
    page = visit()
    page.locator("#picture input[type=file]").set_input_files(tmp_path / "bad.png")
    page.get_by_role("alert").wait_for()
    assert "Your file is not a picture" in page.get_by_role("alert").inner_text()


def test_a_sum_is_answered_as_one_and_its_link_opens_it_again(visit, served: Served):
    text = f"[{served.collection.items[3].id}] - dog + cat"
    page = visit()
    ask(page, text)
    title(page, text)
    assert page.locator("#answer .equation .sign").all_inner_texts() == ["−", "+", "="]
    assert page.locator("#answer .compare h3").all_inner_texts() == ["Without the subtraction", "The new word alone"]
    assert page.get_by_label("Words to search for").input_value() == text
    page.wait_for_function("location.search.includes('q=')")
    page.reload()
    title(page, text)


def test_a_mistake_in_a_sum_is_shown_in_its_place(visit):
    page = visit()
    ask(page, "cat + [oops <b>")
    page.locator("#answer [role=alert] pre").wait_for()
    assert page.locator("#answer pre").inner_text().rstrip() == "  cat + [oops <b>\n        ^"
    ask(page, "[nothing] - dog")
    page.locator("#answer [role=alert]", has_text="No picture [nothing]").wait_for()
    assert page.locator("#answer pre").inner_text().rstrip() == "  [nothing] - dog\n  ^"


def test_the_number_of_answers(visit):
    page = visit()
    for count in (6, 24):
        page.get_by_role("button", name=str(count), exact=True).click()
        page.wait_for_function(f"document.querySelectorAll('button.card').length === {count}")
    ask(page, "a cat")
    title(page, "a cat")
    assert page.locator("button.card").count() == 24


def test_arrow_keys_walk_the_cards(visit):
    page = visit(viewport={"width": 1400, "height": 900})
    page.get_by_label("Words to search for").press("ArrowDown")
    assert focused(page) == 0
    for key, at in (
        ("ArrowRight", 1),
        ("ArrowDown", 7),
        ("ArrowLeft", 6),
        ("End", 11),
        ("ArrowRight", 11),
        ("Home", 0),
    ):
        page.keyboard.press(key)
        assert focused(page) == at, key
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.closest('#words') !== null")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    title(page, "Nearest captions")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.closest('#words') !== null")


def test_hovering_or_focusing_a_card_shows_every_caption(visit, served: Served):
    page = visit()
    card = page.locator("button.card").nth(1)
    captions = served.collection.item(card.get_attribute("data-item")).captions
    assert card.locator(".more").is_hidden()
    card.hover()
    card.locator(".more").wait_for(state="visible")
    assert card.locator(".more span").all_inner_texts()[: len(captions)] == list(captions)
    page.mouse.move(0, 0)
    page.get_by_label("Words to search for").press("ArrowDown")
    page.locator("button.card").first.locator(".more").wait_for(state="visible")


def test_unknown_words_are_told_and_near_ones_ask(visit):
    page = visit()
    ask(page, "a dogg on the beach <b>")
    page.locator(".note").wait_for()
    assert "Skipped dogg" in page.locator(".note").inner_text()
    page.locator(".note").get_by_role("button", name="dog", exact=True).click()
    title(page, "a dog on the beach <b>")
    page.wait_for_function("!document.querySelector('.note')?.textContent.includes('dogg')")


def test_what_cannot_be_asked_is_answered_by_a_sentence(visit):
    page = visit()
    for words, told in {
        "": "The text is empty: ",
        "xyzzyx": "The model knows none of these words: .*xyzzyx",
        "<img src=x onerror=alert(1)> ${alert(1)} {{value}}": "The model knows none of these words: .*alert",
    }.items():
        ask(page, words)
        page.get_by_role("alert").filter(has_text=re.compile(told)).wait_for()


def test_a_phone_never_scrolls_sideways(visit, served: Served):
    page = visit(**PHONE)
    assert fits(page)
    page.locator("button.card").nth(1).tap()
    title(page, "Nearest captions")
    assert fits(page)
    page.locator(".overflow-menu > button").click()  # a phone has no room for every tab
    page.locator(".overflow-dropdown button", has_text="About").click()
    page.get_by_role("heading", name="How to read the scores").wait_for()
    assert fits(page)


def test_dark_mode_is_dark(visit):
    shades = {}
    for scheme in ("light", "dark"):
        page = visit(color_scheme=scheme)
        shades[scheme] = page.evaluate(
            "['body', '.answer h2'].map(s => getComputedStyle(document.querySelector(s)))"
            ".map((style, i) => Number((i ? style.color : style.backgroundColor).match(/\\d+/)[0]))"
        )
    assert shades["light"][0] > 200 > 80 > shades["light"][1]
    assert shades["dark"][0] < 80 < 200 < shades["dark"][1]
