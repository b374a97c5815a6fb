"""The page's address says what is shown, Back and Forward walk through what was asked, in Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.browser.tabs import PHONE
from tests.browser.test_measures import open_tab
from tests.browser.test_search import ask, title
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


def test_back_and_forward_walk_through_what_was_asked(visit):
    page = visit()
    start, first = page.evaluate("history.length"), page.locator("#answer h2").inner_text()
    ask(page, "a dog")
    title(page, "a dog")
    page.wait_for_function("location.search === '?q=a+dog'")
    page.locator("#answer [data-count='6']").click()
    page.wait_for_function("location.search === '?q=a+dog&k=6'")  # refines the question: no step of its own
    ask(page, "two cats")
    title(page, "two cats")
    page.wait_for_function("location.search === '?q=two+cats&k=6'")
    assert page.title() == "two cats · Search · VSE Explorer"
    open_tab(page, "Evaluate")
    page.locator("#evaluate-misses button.case").first.wait_for()
    follows(page, "evaluate")
    assert page.evaluate("history.length") == start + 3

    page.go_back()
    page.wait_for_function("document.title === 'two cats · Search · VSE Explorer'")
    assert in_front(page) == "Search"
    page.go_back()
    title(page, "a dog")
    page.wait_for_function("document.title === 'a dog · Search · VSE Explorer'")
    assert page.get_by_label("Words to search for").input_value() == "a dog"
    assert page.locator("#answer .card:visible").count() == 6
    page.go_forward()
    title(page, "two cats")
    page.wait_for_function("location.search === '?q=two+cats&k=6'")
    page.go_forward()
    page.wait_for_function("document.title === 'Evaluate · VSE Explorer'")
    assert in_front(page) == "Evaluate"
    for _ in range(3):
        page.go_back()
    page.wait_for_function("location.search === ''")
    title(page, first)
    assert page.evaluate("history.length") == start + 3


def test_a_list_is_opened_where_it_was_left(visit, served: Served):
    page = visit("?tab=evaluate&direction=image_to_text&kind=wrong&part=2&k=99&of=../x")
    page.locator("#evaluate-misses button[data-value='image_to_text'][aria-pressed=true]").wait_for()
    page.locator("#evaluate-misses button[data-value=wrong][aria-pressed=true]").wait_for()
    page.wait_for_function("!location.search.includes('of=')")
    page.locator("#evaluate-misses button[data-value=all]").click()
    page.wait_for_function("!location.search.includes('kind=') && location.search.includes('image_to_text')")


def test_a_question_of_another_view_is_one_step(visit):
    page = visit("?tab=evaluate")
    page.locator("#evaluate-misses button.case").first.wait_for()
    follows(page, "evaluate")
    start = page.evaluate("history.length")
    page.locator("#evaluate-misses button.case").first.click()
    page.wait_for_function("new URLSearchParams(location.search).has('q')")
    assert page.evaluate("history.length") == start + 1


@pytest.mark.parametrize("status", [None, 502], ids=["stopped", "behind a proxy"])
def test_old_answers_never_stay_under_a_new_question_when_the_server_is_gone(browser, served: Served, status):
    page = browser.new_page()  # which may log errors
    page.goto(served.address)
    page.wait_for_function("document.title.includes('·')")
    ask(page, "a dog")
    title(page, "a dog")
    page.route("**/gradio_api/queue/**", lambda route: route.fulfill(status=status) if status else route.abort())
    ask(page, "two cats")
    page.get_by_role("alert").filter(has_text="The server does not answer").wait_for()
    assert page.locator("#answer .card:visible").count() == 0
    assert page.get_by_text("Could not parse").count() == 0
    page.unroute("**/gradio_api/queue/**")
    ask(page, "two cats")
    title(page, "two cats")
    assert page.locator(".problem.gone").count() == 0
    assert page.locator("#answer .card:visible").count() > 0
    page.close()


@pytest.mark.parametrize("said", ["", 'data: {"msg": "estimation", "rank": 0'], ids=["nothing", "half a message"])
def test_an_answer_that_breaks_off_is_told_and_the_next_question_is_asked(browser, served: Served, said):
    page = browser.new_page()  # which may log errors
    page.goto(served.address)
    page.wait_for_function("document.title.includes('·')")
    loads: list[str] = []
    page.on("load", lambda page: loads.append(page.url))
    kind = "text/event-stream"
    page.route("**/gradio_api/queue/data**", lambda route: route.fulfill(status=200, content_type=kind, body=said))
    ask(page, "two cats")
    page.get_by_role("alert").filter(has_text="The server does not answer").first.wait_for()
    assert page.locator("#answer .card:visible").count() == 0
    page.unroute("**/gradio_api/queue/data**")
    ask(page, "a dog")
    title(page, "a dog")
    assert page.locator(".problem.gone").count() == 0
    assert page.locator("#answer .card:visible").count() > 0
    assert loads == []
    page.close()


def test_the_link_of_an_answer_is_copied_and_an_upload_has_none(visit, served: Served, tmp_path: Path):
    page = visit("", permissions=["clipboard-read", "clipboard-write"])
    ask(page, "a red dog")
    title(page, "a red dog")
    page.wait_for_function("location.search.includes('q=')")
    button = page.locator("#answer [data-copy]")
    button.click()
    page.wait_for_function("document.querySelector('#answer [data-copy]').textContent === 'Copied'")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    Image.new("RGB", (30, 20), (200, 60, 20)).save(tmp_path / "mine.png")
    page.locator("#picture input[type=file]").set_input_files(tmp_path / "mine.png")
    title(page, "Nearest captions")
    assert button.count() == 0
