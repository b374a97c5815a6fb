"""What axe-core finds in every view: light and dark, wide and narrow."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from demo.views import VIEWS
from tests.browser.tabs import open_tab
from tests.demo_fixtures import Served

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

WIDE, NARROW = {"width": 1400, "height": 900}, {"width": 390, "height": 844}
# Experimental in axe-core, and therefore off: what is said of a button must hold what is written on it.
RULES = {"label-content-name-mismatch": {"enabled": True}}
# What each view shows once it is ready.
SHOWS = {
    "search": "#answer .answer:not([aria-busy])",
    "arithmetic": "#sum-answer .answer:not([aria-busy])",
    "map": "#map .plot",
    "words": "#words-plane svg",
    "learn": "#learn .curve",
    "compare": "#compare .measures",
    "evaluate": "#evaluate-misses button.case",
    "about": "text=How to read the scores",
}


def serious(page: Page) -> list[str]:
    """Each serious fault in what is shown now: its rule, and the first places where it is found."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text())
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, {rules, resultTypes: ['violations']})", RULES)
    return [
        f"{each['id']}: {len(each['nodes'])} x {'; '.join(node['html'][:160] for node in each['nodes'][:3])}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical") or each["id"] == "heading-order"
    ]


@pytest.mark.parametrize(("scheme", "size"), [("light", WIDE), ("dark", NARROW)], ids=["light", "dark"])
def test_no_view_has_a_serious_fault(visit, served: Served, scheme: str, size: dict[str, int]):
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    faults = []
    page = visit(f"?q=[{served.collection.items[3].id}] - dog %2B cat", color_scheme=scheme, viewport=size)
    for view in VIEWS:
        open_tab(page, view.title)
        page.locator(SHOWS[view.id]).first.wait_for(timeout=300_000)  # a map is fitted first
        faults += [f"{view.title}: {each}" for each in serious(page)]
    assert not faults, "\n".join(faults)
