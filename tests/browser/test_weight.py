"""What a first visit loads, and that nothing of it is for views that are not open, in Chromium."""

from __future__ import annotations

import pytest

from tests.browser.tabs import open_tab
from tests.browser.weight import ANSWERED, SCREENS, Listener, Weight, visit
from tests.demo_fixtures import Served

pytestmark = pytest.mark.browser

MOST_REQUESTS, MOST_BYTES = 20, 145_000  # here every answer is shown at once, and pictures are tiny
MAP = ("map.js", "plotly.min.js")


def names(some: dict[str, int]) -> set[str]:
    return {url.partition("?")[0].rpartition("/")[2] for url in some}


@pytest.mark.parametrize("screen", SCREENS)
def test_a_first_visit_is_light_and_a_second_one_lighter(browser, served: Served, screen: str):
    with browser.new_context(**SCREENS[screen]) as context:
        first, second = (visit(context, served.address) for _ in range(2))
    assert len(first.own) <= MOST_REQUESTS
    assert 50_000 < sum(first.own.values()) <= MOST_BYTES
    assert not names(first.own).intersection(MAP)
    assert names(first.ahead) == set(MAP)
    assert len(second.own) <= 3
    assert second.ahead == {}
    assert len(second.of_gradio) <= 3


def test_the_map_takes_what_was_fetched_ahead(browser, served: Served):
    with browser.new_context(**SCREENS["wide"]) as context:
        page = context.new_page()
        listener = Listener(page)
        page.goto(served.address)
        page.wait_for_selector(ANSWERED)
        page.wait_for_function("performance.getEntriesByType('resource').some(({ name }) => name.includes('plotly'))")
        page.set_default_timeout(180_000)
        open_tab(page, "Map")
        page.wait_for_selector("#map .plot[data-wired]")
        weight: Weight = listener.weight()
    assert not names(weight.own).intersection(MAP)
