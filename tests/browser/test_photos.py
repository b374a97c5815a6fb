"""A folder of photographs as the collection of the page, in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client
from PIL import Image, ImageDraw

from tests.browser.tabs import PHONE, fits, open_tab
from tests.browser.test_search import ask, title
from tests.conftest import tiny_checkpoint
from tests.demo_fixtures import Served, running
from vse.data import load_collection

pytestmark = pytest.mark.browser
COUNT = 12


def draw_photos(folder: Path) -> None:
    """Twelve drawn pictures, half of them in a subfolder, and a file that is none."""
    for number in range(COUNT):
        place = folder / ("day 2" if number % 2 else ".")
        place.mkdir(parents=True, exist_ok=True)
        image = Image.new("RGB", (120, 80), (20 * number, 200 - 15 * number, 90))
        ImageDraw.Draw(image).ellipse((5 * number, 10, 5 * number + 50, 60), fill=(240, 220, 12 * number))
        image.save(place / f"photo {number:02}.png")
    (folder / "broken.jpg").write_bytes(b"no picture")


@pytest.fixture(scope="module")
def served(scenes_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app with a folder of twelve photographs and a tiny model."""
    from vse.encoders.vse.checkpoint import save_checkpoint

    folder = tmp_path_factory.mktemp("photos_app")
    draw_photos(folder / "photos")
    collection = load_collection(scenes_folder)
    save_checkpoint(folder / "tiny", tiny_checkpoint(texts=[*collection.captions, "a dog running"]))
    arguments = ["--model", str(folder / "tiny"), "--no-clip", "--collection", str(scenes_folder)]
    with running([*arguments, "--images", str(folder / "photos")], folder) as address:
        yield Served(address, collection, folder / "app.log")


def test_photographs_are_indexed_found_and_opened(visit):
    page = visit()
    page.locator("#photos-progress", has_text="12 photographs indexed").wait_for()
    page.locator("#answer h2", has_text="From photos").wait_for()
    assert page.locator("#answer button.card").count() == COUNT
    page.wait_for_function("location.search.includes('collection=folder')")
    page.locator("#photos-unreadable summary").click()
    assert "'broken.jpg' is not a picture" in page.locator("#photos-unreadable").inner_text()

    ask(page, "a dog running")
    title(page, "a dog running")
    page.locator("#answer button.card").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+Enter")
    dialog = page.locator("dialog.larger")
    dialog.locator("h2", has_text="photo").wait_for()
    page.wait_for_function("document.querySelector('dialog.larger img').naturalWidth === 120")
    dialog.locator(".tags :is(li, p:not(:text('Looking')))").first.wait_for()
    dialog.get_by_role("button", name="Ask with this picture").click()
    title(page, "Similar pictures")
    assert page.locator("#answer button.card").count() == COUNT - 1
    page.locator("#answer button.zoom").nth(2).dispatch_event("click")
    item = dialog.get_by_role("button", name="Copy its id").get_attribute("data-copy")
    dialog.get_by_role("button", name="Add to the sum").click()
    page.locator("#sum-answer h2", has_text=f"[{item}]").wait_for()
    open_tab(page, "Compare")
    page.locator("#compare", has_text="have no captions").wait_for()


def test_the_collection_is_chosen_in_the_head_and_part_of_the_address(visit, served: Served):
    page = visit("?collection=folder&q=a%20dog%20running")
    title(page, "a dog running")
    page.locator("#answer img[src^='photos/small/']").first.wait_for()
    page.locator("#collection summary").click()
    page.locator("#collection a").first.click()
    page.locator("#answer img[src^='pictures/']").first.wait_for()
    title(page, "a dog running")
    assert f"collection={served.collection.name}" in page.url
    page.go_back()
    page.locator("#answer img[src^='photos/small/']").first.wait_for()
    title(page, "a dog running")
    page.locator("#collection summary").click()
    page.locator("#collection input").fill("/nowhere at all")
    page.locator("#collection form").get_by_text("Index", exact=True).click()
    page.locator(".toast-body", has_text="There is no folder /nowhere at all").wait_for()


def test_links_to_the_tab_that_photographs_had_lead_to_the_folder(visit):
    page = visit("?tab=photographs&photos=a%20dog%20running&k=6")
    title(page, "a dog running")
    assert page.locator("#answer img[src^='photos/small/']").count() == 6
    page.wait_for_function("!location.search.includes('photos=') && location.search.includes('q=')")


def test_a_program_searches_the_photographs(served: Served):
    """The request that tells who asks is no parameter of the endpoint."""
    client = Client(served.address, verbose=False)
    found = client.predict("a dog running", 3, api_name="/search_photos")
    assert [each["rank"] for each in found["answers"]] == [1, 2, 3]


def test_a_phone_never_scrolls_sideways(visit):
    page = visit(color_scheme="dark", **PHONE)
    page.locator("#answer button.card").first.wait_for()
    assert fits(page)
    page.locator("#answer button.zoom").nth(1).tap()
    page.locator("dialog.larger .close").tap()
    assert page.locator("dialog.larger[open]").count() == 0
