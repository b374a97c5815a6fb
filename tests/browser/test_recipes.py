"""Emoji Recipes in the page: chosen in the head, asked with a pasted recipe, and asked again by the address."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.demo_fixtures import running
from vse.data import load_collection

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_a_pasted_recipe_finds_its_dish(browser: Browser, tmp_path: Path):
    item = load_collection("recipes").items[0]
    recipe = item.inputs["recipe"][0]
    with running([], tmp_path) as address:
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(address)
        page.locator(".collection summary").click()
        page.locator('a[data-collection="recipes"]').click()
        page.wait_for_function("location.search.includes('collection=recipes')")
        page.locator('#starters button[data-words="pizza with mushrooms"]').wait_for()
        page.locator("#answer .answer:not([aria-busy])").wait_for()
        page.evaluate("text => navigator.clipboard.writeText(text)", str(recipe))
        box = page.get_by_label("Words to search for")
        box.fill("")
        box.press("Control+v")
        assert " ⏎ Ingredients: ⏎ " in box.input_value()
        box.press("Enter")
        title = page.get_by_role("heading", name=f"Dishes for {recipe.title}")
        title.wait_for()
        assert page.locator("#answer button.card").first.get_attribute("data-item") == item.id
        page.goto(page.url)
        title.wait_for()
        page.goto(f"{address}?collection=recipes&image={item.id}")
        page.get_by_text("its own").first.wait_for()
        page.locator(".recipes summary").first.click()
        assert page.locator(".recipes .recipe").first.inner_text().startswith(recipe.ingredients[0])
        context.close()
