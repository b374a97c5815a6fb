from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from demo.shared import render as view
from demo.shared import scores as marks
from demo.shared import side_by_side as sides_view
from demo.shared import unknown_words as near
from demo.shared.answers import Answer, CaptionAnswer, ImageAnswer, Query
from vse.data import Collection
from vse.data.item import Item
from vse.modalities.text.unknown import UnknownWord


def test_nothing_from_outside_is_markup(tmp_path: Path):
    hostile = '"><img src=x onerror=alert(1)>'
    (tmp_path / "x.png").touch()
    item = Item.picture(hostile, tmp_path / "x.png", (hostile, hostile))
    collection = Collection(hostile, (item,), about={"title": hostile})
    shown = Answer(
        Query("words", hostile),
        images=(ImageAnswer(item, 0.5, 1),),
        captions=(CaptionAnswer(hostile, item, 0.5, 1, True),),
        item=item,
        unknown=(UnknownWord(hostile, (hostile,)),),
    )
    picture = Answer(Query("item", hostile), shown.images, shown.captions, item, model=hostile)
    pages = [
        view.answer_html(shown, collection, 12),
        view.answer_html(Answer(Query("item", hostile), shown.images, shown.captions, item), collection, 12),
        view.answer_html(Answer(Query("upload", hostile), shown.images, shown.captions), collection, 12),
        view.answer_html(Answer(Query("words", hostile), problem=hostile), collection, 12),
        view.starters([hostile], [item], collection),
        view.page_head(collection),
        sides_view.answers_html((replace(shown, model=hostile),) * 2, collection, 12),
        sides_view.answers_html((picture, picture), collection, 12),
        view.waiting(hostile, 1),
    ]
    for page in pages:
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page or "%3Cimg%20src" in page


def test_scores_and_counts_read_well():
    assert [marks.score(value) for value in (0.634, -0.25, -0.001, 1)] == ["0.63", "−0.25", "0.00", "1.00"]
    assert view.counted(1, "picture") == "1 picture"
    assert view.counted(1000, "picture") == "1,000 pictures"
    assert "width:0%" in marks.bar(-0.3, "of-words")
    assert "width:100%" in marks.bar(1.2, "of-words")


def test_a_near_word_replaces_the_unknown_one_only():
    assert near.replaced("A DOGG, dogg's doggy", "dogg", "dog") == "A dog, dog's doggy"
    assert near.replaced(r"a \1 b", r"\1", r"\g<0>") == r"a \g<0> b"


def test_the_address_names_the_query_unless_it_is_an_upload_or_a_problem():
    assert view.link_to(Answer(Query("words", "a dog & cat"))) == "q=a%20dog%20%26%20cat"
    assert view.link_to(Answer(Query("item", "scene-0042"))) == "image=scene-0042"
    assert view.link_to(Answer(Query("upload", "/tmp/x.png"))) == ""
    assert view.link_to(Answer(Query("words", "x"), problem="No.")) == ""


def test_the_worth_of_a_score_stands_beside_it_and_is_explained():
    html = marks.worth(0.624, 0.36)
    assert '0.62 <span class="top">· top 0.4 %</span>' in html
    assert "0.4 % are as high or higher" in html
    assert marks.worth(0.624, None) == '<span class="score">0.62</span>'
    assert marks.said(0.624, 12.0) == "score 0.62, top 12 percent"
