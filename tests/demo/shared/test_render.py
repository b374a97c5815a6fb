from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from demo.shared import render as view
from demo.shared import scores as marks
from demo.shared import unknown_words as near
from demo.shared.answer_render import answers_html, link_to
from demo.shared.answers import Answer, CaptionHit, Part, PictureHit
from demo.shared.models import Service
from demo.shared.question import Question, words_query
from demo.shared.templating import macros
from vse.data import Collection
from vse.data.item import Item
from vse.modalities.text.unknown import UnknownWord
from vse.search.negation import negation_in
from vse.search.query import Picture, Query, Term, Text, parse


def test_nothing_from_outside_is_markup(tmp_path: Path):
    hostile = '"><img src=x onerror=alert(1)>'
    (tmp_path / "x.png").touch()
    item = Item.picture(hostile, tmp_path / "x.png", (hostile, hostile))
    collection = Collection(hostile, (item,), about={"title": hostile})
    words, alone, mine = Query((Term(1, Text(hostile)),)), Query((Term(1, Picture(hostile)),)), parse("[upload]")
    shown = Answer(
        Question(words_query(hostile)),
        words,
        pictures=(PictureHit(item, 0.5, 1),),
        captions=(CaptionHit(hostile, item, 0.5, 1, True),),
        item=item,
        unknown=(UnknownWord(hostile, (hostile,)),),
        model=hostile,
    )
    picture = replace(shown, question=Question(str(alone)), query=alone)
    upload = replace(shown, question=Question("[upload]", upload=hostile), query=mine, item=None)
    sum_ = replace(shown, query=Query((*words.terms, *alone.terms)), parts=(Part(hostile, words, shown.pictures),))
    ticked = replace(shown, query=Query((*words.terms, Term(0.5, Picture(hostile)))))
    wrong = Answer(Question(hostile), words, problem=hostile, pointer=hostile, unknown=shown.unknown)
    pages = [
        *(answers_html([each], collection) for each in (shown, picture, upload, sum_, ticked, wrong)),
        view.wrong_html(wrong),
        view.starters(Service("any", collection)),
        view.some(collection, 6),
        *(answers_html((each, each), collection) for each in (shown, picture, sum_)),
        answers_html((shown, wrong), collection),
        view.waiting(hostile, 1),
    ]
    for page in pages:
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page or "%3Cimg%20src" in page


def test_scores_and_counts_read_well():
    assert [marks.score(value) for value in (0.634, -0.25, -0.001, 1)] == ["0.63", "−0.25", "0.00", "1.00"]
    assert marks.counted(1, "picture") == "1 picture"
    assert marks.counted(1000, "picture") == "1,000 pictures"
    assert [marks.width(value) for value in (-0.3, 0.634, 1.2)] == ["0%", "63%", "100%"]


def test_a_near_word_replaces_the_unknown_one_only():
    assert near.replaced("A DOGG, dogg's doggy", "dogg", "dog") == "A dog, dog's doggy"
    assert near.replaced(r"a \1 b", r"\1", r"\g<0>") == r"a \g<0> b"


def test_what_reading_a_collection_left_out_is_told_without_where_it_lies(tmp_path: Path):
    (tmp_path / "x.png").touch()
    item, notes = (
        Item.picture("x", tmp_path / "x.png", ()),
        (f"{tmp_path / 'a<b>.tsv'} lacks a bar.", f"Of {tmp_path}."),
    )
    told = view.notes_of(Collection("one", (item,), notes=notes, home=tmp_path))
    assert told == ["a<b>.tsv lacks a bar.", "Of one."]
    assert view.notes_of(Collection("one", (item,), home=tmp_path)) == []


def test_ticks_are_pressed_under_the_heading_and_on_answers_that_are_kept(tmp_path: Path):
    (tmp_path / "x.png").touch()
    items = tuple(Item.picture(name, tmp_path / "x.png", ()) for name in ("a", "b [1]", "upload"))
    collection, query = Collection("three", items), parse("dog + 0.5*[a] - 0.25*[b [1]]")
    hits = tuple(PictureHit(item, 0.5, rank) for rank, item in enumerate(items, 1))
    page = answers_html([Answer(Question(str(query)), query, hits)], collection)
    found = re.findall(r'data-tick="(\w+)" data-of="([^"]+)" aria-pressed="(\w+)"', page)
    refined, on_answers = found[:2], found[2:]
    assert refined == [("more", "a", "true"), ("less", "b [1]", "true")]
    pressed = [("more", "a", "true"), ("less", "a", "false"), ("more", "b [1]", "false"), ("less", "b [1]", "true")]
    assert on_answers == pressed  # [upload] would be the visitor's own picture


def test_a_negation_is_told_once_and_its_sum_is_one_click_away(tmp_path: Path):
    (tmp_path / "x.png").touch()
    item = Item.picture("x", tmp_path / "x.png", ())
    collection, query = Collection("one", (item,)), parse("a beach without <b>")
    found = Answer(Question(str(query)), query, (PictureHit(item, 0.5, 1),), negation=negation_in(query), model="one")
    sum_ = parse("[x] + no dogs")
    added = replace(found, question=Question(str(sum_)), query=sum_, negation=negation_in(sum_))
    two = (found, replace(found, model="two"))
    for answers, offered in (([found], "beach - &lt;b&gt;"), (two, "beach - &lt;b&gt;"), ([added], "[x] - dogs")):
        page = answers_html(answers, collection)
        assert page.count("This space cannot negate") == 1
        assert page.count(f'data-words="{offered}"') == 1
    wrong = replace(found, pictures=(), problem="No.")
    assert answers_html([wrong], collection).count("This space cannot negate") == 1
    alone = replace(found, query=parse("no dogs"), negation=negation_in("no dogs"))
    page = answers_html([alone], collection)
    assert "is read as if it asked for dogs." in page
    assert "sum instead" not in page


def test_the_address_names_the_query_unless_it_rests_on_an_upload():
    def link(text: str, problem: str = "") -> str:
        return link_to(Answer(Question(text), None if problem else parse(text), problem=problem))

    assert link("a dog & cat") == "q=a%20dog%20%26%20cat"
    assert link("[scene-0042]") == "image=scene-0042"
    assert link("[scene-0042] - dog") == "q=%5Bscene-0042%5D%20-%20dog"
    assert link("[upload]") == ""
    assert link("[upload] - dog") == ""
    assert link("[oops", "No.") == "q=%5Boops"
    assert link("a" * 2001, "Too long.") == ""


def test_the_worth_of_a_score_stands_beside_it_and_is_explained():
    worth = macros("shared/parts.html.jinja").worth
    html = worth(0.624, 99.64)
    assert '0.62 <span class="top">· top 0.4 %</span>' in html
    assert "0.4 % are as high or higher" in html
    assert worth(0.624, None) == '<span class="score">0.62</span>'
