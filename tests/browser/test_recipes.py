"""Emoji Recipes in the page: chosen in the head, asked with a pasted recipe, and asked again by the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.test_map import drawn
from tests.demo_fixtures import Served
from vse.data import load_collection

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_a_pasted_recipe_finds_its_dish(browser: Browser, shipped: Served):
    item = load_collection("recipes").items[0]
    recipe = item.inputs["recipe"][0]
    address = shipped.address
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
    box.fill("[recipe] - egg + cheese")
    box.press("Enter")
    equation = page.locator("#answer .equation")
    equation.wait_for()
    assert equation.get_attribute("aria-label").startswith(f"The recipe {recipe.title}, minus")
    page.wait_for_function("location.search.includes('Ingredients')")
    page.goto(page.url)
    equation.wait_for()
    assert box.input_value().startswith(f"[{recipe.title} ⏎ Ingredients:")
    page.goto(f"{address}?collection=recipes&image={item.id}")
    page.get_by_text("its own").first.wait_for()
    page.locator(".recipes summary").first.click()
    assert page.locator(".recipes .recipe").first.inner_text().startswith(recipe.ingredients[0])
    context.close()


def test_a_recipe_on_the_map_opens_with_its_neighbours(browser: Browser, shipped: Served):
    item = load_collection("recipes").items[0]
    address = shipped.address
    page = browser.new_page()
    page.goto(f"{address}?collection=recipes&tab=map")
    drawn(page)
    rows = page.evaluate(
        "[...document.querySelector('#map .plot').data.find((each) => each.name === 'recipe').customdata]"
    )
    assert len(rows) == 500
    page.get_by_text("Points as a list").click()
    page.get_by_label("Find points").fill(item.inputs["recipe"][0].title)
    page.locator(".map-list button", has_text="▲").first.click()
    page.locator(".map-picked h3", has_text=item.inputs["recipe"][0].title).wait_for()
    assert page.locator(".map-picked .recipe li").first.inner_text() == item.inputs["recipe"][0].ingredients[0]
    assert page.locator(".map-picked .pick").count() == 6
    assert page.locator(".map-picked .pick").first.get_attribute("data-pick") == item.id
    page.get_by_text("Recipes", exact=True).click()
    page.wait_for_function("!document.querySelector('#map .plot').data.find((e) => e.name === 'recipe').x.length")
    page.get_by_role("button", name="Search with it").click()
    page.get_by_role("heading", name=f"Dishes for {item.inputs['recipe'][0].title}").wait_for()
    page.close()
