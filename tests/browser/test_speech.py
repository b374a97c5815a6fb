"""Speech in the page, with the model that ships: a recording is sent and dropped, added to and taken from, and found on
the map; and what a page without a microphone says."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.tabs import open_tab
from tests.demo_fixtures import Served
from vse.data import load_collection
from vse.modalities import SPEECH

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ITEM = next(item for item in load_collection("scenes").items if item.inputs.get(SPEECH))
RECORDING = ITEM.inputs[SPEECH][0]


@pytest.fixture
def address(shipped: Served) -> str:
    return shipped.address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context()
    page, complaints = context.new_page(), []
    page.set_default_timeout(60_000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    page.wait_for_selector(".answer:not([aria-busy]):visible")
    yield page
    context.close()
    assert complaints == []


def send(page: Page, button: str) -> None:
    page.locator(f"{button} input[type=file]").set_input_files(str(RECORDING))


def drop(page: Page) -> None:
    data = base64.b64encode(Path(RECORDING).read_bytes()).decode()
    page.evaluate(
        """data => {
          const held = new DataTransfer();
          const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
          held.items.add(new File([bytes], "said.wav", { type: "audio/wav" }));
          document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: held, bubbles: true, cancelable: true }));
        }""",
        data,
    )


def test_a_recording_is_asked_with_and_is_an_operand(page: Page):
    send(page, "#speak")
    page.locator("#answer .spectrogram img").wait_for()
    assert page.locator("#answer .heard q").inner_text()
    assert page.locator("#answer .stretches span").count() >= 4
    assert page.locator("#answer button.card").count() == 12
    assert "q=" not in page.url  # a recording of a visitor's own is in no address
    open_tab(page, "Arithmetic")
    page.locator("#sum-answer .answer:not([aria-busy])").wait_for()
    drop(page)
    page.locator("#sum-answer .as-said").wait_for()
    box = page.locator("#query textarea, #query input").first
    assert box.input_value() == "[speech] - dog + rabbit"
    box.fill("[speech] - day + night")
    box.press("Enter")
    page.locator("#sum-answer .equation .word", has_text="night").wait_for()
    assert page.locator("#sum-answer .as-said").count() == 1
    open_tab(page, "Words")
    page.wait_for_selector("#words-parts .words[data-choices]")
    send(page, "#words-speak")
    page.wait_for_function("new URL(location.href).searchParams.get('near')")


def test_a_spoken_caption_of_the_map_plays_and_is_searched_with(page: Page, address: str):
    page.goto(f"{address}?tab=map&pick=spoken+caption:{ITEM.id}")
    page.locator("#map-picked audio").wait_for()
    assert page.locator("#map-picked [data-pick]").count() == 6
    page.locator(".map-list summary").click()
    page.get_by_label("Find points").fill("spoken")
    page.locator(".map-list button", has_text="▲").nth(1).click()
    page.wait_for_function(f"!location.search.includes('{ITEM.id}') && location.search.includes('pick=spoken')")
    page.locator("#map-picked [data-use=search]").click()
    page.locator("#answer .spectrogram img").wait_for()
    assert page.locator("#answer .heard audio, #answer .spoken audio").count() == 1


def test_a_page_without_a_microphone_says_so_and_takes_a_file(browser: Browser, address: str):
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")  # plain HTTP
    page = context.new_page()
    page.goto(address)
    button = page.locator("#speak button")
    button.wait_for()
    assert button.get_attribute("aria-disabled") == "true"
    with page.expect_file_chooser() as chosen:
        button.click(force=True)  # what is disabled for assistive technology still answers
    assert "only to pages served over HTTPS or from this machine" in page.locator("#speak [role=status]").inner_text()
    chosen.value.set_files({"name": "song.wav", "mimeType": "audio/wav", "buffer": b"no sound"})
    page.get_by_text("This is no sound that can be read: give a recording of one spoken sentence.").wait_for()
    context.close()
