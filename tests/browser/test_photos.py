"""The tab for a folder of photographs, in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client
from PIL import Image, ImageDraw

from tests.browser.tabs import PHONE, fits
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
    assert page.locator("#photos-answer button.card").count() == COUNT
    assert not page.locator("#switch").is_visible()  # it has no say here
    page.locator("#photos-unreadable summary").click()
    assert "'broken.jpg' is not a picture" in page.locator("#photos-unreadable").inner_text()

    box = page.get_by_label("Words to search your photographs for")
    box.fill("a dog running")
    box.press("Enter")
    page.locator("#photos-answer h2", has_text="a dog running").wait_for()
    first = page.locator("#photos-answer button.card").first
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.larger")
    dialog.locator("p.path", has_text="photo").wait_for()
    page.wait_for_function("document.querySelector('dialog.larger img').naturalWidth === 120")
    page.wait_for_function("!document.querySelector('dialog.larger .tags').textContent.startsWith('Looking')")
    dialog.get_by_role("button", name="More like this").click()
    page.locator("#photos-answer h2", has_text="Similar photographs").wait_for()
    assert page.locator("#photos-answer button.card").count() == COUNT - 1
    page.get_by_role("tab", name="Search").click()
    page.locator("#switch").wait_for()


def test_a_program_searches_the_photographs(served: Served):
    """The request that tells who asks is no parameter of the endpoint."""
    client = Client(served.address, verbose=False)
    found = client.predict("a dog running", 3, api_name="/search_photos")
    assert [each["rank"] for each in found["answers"]] == [1, 2, 3]


def test_a_phone_never_scrolls_sideways(visit):
    page = visit(color_scheme="dark", **PHONE)
    page.locator("#photos-answer button.card").first.wait_for()
    assert fits(page)
    page.locator("#photos-answer button.card").nth(1).tap()
    page.locator("dialog.larger .close").tap()
    assert page.locator("dialog.larger[open]").count() == 0
