from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from demo.shared import unknown_words as near
from demo.shared.answer_render import answers_html
from demo.shared.answers import Answer
from demo.shared.ask_models import ask_each
from demo.shared.explain import adding, explained
from demo.shared.jobs import Loading
from demo.shared.question import Question
from demo.shared.scores import signed
from demo.shared.templating import macros
from tests.conftest import FakeEncoder
from vse.data import Collection, load_collection
from vse.modalities.text.unknown import UnknownWord
from vse.search.explain import WordShare
from vse.search.query import parse
from vse.search.searcher import Searcher

DOGG, CATT = UnknownWord("dogg", ("dog", "dogs")), UnknownWord("catt", ("cat",))
SHARES = (
    WordShare("dog", np.array([0.3, 0.1], np.float32)),
    WordShare("<b>", np.array([-0.2, 0.0], np.float32)),
    WordShare("the", np.array([0.001, -0.001], np.float32)),
)


@pytest.fixture
def collection(colours: Path) -> Collection:
    return load_collection(colours)


@pytest.fixture
def both(collection: Collection) -> tuple[Loading, ...]:
    return tuple(Loading.of(Searcher.open(FakeEncoder(), collection)) for _ in range(2))


def test_words_are_explained_for_each_model_and_pictures_are_not(both: tuple[Loading, ...], collection: Collection):
    # Of "red green": red and yellow score 0.7071 and 1; "red" alone 1 and 0.7071, "green" alone 0 and 0.7071.
    answers = explained(both, ask_each(both, Question("red green", 2)))
    for answer in answers:
        assert [each.item.id for each in answer.pictures] == ["yellow", "red"]
        assert [round(float(share), 3) for share in answer.why[0].shares] == [0.5, 0.854]
    assert answers_html(answers, collection).count('class="why"') == 2
    picture = explained(both[:1], ask_each(both[:1], Question("[red]", 2)))
    assert picture[0].why == ()
    assert 'class="why"' not in answers_html(picture, collection)


def test_what_cannot_be_answered_or_written_is_left_as_it_is(both: tuple[Loading, ...]):
    problem = Answer(Question(""), problem="No.")
    assert explained(both[:1], [problem]) == (problem,)
    unread = Answer(Question("red [ green"))
    assert explained(both[:1], [unread]) == (unread,)


def test_a_model_that_is_gone_leaves_the_answer_alone(collection: Collection):
    answer = Answer(Question("red green"), parse("red green"))
    assert explained([Loading("no-such-model", collection)], [answer])[0].why == ()


def test_sums_are_explained_and_problems_stay(both: tuple[Loading, ...], collection: Collection):
    found = explained(both[:1], ask_each(both[:1], Question("[yellow] - red + blue", 2)))
    assert [each.word for each in found[0].why] == ["red", "blue"]
    assert answers_html(found, collection).count('class="why"') == 1


def test_the_row_tells_means_with_their_signs_and_carries_the_shares():
    row = macros("shared/explain.html.jinja").why_row(SHARES, 2)
    assert row.count("<b>+0.20</b>") == row.count("<b>−0.10</b>") == row.count("<b>0.00</b>") == 1
    assert 'data-shares="0.3000 0.1000" data-mean="0.2000"' in row
    assert "width:100%" in row
    assert "width:50%" in row
    assert row.count(' minus" data-shares=') == 1
    assert "mean of the answers" in row
    assert '<span class="word">&lt;b&gt;</span>' in row
    assert "were drawn" not in row
    drawn = (WordShare("dog", SHARES[0].shares, np.array([0.01, 0.03], np.float32)),)
    assert "the standard error is at most 0.020" in macros("shared/explain.html.jinja").why_row(drawn, 2)


def test_there_is_no_row_without_answers_or_words():
    why_row = macros("shared/explain.html.jinja").why_row
    assert why_row(SHARES, 0) == why_row((), 2) == ""


def test_an_answers_own_line_begins_with_its_weightiest_words():
    assert adding(SHARES, 0) == "dog +0.30 · <b> −0.20"
    assert adding(SHARES[2:], 1) == ""


def test_signs():
    assert [signed(value) for value in (0.126, -0.126, 0.004, -0.004)] == ["+0.13", "−0.13", "0.00", "0.00"]


def test_unknown_words_are_marked_where_they_stand_alone():
    assert near.marked("A DOGG & doggy", (DOGG,)) == [("A ", False), ("DOGG", True), (" & doggy", False)]
    assert near.marked("<i>", ()) == [("<i>", False)]


def test_each_unknown_word_is_offered_its_own_near_ones_and_all_at_once():
    groups = near.offers(parse("a dogg, a catt"), (DOGG, CATT))
    assert [(lead, [query for _, query, _ in chips]) for lead, chips in groups] == [
        ("Instead of dogg", ["a dog, a catt", "a dogs, a catt"]),
        ("Instead of catt", ["a dogg, a cat"]),
        ("All at once", ["a dog, a cat"]),
    ]
    assert [lead for lead, _ in near.offers(parse("a dogg"), (DOGG,))] == ["Near words"]
    assert near.offers(parse("a xyzzy"), (UnknownWord("xyzzy", ()),)) == []


def test_a_query_of_unknown_words_alone_offers_near_ones(collection: Collection):
    nothing = Answer(Question("dogg"), parse("dogg"), unknown=(DOGG,), problem="No.", model="one")
    assert 'data-words="dog"' in answers_html([nothing], collection)
    page = answers_html((nothing, Answer(Question("dogg"), parse("dogg"), model="two")), collection)
    assert 'data-words="dog"' in page
    assert ">dogg</span></q>" in page


def test_a_sum_offers_near_words_and_leaves_ids_alone():
    *_, (lead, chips) = near.offers(parse("[dogg] - dogg + catt"), (DOGG, CATT))
    assert (lead, chips[0][1]) == ("All at once", "[dogg] - dog + cat")
