"""Questions asked before, which the browser keeps, in Chromium."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.browser.tabs import PHONE, fits, open_tab
from tests.browser.test_search import ask, title
from tests.demo_fixtures import Served

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
NO_STORAGE = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"


def opened(page: Page, within: str = "#starters") -> Locator:
    """The menu of the questions asked before."""
    page.locator(f"{within} .recent summary").click()
    return page.locator(f"{within} .recent .sheet")


def queries(menu: Locator, title: str) -> list[str]:
    return menu.get_by_role("list", name=title).locator("[data-words]").all_inner_texts()


def remembered(page: Page, query: str) -> None:
    """Wait until a question is the last one that the browser keeps."""
    first = (
        "JSON.parse(localStorage[Object.keys(localStorage).find(key => key.startsWith('vse:asked:'))] ?? '{}').recent"
    )
    page.wait_for_function(f"query => {first}?.[0] === query", arg=query)


def kept(page: Page, collection: str) -> dict[str, list[str]]:
    return json.loads(page.evaluate("name => localStorage.getItem(`vse:asked:${name}`)", collection))


def test_a_question_asked_before_is_saved_and_asked_again_after_another_visit(visit):
    page = visit()
    page.evaluate("localStorage.clear()")
    assert not page.locator("#starters .recent").is_visible()
    for words in ("a dog", "a cat + car", "a dog", "a red car"):
        ask(page, words)
        remembered(page, words)
    menu = opened(page)
    assert queries(menu, "Asked before") == ["a red car", "a dog", "a cat + car"]
    menu.get_by_label("Save: a dog").press("Enter")
    assert queries(menu, "Saved") == ["a dog"]
    assert page.evaluate("document.activeElement.ariaPressed") == "true"
    page = visit()
    menu = opened(page)
    assert queries(menu, "Asked before") == ["a red car", "a cat + car"]
    menu.get_by_role("button", name="a dog", exact=True).click()
    title(page, "a dog")
    assert not menu.is_visible()


def test_questions_are_bounded_removed_one_by_one_and_cleared(visit, served: Served):
    page, name = visit(), served.collection.name
    many = {"recent": [f"dog {number}" for number in range(20)], "saved": []}
    page.evaluate("([name, lists]) => localStorage.setItem(`vse:asked:${name}`, lists)", [name, json.dumps(many)])
    ask(page, "a red car")
    remembered(page, "a red car")
    assert kept(page, name)["recent"] == ["a red car", *many["recent"][:19]]
    menu = opened(page)
    menu.get_by_label("Remove: dog 3", exact=True).click()
    assert len(queries(menu, "Asked before")) == 19
    assert "dog 3" not in kept(page, name)["recent"]
    menu.get_by_role("button", name="Clear all").click()
    page.locator("#starters .recent").wait_for(state="hidden")
    assert page.evaluate("name => localStorage.getItem(`vse:asked:${name}`)", name) is None


def test_a_sum_and_a_picture_are_asked_again_in_the_view_where_one_is(visit, served: Served):
    item_id = served.collection.items[3].id
    page = visit(f"?image={item_id}", **PHONE)
    remembered(page, f"[{item_id}]")
    open_tab(page, "Arithmetic")
    box = page.locator("#query :is(textarea, input)")
    for query in (f"[{item_id}] - dog", "dog + car"):
        box.fill(query)
        box.press("Enter")
        remembered(page, query)
    menu = opened(page, "#sum-starters")
    assert fits(page)
    assert queries(menu, "Asked before") == ["dog + car", f"[{item_id}] - dog", f"[{item_id}]"]
    menu.get_by_role("button", name=f"[{item_id}] - dog", exact=True).tap()
    page.locator("#sum-answer h2", has_text=f"[{item_id}] - dog").wait_for()
    page.wait_for_function(f"document.querySelector('#query :is(textarea, input)').value === '[{item_id}] - dog'")


def test_a_browser_without_storage_answers_and_keeps_nothing(visit):
    page = visit()
    page.add_init_script(NO_STORAGE)
    page.reload()
    page.wait_for_selector(".answer:not([aria-busy]):visible")
    ask(page, "a dog")
    title(page, "a dog")
    assert not page.locator("#starters .recent").is_visible()
