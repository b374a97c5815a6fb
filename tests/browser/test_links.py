"""A copied link opens the view that it was copied from, in Chromium."""

from __future__ import annotations

import pytest

from tests.browser.tabs import PHONE
from tests.browser.test_measures import open_tab
from tests.demo_fixtures import Served

pytestmark = pytest.mark.browser


def in_front(page) -> str:
    return page.locator("#tabs [role=tab][aria-selected=true]").inner_text()


def follows(page, tab: str) -> None:
    page.wait_for_function(
        "tab => (new URL(location.href).searchParams.get('tab') ?? 'search') === tab", arg=tab, timeout=10_000
    )


@pytest.mark.parametrize("context", [{"viewport": {"width": 1400, "height": 900}}, PHONE], ids=["wide", "phone"])
def test_the_address_names_the_view_and_opens_it_again(visit, served: Served, context: dict):
    page = visit("?q=a%20red%20dog", **context)
    for name in ("About", "Evaluate"):
        open_tab(page, name)
        follows(page, name.lower())
    assert "q=a%20red%20dog" in page.url or "q=a+red+dog" in page.url
    page.locator("#evaluate-misses button.case").first.wait_for()
    page = visit(page.url.removeprefix(served.address), **context)
    page.locator("#evaluate-misses button.case").first.wait_for()
    follows(page, "evaluate")
    open_tab(page, "Search")
    follows(page, "search")
    assert "tab=" not in page.url


def test_a_link_without_a_view_opens_the_one_of_its_query(visit):
    page = visit("?q=dog%20-%20cat")
    page.locator("#sum-answer h2", has_text="dog - cat").wait_for()
    assert in_front(page) == "Arithmetic"
    follows(page, "arithmetic")


def test_a_link_to_no_view_opens_the_search(visit):
    page = visit("?tab=kitchen")
    assert in_front(page) == "Search"
