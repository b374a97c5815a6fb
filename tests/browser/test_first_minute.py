"""What a visitor meets in the first minute, in Chromium, with the model and the collection that ship."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from demo.shared.render import waiting
from tests.browser.tabs import PHONE, fits, open_tab
from tests.demo_fixtures import Served

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

WIDE = {"viewport": {"width": 1400, "height": 900}}
SENTENCE, BOX, SUM, ANSWER = ".masthead p", "#words input", ".example", "#answer .card .frame"


@pytest.fixture(scope="module")
def served(shipped: Served) -> Served:
    return shipped


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).first.bounding_box()
    assert found is not None, selector
    return found


@pytest.mark.parametrize(("screen", "answers_by"), [(WIDE, 400), (PHONE, 450)])
def test_a_sentence_a_box_a_sum_and_answers_stand_on_the_first_screen(visit, screen, answers_by: float):
    page = visit(**screen)
    tops = [box(page, each)["y"] for each in (SENTENCE, BOX, SUM, ANSWER)]
    assert tops == sorted(tops)
    assert tops[-1] <= answers_by
    assert fits(page)
    page.wait_for_function("[...document.querySelectorAll('.example img')].every((image) => image.naturalWidth > 0)")
    assert [page.locator(each).count() for each in (BOX, SUM, ".example img")] == [1, 1, 2]


def test_the_sum_opens_in_arithmetic(visit):
    page = visit(**WIDE)
    query = page.locator(SUM).get_attribute("data-sum")
    page.locator(SUM).click()
    page.locator("#sum-answer .equation").wait_for()
    assert page.locator("#query input").input_value() == query
    page.wait_for_function("location.search.includes('q=')")


def test_on_a_phone_the_sum_gives_way_and_options_are_folded(visit):
    page = visit(**PHONE)
    page.get_by_label("Words to search for").fill("a cat")
    page.keyboard.press("Enter")
    page.locator(SUM).wait_for(state="hidden")
    assert box(page, ANSWER)["y"] <= 400
    counts, options = page.get_by_role("group", name="How many pictures"), page.get_by_role("button", name="Options")
    assert not counts.is_visible()
    options.tap()
    assert options.get_attribute("aria-expanded") == "true"
    counts.get_by_role("button", name="6", exact=True).tap()
    page.wait_for_function("document.querySelectorAll('#answer button.card').length === 6")
    assert counts.is_visible()  # until they are folded again
    assert fits(page)
    options.tap()
    assert not counts.is_visible()


def test_the_place_for_a_picture_opens_at_the_box(visit):
    page = visit(**PHONE)
    button, place = page.get_by_role("button", name="Ask with a picture", exact=True), page.locator("#picture")
    assert not place.is_visible()
    button.tap()
    place.get_by_role("button", name="Capture from camera").wait_for()
    assert button.get_attribute("aria-expanded") == "true"
    button.tap()
    assert not place.is_visible()


@pytest.mark.parametrize("screen", [WIDE, PHONE])
def test_what_is_loading_is_told_to_screen_readers_and_has_the_shape_of_an_answer(visit, screen):
    page = visit(**screen)
    answered = box(page, ANSWER)
    page.evaluate("html => document.querySelector('#answer .answer').outerHTML = html", str(waiting("Loading it", 12)))
    status = page.locator("#answer [role=status]")
    assert status.inner_text() == "Loading it …"
    assert max(box(page, "#answer [role=status]")[side] for side in ("width", "height")) <= 1
    skeleton = box(page, ANSWER)
    assert all(abs(skeleton[side] - answered[side]) <= 4 for side in answered)


def test_keys_are_told_where_there_are_keys(visit):
    assert visit(**WIDE).locator("#answer .keys").is_visible()
    page = visit(**PHONE)
    assert not page.locator("#answer .keys").is_visible()
    assert "Enter" not in page.locator(BOX).get_attribute("placeholder")


HANDS = """([kind, text]) => {
  const data = new DataTransfer(), canvas = document.createElement("canvas");
  canvas.width = canvas.height = 40;
  const bytes = Uint8Array.from(atob(canvas.toDataURL("image/png").split(",")[1]), (each) => each.charCodeAt(0));
  data.items.add(new File([bytes], "mine.png", { type: "image/png" }));
  if (text) data.items.add(text, "text/plain");
  const options = { bubbles: true, cancelable: true, clipboardData: data, dataTransfer: data };
  return !document.body.dispatchEvent(new (kind === "paste" ? ClipboardEvent : DragEvent)(kind, options));
}"""


def test_a_picture_pasted_or_dropped_anywhere_is_asked_with(visit):
    page = visit(**WIDE)
    assert not page.evaluate(HANDS, ["paste", "a cell of a table"])  # which is text
    for kind in ("drop", "paste"):
        open_tab(page, "About")
        page.evaluate(HANDS, ["dragover", ""])
        assert page.locator("#tabs").get_attribute("data-drop") == "Drop the picture to ask with it"
        assert page.evaluate(HANDS, [kind, ""])
        page.locator("#answer figcaption", has_text="Your picture").wait_for()
        page.wait_for_function(
            "!document.querySelector('#answer .busy') && document.querySelector('#picture img') === null"
        )
        page.locator(".starters .chip").first.click()
        page.locator("#answer figcaption").wait_for(state="detached")


def test_in_arithmetic_a_pasted_picture_is_what_the_sum_starts_from(visit):
    page = visit(**WIDE)
    open_tab(page, "Arithmetic")
    page.locator("#sum-answer .equation").wait_for()
    page.evaluate(HANDS, ["paste", ""])
    page.locator("#sum-answer .equation .id", has_text="your picture").wait_for()
