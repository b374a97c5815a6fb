"""Answers that fit, and weaker matches: what the page and programs are told of them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from demo.shared import export
from demo.shared.answer_render import answers_html
from demo.shared.answering import answer
from demo.shared.answers import Answer
from demo.shared.endpoints import captions_json, pictures_json
from demo.shared.question import WITH_UPLOAD, Question, after_click
from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.encoders.calibration import Calibration, Cut, Domain
from vse.errors import QueryError
from vse.search import unlike as unlike_module
from vse.search.searcher import Searcher
from vse.search.unlike import Unlike


def cut(score: float) -> Cut:
    return Cut(score, 20, precision=90, recall=90, right_above=90, right_found=90, queries=50)


@pytest.fixture
def searcher(colours: Path, monkeypatch: pytest.MonkeyPatch) -> Searcher:
    """A model for which words fit pictures from 0.6 on and pictures captions from 0.9; its own are shades of red."""
    monkeypatch.setattr(unlike_module, "_by_collection", dict)
    encoder = FakeEncoder()
    domain = Domain(np.zeros(3), np.array([[1.0, 0, 0]]), np.array([0.0, 0.5]))
    cuts = {"text_to_image": cut(0.6), "image_to_text": cut(0.9)}
    encoder.calibration = Calibration("colours", cuts, domain=domain)  # type: ignore[attr-defined]
    return Searcher.open(encoder, load_collection(colours))


def shown(found: Answer, searcher: Searcher) -> str:
    return str(answers_html([replace(found, model="fake")], searcher.collection))


def lists(page: str) -> list[int]:
    """How many cards or captions each list holds."""
    return [len(re.findall("<li>", each)) for each in re.findall(r"<ol.*?</ol>", page)]


def test_weaker_matches_are_folded_away_below_those_that_fit(searcher: Searcher):
    page = shown(answer(searcher, Question("red", 4)), searcher)
    assert lists(page) == [2, 2]
    assert '<details class="weaker"><summary>Weaker matches (2)</summary>' in page
    assert "Nothing here fits" not in page


def test_a_query_that_nothing_fits_is_told_so_first_and_its_matches_are_in_sight(searcher: Searcher):
    question = Question("red", 4, min_fit=1)
    page = shown(answer(searcher, question), searcher)
    assert page.index("Nothing here fits this well.") < page.index('<details class="weaker" open>')
    assert lists(page) == [4]
    assert 'data-address="q=red&amp;k=4&amp;fit=1"' in page


def test_the_pressed_button_says_which_answers_fit(searcher: Searcher):
    page = shown(answer(searcher, after_click({"kind": "fit", "value": 0}, Question("red", 4))), searcher)
    assert "weaker" not in page.replace("are weaker matches", "")
    assert re.findall(r'data-fit="([0-9.]+)"[^>]*aria-pressed="true"', page) == ["0.0"]
    assert 'data-fit="' not in shown(answer(searcher, Question("red - green", 4)), searcher)


@pytest.mark.parametrize("value", [2, -0.1, float("nan"), "0.5", True, None])
def test_a_click_on_a_fit_that_there_is_not_is_refused(value: object):
    with pytest.raises(QueryError, match=r"The least fit came as .*: give a number from 0 to 1"):
        after_click({"kind": "fit", "value": value}, Question("red"))


def test_captions_of_a_picture_are_parted_too_but_not_similar_pictures(searcher: Searcher):
    page = shown(answer(searcher, Question("[red]", 3)), searcher)
    assert lists(page) == [2, 1, 3]


def test_programs_are_given_the_fit(searcher: Searcher):
    found = answer(searcher, Question("[red]", 3))
    assert [line["fit"] for line in captions_json(found)][:2] == [0.8808] * 2  # 1 / (1 + exp(-20 * (1 - 0.9)))
    assert {each["fit"] for each in pictures_json(found, searcher.collection)} == {None}
    assert [row["fit"] for row in export.rows([found])][-3:] == [None] * 3
    first, *_ = pictures_json(answer(searcher, Question("red", 3)), searcher.collection)
    assert first["fit"] == pytest.approx(1, abs=1e-3)


def test_a_visitor_s_picture_unlike_the_model_s_own_is_told(searcher: Searcher, colours: Path):
    for name, told in (("red", None), ("blue", Unlike("fake"))):
        found = answer(searcher, Question(WITH_UPLOAD, 3, upload=str(colours / f"images/{name}.png")))
        assert found.unlike == told
        sentence = "This picture is unlike those that fake is made for: expect little."
        assert (sentence in shown(found, searcher)) == (told is not None)
    assert answer(searcher, Question("[blue]", 3)).unlike is None  # of the collection
