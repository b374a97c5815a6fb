"""The answers by the keyboard, what each word adds, and the files that a visitor saves, in Chromium."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.browser.tabs import PHONE, fits
from tests.browser.test_search import ask, title
from tests.demo_fixtures import Served

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
DESK = {"viewport": {"width": 1400, "height": 1000}}


def place(page: Page) -> list[int]:
    """(which list of answers has the focus, which of its answers), from 0; [-1, -1] for none."""
    return page.evaluate(
        "(() => { const lists = [...document.querySelectorAll('ol.captions, ol.cards')].filter(l => l.offsetParent);"
        "const list = document.activeElement.closest('ol.captions, ol.cards');"
        "return list ? [lists.indexOf(list), [...list.querySelectorAll('.card,.line')].indexOf(document.activeElement)]"
        ": [-1, -1]; })()"
    )


def in_box(page: Page, box: str = "#words") -> bool:
    return page.evaluate(f"document.activeElement.closest('{box}') !== null")


def pressed(page: Page, *keys: str) -> list[list[int]]:
    found = []
    for key in keys:
        page.keyboard.press(key)
        found.append(place(page))
    return found


def saved(page: Page, name: str, folder: Path) -> tuple[str, str]:
    """The name and the text of the file that a button gives."""
    with page.expect_download() as waiting:
        page.locator(f"button[data-save='{name}']:visible").click()
    waiting.value.save_as(folder / name)
    return waiting.value.suggested_filename, (folder / name).read_bytes().decode("utf-8")


def test_captions_and_pictures_are_walked_and_escape_goes_back(visit, served: Served):
    page = visit(f"?image={served.collection.items[0].id}", **DESK)
    page.get_by_label("Words to search for").press("ArrowDown")
    assert place(page) == [0, 0]
    assert pressed(page, "ArrowDown", "ArrowUp", "End", "ArrowRight") == [[0, 1], [0, 0], [0, 9], [0, 9]]
    assert pressed(page, "ArrowDown", "ArrowRight", "ArrowDown") == [[1, 0], [1, 1], [1, 7]]
    assert pressed(page, "ArrowUp", "ArrowUp", "Home") == [[1, 1], [0, 9], [0, 0]]
    assert page.locator("ol.captions [tabindex='0']").count() == page.locator("ol.cards [tabindex='0']").count() == 1
    page.keyboard.press("Escape")
    assert in_box(page)
    page.keyboard.press("ArrowDown")
    text = page.evaluate("document.activeElement.dataset.words")
    page.keyboard.press("Enter")
    title(page, text)


def test_side_by_side_the_captions_stand_next_to_each_other(visit, served: Served):
    page = visit(f"?image={served.collection.items[0].id}&model=both", **DESK)
    page.get_by_label("Words to search for").press("ArrowDown")
    assert pressed(page, "ArrowDown", "ArrowRight", "ArrowLeft", "End", "ArrowDown") == [
        [0, 1],
        [1, 1],
        [0, 1],
        [0, 9],
        [2, 0],
    ]


def test_the_answers_of_a_sum_are_walked_and_escape_goes_back(visit, served: Served):
    page = visit(f"?q={quote(f'[{served.collection.items[3].id}] - dog + cat')}", **DESK)
    page.locator("#query :is(input, textarea)").press("ArrowDown")
    assert pressed(page, "ArrowRight", "End", "ArrowDown") == [[0, 1], [0, 5], [1, 0]]
    page.keyboard.press("Escape")
    assert in_box(page, "#query")


def test_what_each_word_adds_follows_the_answer_in_focus(visit):
    page = visit(**DESK)
    ask(page, "a dog on the beach")
    title(page, "a dog on the beach")
    words, numbers = page.locator(".why .word"), page.locator(".why b")
    assert words.all_inner_texts() == ["a", "dog", "on", "the", "beach"]
    mean = numbers.all_inner_texts()
    page.get_by_label("Words to search for").press("ArrowDown")
    page.get_by_text("answer 1", exact=True).wait_for()
    shares = [float(each.get_attribute("data-shares").split()[0]) for each in page.locator(".word-share").all()]
    told = [float(each.replace("−", "-")) for each in numbers.all_inner_texts()]
    assert told == pytest.approx(shares, abs=0.0051)
    page.keyboard.press("Escape")
    page.locator(".why .of-whom", has_text="mean").wait_for()
    assert numbers.all_inner_texts() == mean


def test_a_near_word_mends_a_query_of_unknown_words_alone(visit):
    page = visit()
    ask(page, "dogg")
    page.get_by_role("alert").get_by_role("button", name="dog", exact=True).click()
    title(page, "dog")
    assert page.get_by_label("Words to search for").input_value() == "dog"


def test_answers_are_saved_as_csv_and_json(visit, served: Served, tmp_path: Path):
    query = 'a dog, on the "beach"'
    page = visit(f"?q={quote(query)}&model=both")
    name, text = saved(page, "csv", tmp_path)
    assert name == "answers-a-dog-on-the-beach.csv"
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    ids = [card.get_attribute("data-item") for card in page.locator("#answer button.card").all()]
    assert [row["id"] for row in rows] == ids
    assert [row["model"] for row in rows] == ["tiny"] * 12 + ["other"] * 12
    assert {row["query"] for row in rows} == {query}
    assert rows[0]["captions"] == " | ".join(served.collection.item(ids[0]).captions)
    name, text = saved(page, "json", tmp_path)
    assert name == "answers-a-dog-on-the-beach.json"
    given = json.loads(text)
    assert [{key: row[key] for key in ("rank", "score", "percentile")} for row in given] == [
        {"rank": int(row["rank"]), "score": float(row["score"]), "percentile": float(row["percentile"])} for row in rows
    ]


def test_a_sum_is_saved_too(visit, served: Served, tmp_path: Path):
    query = f"[{served.collection.items[3].id}] - dog + cat"
    page = visit(f"?q={quote(query)}")
    page.locator("#sum-answer button[data-save=json]").wait_for()  # the page opens on the sum once it is answered
    _, text = saved(page, "json", tmp_path)
    assert [(row["rank"], row["query"]) for row in json.loads(text)] == [(rank, query) for rank in range(1, 7)]


def test_a_phone_shows_the_words_and_no_keys(visit):
    page = visit(f"?q={quote('a dogg and a catt on the beach')}", **PHONE)
    page.locator(".why").wait_for()
    assert not page.locator(".keys").first.is_visible()
    assert fits(page)
