"""The map of a running app: the tab as a visitor meets it, in Chromium, a link to it, and its endpoint.

All in one file, because the first map of a process takes half a minute.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from tests.browser.tabs import PHONE, fits, open_tab
from tests.demo_fixtures import Served

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

WAIT = 180_000  # the first map of a model is made in between
# Where a row of the map stands on the screen.
SPOT = """([row, side]) => {
  const plot = document.querySelectorAll("#map .plot")[side], { xaxis, yaxis } = plot._fullLayout;
  const trace = plot.data.find((each) => each.customdata?.includes(row)), at = trace.customdata.indexOf(row);
  const box = plot.getBoundingClientRect(), share = (value, [low, high]) => (value - low) / (high - low);
  return [box.left + share(trace.x[at], xaxis.range) * box.width,
    box.top + (1 - share(trace.y[at], yaxis.range)) * box.height];
}"""


CORNERS = """(() => {
  const { x, y } = document.querySelector("#map .plot").data.find(({ name }) => name === "parallelogram");
  return [[...x], [...y]];
})()"""


def open_map(page: Page, sides: int = 1) -> Page:
    page.set_default_timeout(WAIT)
    open_tab(page, "Map")
    drawn(page, sides)
    return page


def drawn(page: Page, sides: int = 1) -> None:
    page.wait_for_function(
        "sides => document.querySelectorAll('#map .plot[data-wired]').length === sides", arg=sides, timeout=WAIT
    )


def follow(page: Page, link: str, sides: int = 1) -> None:
    """Open a link to the map, once the page before is all there."""
    page.wait_for_function("document.title.includes('·')")
    page.goto(link)
    drawn(page, sides)


def spot(page: Page, row: int, side: int = 0) -> tuple[float, float]:
    page.locator("#map .plot").nth(side).scroll_into_view_if_needed()
    x, y = page.evaluate(SPOT, [row, side])
    return x, y


def trace(page: Page, name: str, side: int = 0) -> dict:
    return page.evaluate(
        "([name, side]) => { const t = document.querySelectorAll('#map .plot')[side].data.find((t) => t.name === name);"
        " return { x: [...(t?.x ?? [])], selected: t?.selectedpoints ?? null } }",
        [name, side],
    )


def test_a_click_on_the_map_shows_the_picture_and_searches_with_it(visit, served: Served):
    page = open_map(visit())
    assert len(trace(page, "picture")["x"]) == 30
    x, y = spot(page, 7)
    page.mouse.move(x - 4, y - 4)
    page.mouse.move(x, y)
    page.locator(".map-card img").wait_for(state="visible")
    page.mouse.click(x, y)
    picked = page.locator(".map-picked .facts").inner_text()
    assert picked in served.collection.rows
    assert "8 pictures nearest to it in the space" in page.locator(".map-picked .misleads").inner_text()
    page.wait_for_function("document.querySelector('.map-key').textContent.includes('nearest in the space')")
    lines = [len(trace(page, name)["x"]) // 3 for name in ("near", "torn")]  # two ends and a gap each
    assert sum(lines) == 8
    assert len(trace(page, "strangers")["x"]) == lines[1]  # as many are brought near as are torn away
    page.get_by_role("button", name="Search with it").click()
    page.locator(".probe figcaption", has_text=picked).wait_for()
    assert page.get_by_role("tab", name="Search").get_attribute("aria-selected") == "true"


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["wide", "phone"])
def test_a_box_fills_the_gallery_and_clearing_empties_it(visit, screen: dict[str, Any]):
    page = open_map(visit(**screen))
    page.get_by_role("button", name="Box", exact=True).click()
    box = page.locator("#map .plot").bounding_box()
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] - 3, steps=5)
    page.mouse.up()
    page.locator(".map-selected .pick").nth(29).wait_for()
    assert page.locator(".map-selected .facts").inner_text().startswith("30 pictures · 30 captions")
    page.wait_for_function("document.querySelector('.map-selected .pick').getBoundingClientRect().bottom < innerHeight")
    assert trace(page, "picture")["selected"] == list(range(30))
    page.locator(".map-selected [data-clear]").click()
    page.locator(".map-selected").wait_for(state="detached")
    page.wait_for_function("!document.querySelector('#map .plot').data[0].selectedpoints")


def test_a_sum_is_drawn_as_a_path(visit, served: Served):
    page = open_map(visit())
    box = page.get_by_label("Query on the map")
    box.fill(f"[{served.collection.items[3].id}] - dog + cat")
    box.press("Enter")
    page.locator(".map-answers q", has_text="- dog + cat").wait_for()
    page.wait_for_function("document.querySelector('#map .plot').layout.annotations.filter(a => a.ax).length === 4")
    assert len(trace(page, "steps")["x"]) == 2
    b, a, closes, c, _ = zip(*(page.evaluate(CORNERS)), strict=True)
    assert [a[axis] - b[axis] + c[axis] for axis in (0, 1)] == pytest.approx(closes, abs=1e-3)
    assert "would end at ◇" in page.locator(".map-answers .misleads").inner_text()
    assert len(trace(page, "query")["x"]) == 1
    assert len(trace(page, "answers")["x"]) == page.locator(".map-answers .pick").count() == 10
    assert "about where the query lies" in page.locator(".map-key").inner_text()
    box.fill("[nothing] - dog")
    box.press("Enter")
    page.locator("#map-problem .wrong").wait_for()
    page.wait_for_function("!document.querySelector('#map .plot').data.some((t) => t.name === 'query')")


def test_side_by_side_shares_what_is_picked(visit, served: Served, tmp_path: Path):
    page = open_map(visit("?model=both"), 2)
    assert page.locator(".map-sides figcaption").all_inner_texts() == ["tiny", "other"]
    page.locator(".map-answers .pick").first.click()
    page.locator(".map-picked img").first.wait_for()
    for side in (0, 1):
        page.wait_for_function(
            "side => document.querySelectorAll('#map .plot')[side].data.some((t) => t.name === 'picked')", arg=side
        )
    morph(page)
    page.locator(".map-export summary").click()
    with page.expect_download() as download:
        page.locator("#map [data-save=json]").click()
    download.value.save_as(tmp_path / "map.json")
    assert download.value.suggested_filename == "map-noise-tiny-joint-centred.json"
    rows = json.loads((tmp_path / "map.json").read_text())
    assert {each["kind"] for each in rows} == {"picture", "caption", "word"}
    first, item = rows[0], served.collection.items[0]
    assert first["id"] == item.id
    assert first["text"] in item.captions
    assert -1 <= first["score"] <= 1
    assert {"facet.place", "facet.time"} <= first.keys()


def places(page: Page, side: int = 0) -> np.ndarray:
    """(N, 2): where the pictures of a side stand, in the order of their rows."""
    x, y, rows = page.evaluate(
        "side => { const { x, y, customdata } = document.querySelectorAll('#map .plot')[side].data[0];"
        " return [[...x], [...y], [...customdata]] }",
        side,
    )
    return np.array([x, y]).T[np.argsort(rows)]


def apart(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - points[None], axis=2)


def morph(page: Page) -> None:
    """The two maps become one whose points go from one to the other, turned but not stretched, and two again."""
    first, second = places(page), places(page, 1)
    page.get_by_role("button", name="Morph").click()
    page.wait_for_function(
        "document.querySelectorAll('#map .plot').length === 1 && location.search.includes('morph=0')"
    )
    assert places(page) == pytest.approx(first)
    slider = page.get_by_label("From one model's map to the other's")
    slider.fill("100")
    page.wait_for_function("document.querySelector('#map figcaption').textContent === 'other'")
    turned = places(page)
    assert apart(turned) == pytest.approx(apart(second), abs=1e-4)
    assert np.linalg.norm(turned - first) <= np.linalg.norm(second - second.mean(0) - first + first.mean(0)) + 1e-4
    slider.fill("50")
    page.wait_for_function("document.querySelector('#map figcaption').textContent === 'tiny → other'")
    assert places(page) == pytest.approx((first + turned) / 2, abs=1e-4)
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("document.querySelector('#map figcaption').textContent === 'tiny'")
    page.get_by_role("button", name="Morph").click()
    page.wait_for_function("document.querySelectorAll('#map .plot').length === 2 && !location.search.includes('morph')")
    page.wait_for_function("document.querySelectorAll('#map .plot[data-wired]').length === 2")
    assert places(page, 1) == pytest.approx(second)


def test_points_are_listed_for_whoever_has_no_pointer(visit):
    page = open_map(visit())
    page.locator(".map-list summary").press("Enter")
    page.get_by_label("Find points").fill("dog")
    page.wait_for_function("[...document.querySelectorAll('.map-list li')].every((e) => e.textContent.includes('dog'))")
    picture = "document.querySelector('#map .plot').data[0]"  # what is not found is grey, not gone
    page.wait_for_function(f"new Set({picture}.marker.color).has('rgb(208,207,204)')")
    assert len(trace(page, "picture")["x"]) == 30
    first = page.locator(".map-list button").first
    first.press("Enter")
    page.locator(".map-picked").wait_for()
    assert fits(page)


def test_a_phone_never_scrolls_sideways(visit):
    page = open_map(visit(color_scheme="dark", **PHONE))
    assert fits(page)
    x, y = spot(page, 4)
    page.touchscreen.tap(x, y)
    page.locator(".map-picked").wait_for()
    assert fits(page)


def test_a_link_to_the_map_shows_its_query_there(visit, served: Served):
    page = visit()
    follow(page, f"{served.address}?q=dog%20-%20cat&tab=map&model=both", 2)
    assert page.locator("#tabs [role=tab][aria-selected=true]").inner_text() == "Map"
    assert page.get_by_label("Query on the map").input_value() == "dog - cat"


def test_a_link_to_the_map_keeps_what_was_chosen_on_it_and_back_takes_it_away(visit, served: Served):
    page = open_map(visit("?q=a%20dog"))
    regions = "document.querySelector('#map .plot').layout.annotations.filter(({ name }) => name === 'region').length"
    page.wait_for_function(f"{regions} > 1")
    page.get_by_label("Names", exact=True).uncheck()
    page.wait_for_function(f"{regions} === 0 && location.search.includes('names=off')")
    page.locator("[data-colour]").select_option("kind of point")
    page.locator(".map-answers .pick").first.click()
    picked = page.locator(".map-picked .facts").inner_text()
    page.get_by_role("button", name="Box", exact=True).click()
    box = page.locator("#map .plot").bounding_box()
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 3, steps=5)
    page.mouse.up()
    counts = page.locator(".map-selected .facts").inner_text()
    page.wait_for_function("location.search.includes('lasso=0_')")

    again = visit()
    again.set_default_timeout(WAIT)
    follow(again, page.url)
    again.locator(".map-selected .facts", has_text=counts).wait_for()
    again.locator(".map-picked .facts", has_text=picked).wait_for()
    assert again.locator("[data-colour]").input_value() == "kind of point"
    assert not again.get_by_label("Names", exact=True).is_checked()
    again.wait_for_function("document.querySelector('#map .plot').data.some(({ name }) => name === 'near')")
    assert trace(again, "picture")["selected"] == trace(page, "picture")["selected"]
    assert again.url == page.url

    page.get_by_label("Query on the map").fill("two cats")
    page.get_by_label("Query on the map").press("Enter")
    page.wait_for_function("location.search.includes('two+cats')")
    page.locator("#map-selected [data-clear]").click()
    page.wait_for_function("location.search.includes('two+cats') && !location.search.includes('lasso')")
    page.go_back()
    page.locator(".map-selected .facts", has_text=counts).wait_for()
    assert page.locator(".map-answers q").inner_text() == "a dog"


def test_an_address_of_the_map_may_hold_anything(visit, served: Served):
    page = visit()
    follow(page, f"{served.address}?q=a+dog&tab=map&layout=x&colour=x&pick=picture:x&lasso=7_1_2_x_NaN")
    page.wait_for_function("location.search === '?q=a+dog&tab=map' || location.search === '?tab=map&q=a+dog'")


def test_a_program_gets_a_point_for_every_row(served: Served):
    client = Client(served.address, verbose=False)
    found = client.predict(layout="joint", api_name="/map_points")
    kinds = [each["kind"] for each in found["points"]]
    assert (kinds.count("picture"), kinds.count("caption")) == (30, 30)
    assert (found["model"], found["layout"]) == ("tiny", "joint")
    captions = {each["id"]: each["text"] for each in found["points"] if each["kind"] == "caption"}
    for name, text in captions.items():
        item_id, _, number = name.rpartition("#")
        assert served.collection.item(item_id).captions[int(number)] == text
    assert all(-1 <= each[axis] <= 1 for each in found["points"] for axis in ("x", "y"))
    with pytest.raises(AppError, match=r"^No layout 'round' of the map: give one of joint-centred, joint, per-"):
        client.predict("vse", "round", api_name="/map_points")


FILLED = """() => {
  const plot = document.querySelector("#map .plot"), { xaxis, yaxis } = plot._fullLayout;
  const rows = plot.data.filter(({ name }) => ["picture", "caption", "word"].includes(name));
  return [[xaxis, "x"], [yaxis, "y"]].map(([{ range }, name]) => {
    const values = rows.flatMap((trace) => [...trace[name]]);
    return (Math.max(...values) - Math.min(...values)) / (range[1] - range[0]);
  });
}"""


@pytest.mark.parametrize("context", [{"viewport": {"width": 1400, "height": 900}}, PHONE], ids=["wide", "phone"])
def test_the_map_fills_its_frame_below_its_tools_and_its_legend(visit, context: dict):
    page = open_map(visit(**context))
    assert all(share > 0.75 for share in page.evaluate(FILLED))
    height = context["viewport"]["height"]
    tools, legend, plot = (
        page.locator(f"#map {each}").bounding_box() for each in (".map-tools", ".map-legend", ".plot")
    )
    assert tools["y"] + tools["height"] <= legend["y"] < legend["y"] + legend["height"] <= plot["y"] < height
    if context is not PHONE:
        assert plot["y"] + plot["height"] <= height
    assert fits(page)


def test_the_card_of_a_point_leaves_the_query_box_alone(visit):
    page = open_map(visit(viewport={"width": 1400, "height": 900}))
    top = page.evaluate(
        "(() => { const { x, y, name } = document.querySelector('#map .plot').data[0];"
        " return [...y].indexOf(Math.max(...y)) })()"
    )
    x, y = spot(page, top)
    page.mouse.move(x - 4, y - 4)
    page.mouse.move(x, y)
    page.locator(".map-card img").wait_for(state="visible")
    box, card = page.locator("#map-query").bounding_box(), page.locator(".map-card").bounding_box()
    assert card["y"] >= box["y"] + box["height"]
    zoom = page.get_by_role("button", name="Zoom in")
    images = "document.querySelector('#map .plot').layout.images.length"
    assert page.evaluate(images) == 0
    zoom.click()
    page.wait_for_function(f"{images} > 0 && {images} <= 30")
    page.get_by_role("button", name="All", exact=True).click()
    page.wait_for_function(f"{images} === 0")


@pytest.mark.parametrize("has_fullscreen", [True, False])
def test_full_screen_and_back(visit, has_fullscreen: bool):
    page = open_map(visit(viewport={"width": 1400, "height": 900}))
    if not has_fullscreen:
        page.evaluate("Object.defineProperty(document, 'fullscreenEnabled', { value: false })")
    before = page.locator("#map .plot").bounding_box()
    button = page.get_by_role("button", name="Full screen")
    button.click()
    page.wait_for_function(
        "document.querySelector('#map .plot')._fullLayout.width > 1300 && document.querySelector('.map.full')"
    )
    full = page.locator("#map .plot").bounding_box()
    assert full["height"] > before["height"]
    assert full["y"] + full["height"] <= 900
    assert all(share > 0.75 for share in page.evaluate(FILLED))
    assert bool(page.evaluate("document.fullscreenElement")) == has_fullscreen
    button.click()
    page.wait_for_function("document.querySelector('#map .plot')._fullLayout.width < 1100")
    assert page.locator("#map .plot").bounding_box() == before
    assert button.get_attribute("aria-pressed") == "false"


def test_points_that_were_drawn_are_not_fetched_again(visit):
    fetched = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('map/points/'))"
    page = open_map(visit())
    assert page.evaluate(f"{fetched}.length") == 1
    follow(page, page.url)
    page.wait_for_function(f"{fetched}.length === 1")
    assert page.evaluate(f"{fetched}[0].transferSize") == 0


def test_points_that_the_server_has_forgotten_are_drawn_anew(browser, served: Served):
    fetched = []

    def forget(route) -> None:
        fetched.append(route.request.url)
        if len(fetched) == 1:
            route.fulfill(status=404, body="gone")
        else:
            route.continue_()

    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/map/points/*", forget)
        page.goto(f"{served.address}?tab=map")
        drawn(page)
    assert len(fetched) == 2
