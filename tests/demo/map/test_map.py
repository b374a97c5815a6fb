from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from demo.map.around import around
from demo.map.compute import (
    Seen,
    ask_map,
    asked,
    modality_of,
    picked,
    question_about,
    selected,
    text_to_ask,
    words_of,
)
from demo.map.parallelogram import with_parallelogram
from demo.map.payload import asked_json, dumps, facet_json, maps_json, packed, points_json
from demo.map.render import SHOWN, answers_html, facts_html, picked_html, problems_html, selected_html
from demo.map.store import Map, map_of_model
from demo.shared.address import Page
from demo.shared.jobs import Opened
from demo.shared.question import Question
from tests.maps.test_points import Knowing
from vse.data import Collection, load_collection
from vse.errors import CollectionError, QueryError, TextError
from vse.evaluation.score_scale import Scale
from vse.maps.regions import Region
from vse.search.query import parse
from vse.search.searcher import Searcher
from vse.search.stores.exact import EmbeddingIndex


@pytest.fixture
def collection(colours: Path) -> Collection:
    return load_collection(colours)


@pytest.fixture
def drawn(collection: Collection) -> Map:
    opened = Opened("fake", Searcher.open(Knowing(), collection), Scale())
    return map_of_model(opened, "joint", lambda share, what: None)


def integers(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype="<i2")


# The map as data


def test_the_browser_gets_texts_once_and_points_as_integers(drawn: Map, collection: Collection):
    sent = json.loads(maps_json([drawn, drawn], collection))
    assert sent["ids"] == ["red", "green", "blue", "yellow"]
    assert sent["captions"] == ["a red square", "green", "Red and green."]
    assert sent["captionIds"] == [1, 0, 0]
    assert sent["owners"] == [0, 1, 3]
    assert sent["address"].startswith("pictures/*?v=")
    assert sent["names"] == []
    assert [each["counts"] for each in sent["sides"]] == [[4, 3, 2, 0]] * 2
    assert sent["sides"][0]["words"] == ["red", "green"]
    assert sent["sides"][0]["spoken"] == []
    assert sent["sides"][0]["regions"] == []  # four pictures are too few
    named = replace(drawn, regions=((Region("red", 3, 0.5, -0.25, 0.9),), ()))
    assert json.loads(maps_json([named], collection))["sides"][0]["regions"] == [[["red", 3, 0.5, -0.25]], []]
    points = integers(sent["sides"][0]["points"]).reshape(-1, 2) / 32767
    np.testing.assert_allclose(points, drawn.projection.points, atol=2e-5)
    assert maps_json([], collection) == ""


def test_spoken_captions_stand_where_their_words_do(drawn: Map, collection: Collection):
    green = drawn.searcher.encoder.encode_texts(["green"])
    spoken = EmbeddingIndex.build("fake", "speech", ["green"], green)
    heard = replace(drawn, searcher=replace(drawn.searcher, indexes={**drawn.searcher.indexes, "speech": spoken}))
    ((x, y, picture, item, said),) = json.loads(maps_json([heard], collection))["sides"][0]["spoken"]
    assert (picture, item, said) == (1, "green", "")
    np.testing.assert_allclose([x, y], drawn.place(green, "text")[0], atol=1e-4)


def test_facets_are_sent_as_places_in_a_legend():
    sent = facet_json("time", ["day", "night", "day", "dusk"])
    assert sent == {"name": "time", "values": ["day", "dusk", "night"], "codes": base64.b64encode(b"\0\2\0\1").decode()}


def test_numbers_keep_their_order_and_stay_in_range():
    assert integers(packed(np.array([-2, -1, 0, 0.5, 3.0]), np.int16)).tolist() == [-32767, -32767, 0, 16384, 32767]


def test_nothing_sent_can_open_a_tag():
    assert dumps(["</script><b>"]) == '["\\u003c/script>\\u003cb>"]'


def test_a_program_gets_a_record_a_point(drawn: Map, collection: Collection):
    found = points_json(drawn, collection)
    assert [each["kind"] for each in found["points"]] == ["picture"] * 4 + ["caption"] * 3 + ["word"] * 2
    x, y = (round(float(each), 4) for each in drawn.projection.points[4])
    assert found["points"][4] == {"id": "red#1", "kind": "caption", "x": x, "y": y, "text": "a red square"}
    assert found["points"][8] | {"x": 0, "y": 0} == {"id": "green", "kind": "word", "x": 0, "y": 0, "text": "green"}
    assert set(found["quality"]) == {"trustworthiness", "neighbours_kept", "of_nearest"}
    assert found["gap"] == pytest.approx(np.sqrt(2) / 4, abs=1e-3)


# A query on the map


def test_a_sum_is_a_path_from_its_picture_to_where_it_lands(drawn: Map):
    found = ask_map(drawn, "[yellow] - red + 0.5*blue")
    assert [step.label for step in found.steps] == ["[yellow]", "− red", "+ 0.5 × blue"]
    np.testing.assert_allclose(found.steps[0].point, drawn.projection.points[3], atol=1e-5)
    after_minus = np.array([[0, 1, 0]])  # all of its red is taken away, and nothing more
    np.testing.assert_allclose(found.steps[1].point, drawn.place(after_minus, "image")[0], atol=1e-4)
    # its caption, which then says blue and green, has a part in it; yellow itself is left out
    assert [each.item.id for each in found.answer.pictures][:1] == ["blue"]
    assert "yellow" not in [each.item.id for each in found.answer.pictures]


def test_a_word_of_the_map_lands_on_it_and_other_texts_among_captions(drawn: Map):
    found = ask_map(drawn, "green")
    assert len(found.steps) == 1
    np.testing.assert_allclose(found.steps[0].point, drawn.projection.points[8], atol=1e-5)
    expected = [0, 1, 0, np.sqrt(0.5), 0, 1, np.sqrt(0.5), 0, 1]
    np.testing.assert_allclose(found.scores, expected, atol=1e-3)
    terms = parse("green - red").terms
    assert (modality_of(drawn, terms), modality_of(drawn, parse("a green one").terms)) == ("word", "text")
    assert modality_of(drawn, parse("green + [red]").terms) == "image"


def test_a_sum_that_cancels_out_halfway_has_no_step_there(drawn: Map):
    found = ask_map(drawn, "red - red + blue")
    assert [step.label for step in found.steps] == ["red", "+ blue"]


def test_a_sum_of_three_is_a_parallelogram_that_the_plane_closes_elsewhere(drawn: Map, collection: Collection):
    found = with_parallelogram(drawn, ask_map(drawn, "[yellow] - red + blue"))
    shape = found.shape
    assert shape is not None
    assert shape.labels == ("[yellow]", "red", "blue")
    yellow, red = drawn.projection.points[3], drawn.projection.points[7]
    blue = drawn.place(np.array([[0, 0, 1.0]]), "text")[0]
    np.testing.assert_allclose(shape.corners, [yellow, red, blue], atol=1e-4)
    np.testing.assert_allclose(shape.closes, yellow - red + blue, atol=1e-4)
    width = np.ptp(drawn.projection.points, axis=0).max()
    assert shape.apart == pytest.approx(np.linalg.norm(shape.closes - found.steps[-1].point) / width)
    assert (shape.answers, shape.around_it, shape.around_sum) == (3, 3, 3)  # of four pictures, without yellow
    html = answers_html([found], collection)
    assert "[yellow] − red + blue as a parallelogram would end at ◇" in html
    [sent] = json.loads(asked_json([found], [drawn]))
    assert [label for label, *_ in sent["corners"]] == ["[yellow]", "red", "blue"]
    np.testing.assert_allclose(sent["closes"], shape.closes, atol=1e-4)


@pytest.mark.parametrize(
    "query", ["red", "red - blue", "red - blue + 2*green", "red + blue + green", "red - [nothing] + blue"]
)
def test_other_queries_are_none(drawn: Map, query: str):
    found = with_parallelogram(drawn, ask_map(drawn, query))
    assert found.shape is None
    assert "corners" not in asked_json([found], [drawn])


def test_the_terms_of_a_sum_may_come_in_any_order(drawn: Map):
    shape = with_parallelogram(drawn, ask_map(drawn, "[yellow] + blue - red")).shape
    assert shape is not None
    assert shape.labels == ("[yellow]", "red", "blue")


def test_what_lies_around_a_point_is_told_of_its_own_kind(drawn: Map, collection: Collection):
    [found] = around({"kind": "caption", "id": "green#0"}, [drawn])
    assert (found.kind, found.row, found.begin) == ("caption", 1, 4)
    assert found.found.near.tolist() == [2, 0]  # "Red and green." before "a red square"
    torn = replace(found.found, torn=np.array([True, False]), strangers=np.array([0]))
    html = picked_html(
        picked({"kind": "caption", "id": "green#0"}, collection), [], collection, (), [replace(found, found=torn)]
    )
    assert "<b>1 of the 2 captions nearest to it in the space lies far away in this plane</b>" in html
    assert "<b>1 of the 2 nearest in the plane is far in the space</b>" in html
    assert 'class="pick torn" data-pick="yellow"' in html
    assert html.count('class="pick" data-pick="red"') == 2  # near in the space, and the stranger
    assert list(around({"kind": "spoken caption", "id": "green"}, [drawn])) == []
    assert list(around({"kind": "word", "id": "pink"}, [drawn])) == []


def test_marks_name_rows_of_the_map(drawn: Map):
    found = ask_map(drawn, "red")
    [sent, nothing] = json.loads(asked_json([found, None], [drawn, drawn]))
    assert nothing is None
    assert sent["answers"][0] == 0
    assert sorted(sent["answers"]) == [0, 1, 2, 3]
    assert sent["steps"][0][0] == "red"
    np.testing.assert_allclose(integers(sent["scores"]) / 32767, found.scores, atol=2e-5)


def test_a_wrong_query_is_told(drawn: Map):
    found = ask_map(drawn, "[yelow] - red")
    assert "did you mean [yellow]?" in found.answer.problem
    assert (found.steps, found.scores) == ((), None)
    assert "<pre" in problems_html([found])
    right = ask_map(drawn, "red")
    assert problems_html([right]) == ""
    assert "<b>fake</b>: No picture" in problems_html([right, found])


def test_the_box_is_filled_when_the_page_has_asked_something_new():
    view = Seen()
    assert text_to_ask(view, Page(), "example") == "example"
    assert text_to_ask(view, Page(query="a dog"), "example") == "a dog"
    assert text_to_ask(view, Page(query="[red]"), "example") == "[red]"
    view = asked(view, Page(query="a dog"), "a cat")
    assert text_to_ask(view, Page(query="a dog"), "example") == "a cat"
    assert text_to_ask(view, Page(query="a cow"), "example") == "a cow"
    assert text_to_ask(view, Page(), "example") == "a cat"


def test_what_was_clicked_is_a_question():
    for kind, value, expected in (
        ("picture", "red", "[red]"),
        ("caption", "red#1", "[red]"),
        ("word", "cat", "cat"),
        ("word", "2*cat", '"2*cat"'),
    ):
        assert question_about({"kind": kind, "id": value}) == Question(expected)
    with pytest.raises(QueryError, match="named nothing"):
        question_about({"kind": "sound", "id": "red"})


# What the browser sends


def test_clicks_by_hand(collection: Collection):
    assert picked({"kind": "picture", "id": "red"}, collection).item is collection.items[0]
    assert picked({"kind": "caption", "id": "red#1"}, collection).caption == 1
    assert picked({"kind": "word", "id": " dog "}, collection).word == "dog"


@pytest.mark.parametrize(
    ("data", "error", "match"),
    [
        (None, QueryError, "named nothing"),
        ({"kind": "picture", "id": 3}, QueryError, "named nothing"),
        ({"kind": "sound", "id": "red"}, QueryError, "named nothing"),
        ({"kind": "picture", "id": "../red"}, CollectionError, r"No picture '\.\./red'"),
        ({"kind": "caption", "id": "red#2"}, QueryError, "named nothing"),
        ({"kind": "caption", "id": "red#-1"}, QueryError, "named nothing"),
        ({"kind": "caption", "id": "red"}, CollectionError, "No picture ''"),
        ({"kind": "word", "id": ""}, TextError, "empty"),
    ],
)
def test_other_clicks_are_refused(collection: Collection, data: Any, error: type[Exception], match: str):
    with pytest.raises(error, match=match):
        picked(data, collection)


def test_a_lasso_by_hand(collection: Collection):
    data = {"pictures": ["red", "green"], "captions": ["green", "yellow"], "words": ["dog", "dog"]}
    found = selected(data, collection)
    assert [item.id for item in found.items] == ["red", "green", "yellow"]
    assert (found.pictures, found.captions, found.words) == (2, 2, ("dog",))


@pytest.mark.parametrize("data", [{"pictures": "red"}, {"pictures": [1]}, {"captions": ["red"] * 5}, {"words": [None]}])
def test_other_selections_are_refused(collection: Collection, data: Any):
    with pytest.raises(QueryError, match="something that is not on the map"):
        selected(data, collection)


def test_a_chip_holds_a_text():
    assert words_of({"value": "a dog"}) == "a dog"
    with pytest.raises(QueryError, match="named no query"):
        words_of({"value": 3})


# What is shown


def test_the_gallery_shows_sixty_and_counts_all(collection: Collection):
    many = selected({"pictures": ["red"]}, collection)
    assert "1 picture<" in selected_html(many, collection)
    many = type(many)(collection.items * 20, 80, 1, ("<dog>",))
    html = selected_html(many, collection)
    assert html.count("data-pick=") == SHOWN == 60
    assert "80 pictures · 1 caption · 1 word · the first 60 are shown" in html
    assert "&lt;dog&gt;" in html
    assert selected_html(selected({}, collection), collection) == ""


def test_the_panel_shows_every_caption_and_what_to_do(collection: Collection):
    chosen = picked({"kind": "caption", "id": "red#1"}, collection)
    html = picked_html(chosen, [("fake", "<Red>")], collection)
    assert '<span class="said">&lt;Red&gt;</span>' in html
    assert "written from the point" in html
    assert '<li>red</li><li class="chosen">a red square</li>' in html
    assert 'data-use="search" data-kind="picture" data-id="red"' in html
    assert 'data-use="arithmetic" data-kind="picture" data-id="red"' in html
    html = picked_html(picked({"kind": "word", "id": "<i>"}, collection), [], collection)
    assert "written" not in html
    assert 'data-id="&lt;i&gt;"' in html


def test_a_click_is_on_a_point(drawn: Map, collection: Collection):
    for data, vector in (
        ({"kind": "picture", "id": "red"}, [1, 0, 0]),
        ({"kind": "caption", "id": "yellow#0"}, [0.5**0.5, 0.5**0.5, 0]),
        ({"kind": "word", "id": "blue"}, [0, 0, 1]),
    ):
        assert picked(data, collection).vector(drawn.searcher) == pytest.approx(vector, abs=1e-3)


def test_answers_are_numbered_as_on_the_map(drawn: Map, collection: Collection):
    html = answers_html([ask_map(drawn, "red")], collection)
    assert html.index('data-pick="red"') < html.index('data-pick="yellow"')
    assert '<span class="rank">1</span>' in html


def test_facts_name_the_models_where_there_are_two(drawn: Map):
    html = facts_html([drawn])
    assert "Modality gap</button> <b>0.35</b>" in html
    assert "<p>The mean picture and the mean caption lie 0.35 apart, of at most 2: the modality gap. This" in html
    assert "shows the gap as it is" in html
    assert '<span class="of">' not in html
    assert facts_html([drawn, drawn]).count('<span class="of">fake</span>') == 2
    assert facts_html([]) == ""
