from __future__ import annotations

from itertools import product
from urllib.parse import parse_qsl

import pytest

from demo.shared.address import LONGEST, MODES, Page, link_of, mode_of, question_of, read, remembered, write
from demo.shared.question import Question


@pytest.mark.parametrize(
    "page",
    [
        Page(*each)
        for each in product(
            MODES,
            ("", "my pictures"),
            ("", 'a "dog" & 50% cat', "[scene-0042] - dog + 1.5*cat", "[a/b #c?.png]"),
            ("", "map", "about"),
            ("", "ViT-B-32/openai"),
        )
    ],
)
def test_an_address_reads_back_as_the_page_it_was_written_for(page: Page):
    assert read(dict(parse_qsl(write(page)))) == page


def test_what_is_as_usual_goes_without_saying():
    assert write(Page()) == ""
    assert write(Page("both", query="a dog")) == "model=both&q=a%20dog"
    assert write(Page(query="[x]")) == "image=x"
    assert write(Page(query="a dog", tab="map")) == "q=a%20dog&tab=map"
    assert write(Page("clip", "flowers")) == "model=clip&collection=flowers"


def test_words_come_before_a_picture_and_a_picture_is_a_query():
    assert read({"q": " a dog ", "image": "red"}) == Page(query="a dog")
    assert read({"q": " ", "image": "a]b"}) == Page(query="[a\\]b]")


def test_what_was_asked_is_there_for_the_other_views():
    page = Page("clip", query="[red]")
    assert remembered(page, "king - man") == Page("clip", query="king - man")
    assert remembered(page, "[oops") == Page("clip", query="[oops")
    for text in ("[upload]", "[upload] - red"):
        assert remembered(page, text) == Page("clip")


def test_an_address_may_hold_anything():
    assert read({"tab": "kitchen", "q": "cats"}) == Page(query="cats", tab="kitchen")
    assert read({"model": "gpt", "q": "  a dog ", "__theme": "dark"}) == Page(query="a dog")
    assert [mode_of(value) for value in ("clip", "CLIP", None, 3, ["clip"])] == ["clip", "vse", "vse", "vse", "vse"]
    assert read({"q": "a" * (LONGEST + 1), "clip": "c" * (LONGEST + 1)}) == Page()


@pytest.mark.parametrize(
    "question",
    [
        Question("a dog"),
        Question("a dog", min_fit=0.8),
        Question("a dog", min_fit=0),
        Question("a dog", fold="similar"),
        Question("[scene-0042]", 48),
        Question('[a/b #c?.png] - "x & y"', 1, "centred", keep_operands=True),
        Question("[oops", 6),
    ],
    ids=lambda question: question.text,
)
def test_a_link_asks_the_same_question(question: Question):
    assert question_of(dict(parse_qsl(link_of(question, question.text))), Question("first")) == question


def test_what_rests_on_an_upload_or_is_too_long_has_no_link():
    for text in ("[upload]", "[upload] - dog", "", " ", "a" * (LONGEST + 1)):
        assert link_of(Question(text), text) == ""


@pytest.mark.parametrize("fit", ["2", "-0.1", "nan", "1e-3", "0,5", ".5", "0." + "9" * 99, ""])
def test_a_fit_that_is_no_number_from_0_to_1_is_as_usual(fit: str):
    assert question_of({"fit": fit}, Question("first")) == Question("first")
    assert question_of({"fit": "0.25"}, Question("first")).min_fit == 0.25


@pytest.mark.parametrize("k", ["0", "49", "-1", "6.0", "six", "²", "9" * 99, ""])
def test_what_an_address_gets_wrong_is_as_usual(k: str):
    first = Question("first", 6)
    assert question_of({"k": k, "way": "../x", "keep": "yes"}, first) == first
