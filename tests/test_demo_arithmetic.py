from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from demo import arithmetic_view, links
from demo.answers import ImageAnswer
from demo.arithmetic_events import TAB, ArithmeticEvents
from demo.arithmetic_examples import SWAPS, examples
from demo.arithmetic_handlers import (
    Ask,
    Comparison,
    Fields,
    Problem,
    Sum,
    compute,
    compute_or_problem,
    fields_of,
    parts_to_compare,
    query_of,
)
from demo.handlers import query_of_link
from demo.service import Service
from tests.conftest import FakeEncoder
from tests.demo_fixtures import Served, served
from vse.arithmetic import WAYS
from vse.collections import Collection, load_collection
from vse.errors import ImageError, QueryError, TextError, VSEError
from vse.query import Query, Term, Text, parse
from vse.records import Item, UnknownWord
from vse.searcher import Searcher

__all__ = ["served"]
SKIP = gr.skip()
EMPTY = astuple(Fields())


class Strict(FakeEncoder):
    """Knows the colours, and one way to misspell one."""

    def encode_texts(self, texts, progress=None):
        for text in texts:
            if not any(word in text for word in ("red", "green", "blue")):
                raise TextError(f"The model knows none of these words: {text}.")
        return super().encode_texts(texts, progress)

    def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
        return tuple(UnknownWord(word, ("red",)) for word in text.split() if word == "rde")


@pytest.fixture
def searcher(colours: Path) -> Searcher:
    return Searcher.open(Strict(), load_collection(colours))


@pytest.fixture
def tab(searcher: Searcher) -> ArithmeticEvents:
    return ArithmeticEvents(Service.of(searcher))


def request(session: str = "me", **parameters: str) -> Any:
    return SimpleNamespace(session_hash=session, query_params=parameters)


def given(text: str = "", fields: Fields | None = None, k: int = 3, upload: Any = None) -> tuple[Any, ...]:
    return (text, *astuple(fields or Fields()), k, "plain", False, upload)


def ids(found: tuple[ImageAnswer, ...]) -> list[str]:
    return [each.item.id for each in found]


@pytest.mark.parametrize(
    ("fields", "query"),
    [
        (Fields("scene-0042", "dog", 1, "cat", 1), "[scene-0042] - dog + cat"),
        (Fields(" [scene-0042] ", "a brown dog", 0.8, "cat", 1.2), '[scene-0042] - 0.8*"a brown dog" + 1.2*cat'),
        (Fields("", "dog", 1, "cat - fish", 1), '- dog + "cat - fish"'),
        (Fields("upload", "dog", 0, "cat", 1.2000000000000002), "[upload] + 1.2*cat"),
        (Fields("a [b]", "", 2, " "), r"[a \[b\]]"),
    ],
)
def test_fields_spell_a_query_that_reads_back(fields: Fields, query: str):
    spelt = query_of(fields)
    assert str(spelt) == query
    assert spelt == parse(query)
    assert query_of(fields_of(spelt) or Fields()) == spelt


def test_empty_fields_spell_nothing():
    assert query_of(Fields("  ", "", 1, "\t", 1)) is None


@pytest.mark.parametrize(
    "query", ["[a] + [b]", "king - man + woman", "[a] - b - c", "2*[a]", "- [a]", "[a] + 3*b", "[a] - 2.5*b"]
)
def test_other_shapes_do_not_fit_the_fields(query: str):
    assert fields_of(parse(query)) is None


@pytest.mark.parametrize("weight", [-1, 2.1, float("nan"), None, "1", True, [1]])
def test_a_weight_may_come_as_anything(weight: object):
    with pytest.raises(QueryError, match="give a number from 0 to 2"):
        query_of(Fields("a", "dog", weight))  # type: ignore[arg-type]


def test_a_field_may_come_as_anything():
    with pytest.raises(QueryError, match="A field came as list: reload"):
        query_of(Fields("a", ["dog"]))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        (
            "[a] - 2*dog + 0.5*cat",
            [("Without the subtraction", "[a] + 0.5*cat"), ("The new word alone", "cat")],
        ),
        (
            "king - man + a woman",
            [("Without the subtraction", "king + a woman"), ("The new words alone", "a woman")],
        ),
        ("[a] - dog", [("Without the subtraction", "[a]")]),
        ("- dog + cat + [a]", [("Without the subtraction", "cat + [a]"), ("The new word alone", "cat")]),
        ("[a] - dog + [b]", [("Without the subtraction", "[a] + [b]"), ("The new picture alone", "[b]")]),
        ("[a] + 2*[b]", [("[a] alone", "[a]"), ("[b] alone", "[b]")]),
        ("a plain text", []),
        ("- dog", []),
    ],
)
def test_what_a_sum_is_compared_with(query: str, parts: list[tuple[str, str]]):
    assert [(title, str(part)) for title, part in parts_to_compare(parse(query))] == parts


def test_arithmetic_by_hand(searcher: Searcher):
    # yellow is (1, 1, 0) / sqrt 2: minus red, plus blue is nearest to blue, then to green; itself is left out.
    found = compute(searcher, Ask("[yellow] - red + blue", 3))
    assert ids(found.images) == ["blue", "green", "red"]
    assert [(each.title, ids(each.images)) for each in found.comparisons] == [
        ("Without the subtraction", ["blue", "red", "green"]),
        ("The new word alone", ["blue", "red", "green", "yellow"]),
    ]
    assert str(found.query) == "[yellow] - red + blue"
    assert "yellow" in ids(compute(searcher, Ask("[yellow] - red + blue", 4, keep_operands=True)).images)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_answers(searcher: Searcher, way: str):
    assert ids(compute(searcher, Ask("[yellow] - red + blue", 1, way)).images) == ["blue"]


def test_an_upload_is_part_of_the_sum_and_its_path_is_not_told(searcher: Searcher, tmp_path: Path):
    Image.new("RGB", (9, 9), (255, 0, 0)).save(tmp_path / "mine.png")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    assert ids(compute(searcher, Ask("[upload]", 1, upload=str(tmp_path / "mine.png"))).images) == ["red"]
    with pytest.raises(ImageError, match=r"^Your file is not a picture") as caught:
        compute(searcher, Ask("[upload] - red", 1, upload=str(tmp_path / "bad.png")))
    assert str(tmp_path) not in str(caught.value)
    assert ids(compute(searcher, Ask("red", 1, upload=str(tmp_path / "bad.png"))).images) == ["red"]


@pytest.mark.parametrize(
    ("text", "sentence", "pointer"),
    [
        ("[yellow", "bracket", "  [yellow\n  ^"),
        ("red + [upload]", "[upload] stands for a picture of yours", "  red + [upload]\n        ^"),
        ("red + [yelow]", "did you mean [yellow]?", "  red + [yelow]\n        ^"),
        ("red - red", "The terms cancel out", ""),
        ("", "The text is empty", ""),
    ],
)
def test_a_problem_is_a_sentence_and_points(searcher: Searcher, text: str, sentence: str, pointer: str):
    found = compute_or_problem(searcher, Ask(text, 3))
    assert isinstance(found, Problem)
    assert sentence in found.sentence
    assert "\n" not in found.sentence
    assert found.pointer == pointer


def test_unknown_words_suggest_queries_that_leave_pictures_alone(searcher: Searcher):
    found = compute_or_problem(searcher, Ask("[rde] + rde", 3))
    assert isinstance(found, Problem)
    assert 'data-words="[rde] + red"' in arithmetic_view.problem_html(found)
    shown = compute_or_problem(searcher, Ask("blue rde - green", 3))
    assert isinstance(shown, Sum)
    assert 'Skipped <b>rde</b>' in arithmetic_view.sum_html(shown, searcher.collection)
    assert 'data-words="blue red - green"' in arithmetic_view.sum_html(shown, searcher.collection)


def test_running_a_query_fills_the_fields_and_leaves_the_box(tab: ArithmeticEvents):
    box, *fields, k, problem, html = tab.on_query(request(), *given("[yellow]  - 0.5*red + blue"))
    assert (box, fields, k, problem) == (SKIP, ["yellow", "red", 0.5, "blue", 1], 3, "")
    assert 'data-address="q=%5Byellow%5D%20-%200.5%2Ared%20%2B%20blue"' in html
    assert "plain sum" in html
    assert tab.on_query(request(), *given("red - blue + green"))[1:6] == EMPTY


def test_an_error_keeps_the_box_and_the_fields(tab: ArithmeticEvents):
    box, *fields, _, problem, html = tab.on_query(request(), *given("[yellow - red", Fields("green", "red")))
    assert [box, *fields] == [SKIP] * 6
    assert "<pre" in problem
    assert 'data-address=""' in html


def test_fields_rewrite_the_query(tab: ArithmeticEvents):
    assert tab.on_typing("yellow", "red", 1, "blue", 0.5) == ("[yellow] - red + 0.5*blue", "")
    assert tab.on_typing("", "", 1, "", 1) == ("", "")
    box, problem = tab.on_typing("yellow", "red", 3, "", 1)
    assert box == SKIP
    assert "A weight came as 3" in problem
    fields = Fields("yellow", "red", 1, "blue", 1)
    box, *shown, k, problem, html = tab.on_fields(request(), *given("anything", fields))
    assert (box, tuple(shown), k, problem) == ("[yellow] - red + blue", astuple(fields), 3, "")
    assert html.index('data-item="blue"') < html.index('data-item="green"')


def test_a_clicked_picture_goes_into_the_sum_and_clicked_words_are_a_query(tab: ArithmeticEvents):
    def click(kind: str, value: object) -> Any:
        return gr.EventData(None, {"kind": kind, "value": value})

    asked = given("whatever", Fields("yellow", "red", 1, "blue", 1))
    assert tab.on_click(click("item", "green"), request(), *asked)[:2] == ("[green] - red + blue", "green")
    assert tab.on_click(click("words", "[red] + blue"), request(), *asked)[:5] == ("[red] + blue", "red", "", 1, "blue")
    box, *_, k, _, html = tab.on_click(click("count", 24), request(), *given("red"))
    assert (box, k) == (SKIP, 24)
    assert 'aria-pressed="true">24<' in html
    with pytest.raises(gr.Error, match="reload the page"):
        tab.on_click(click("upload", "/etc/hostname"), request(), *asked)


def test_an_upload_becomes_the_source(tab: ArithmeticEvents, tmp_path: Path):
    Image.new("RGB", (9, 9), (255, 0, 0)).save(tmp_path / "mine.png")
    asked = given("", Fields("yellow", "red", 1, "blue", 1), upload={"path": str(tmp_path / "mine.png")})
    box, picture, *_, html = tab.on_upload(request(), *asked)
    assert (box, picture) == ("[upload] - red + blue", "upload")
    assert 'data-address=""' in html
    assert tab.on_upload(request(), *given("red")) == (SKIP,) * 9


def test_the_page_opens_here_for_a_query_that_is_no_plain_text(tab: ArithmeticEvents):
    first, last = tab.on_load(request(q="[yellow] - red + blue"))
    assert first[0].selected == TAB
    assert last[1:3] == ("[yellow] - red + blue", "yellow")
    assert "data-address=" in last[-1]
    for parameters in ({}, {"q": "red"}, {"q": " "}, {"q": '"red - blue"'}, {"image": "red"}):
        first, last = tab.on_load(request(**parameters))
        assert first[0] == SKIP
        assert last[1] == str(tab.examples[0].query)
        assert "data-address" not in last[-1]
    assert "<pre" in list(tab.on_load(request(q="[yellow")))[-1][-2]


def test_the_first_answer_never_replaces_one_that_was_asked_for_while_loading(colours: Path, searcher: Searcher):
    service = Service("slow", colours)
    service._started.acquire()  # nothing loads until the test says so
    tab = ArithmeticEvents(service)
    hasty, patient = tab.on_load(request("hasty")), tab.on_load(request("patient"))
    for stream in (hasty, patient):
        next(stream)
        assert "Loading the model slow" in next(stream)[-1]
    tab.note(request("hasty"))
    service._searcher.set_result(searcher)
    assert list(hasty) == []
    assert len(list(patient)) == 1


def test_addresses_tell_texts_from_arithmetic():
    for text in ("a dog", "king - man", '"quoted" words', "[scene-0042]", "1984", "T-shirt", "2*dog"):
        link = {"q": links.written(text)}
        found = query_of_link(link)
        assert found is not None
        assert found.value == text
    for query in ("[scene-0042]", "king - man", "2*dog", "[oops"):
        assert query_of_link({"q": query, "image": "red"}) is None
    assert links.plain_text("x" * 3000) == "x" * 3000  # for the search to refuse


def test_examples_are_true_of_the_pictures_and_always_the_same(scenes_folder: Path, colours: Path):
    scenes = load_collection(scenes_folder)
    found = examples(scenes)
    assert found == examples(load_collection(scenes_folder))
    assert found[-2].title == "king - man + woman"
    by_title = {f"{swap.minus} → {swap.plus}": swap for swap in SWAPS}
    chosen = [(each, by_title[each.title]) for each in found if each.title in by_title]
    assert chosen
    from vse.scenes.scene import facts

    for each, swap in chosen:
        assert each.item is not None
        assert swap.before.items() <= facts(scenes.truth.scenes[scenes.rows[each.item.id]]).items()
    assert [each.title for each in examples(load_collection(colours))] == [
        "[red] - red + blue",
        "king - man + woman",
        "[red] + [green]",
    ]
    assert [each.title for each in examples(Collection("empty", ()))] == ["king - man + woman"]


def test_nothing_from_outside_is_markup(tmp_path: Path):
    hostile = '"><img src=x onerror=alert(1)>'
    (tmp_path / "x.png").touch()
    item = Item(hostile, tmp_path / "x.png", (hostile, hostile))
    collection = Collection(hostile, (item,))
    query = Query((Term(1, Text(hostile)), *query_of(Fields(hostile, hostile)).terms))  # type: ignore[union-attr]
    answers, unknown = (ImageAnswer(item, 0.5, 1),), (UnknownWord("src", (hostile,)),)
    ask = Ask(hostile, 6)
    pages = [
        arithmetic_view.sum_html(Sum(ask, query, answers, (Comparison(hostile, query, answers),), unknown), collection),
        arithmetic_view.problem_html(Problem(hostile, hostile, query, unknown)),
        arithmetic_view.starters(examples(collection), [item], collection),
    ]
    for page in pages:
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


def test_shared_answers_are_marked_in_sight_and_in_words(searcher: Searcher):
    found = compute(searcher, Ask("[yellow] - red + blue", 1))
    html = arithmetic_view.sum_html(found, searcher.collection)
    assert html.count("№ 1 above") == html.count("also number 1 above") == 2
    assert "1 of 3 also above" in html
    assert 'aria-label="The picture yellow, minus &quot;red&quot;, plus &quot;blue&quot;. The first answer: blue"' in html


@pytest.fixture(scope="module")
def client(served: Served) -> Client:
    return Client(served.address, verbose=False)


def test_the_endpoint(client: Client, served: Served):
    item = served.collection.items[2]
    query = f'[{item.id}] - "dog"  + 1.50*cat'
    found = client.predict(query, k=4, api_name="/arithmetic")
    assert found["query"] == f"[{item.id}] - dog + 1.5*cat"
    assert found["description"] == f'the picture {item.id}, minus "dog", plus 1.5 times "cat"'
    assert [each["rank"] for each in found["answers"]] == [1, 2, 3, 4]
    assert item.id not in [each["id"] for each in found["answers"]]
    kept = client.predict(f"[{item.id}]", None, 1, "centred", True, api_name="/arithmetic")
    assert [each["id"] for each in kept["answers"]] == [item.id]
    assert tuple(kept["answers"][0]["captions"]) == item.captions
    assert len(client.predict("a dog - cat", api_name="/arithmetic")["answers"]) == 10


def test_the_endpoint_with_a_picture(client: Client, served: Served):
    item = served.collection.items[3]
    found = client.predict("[upload]", handle_file(item.image_path), 1, api_name="/arithmetic")
    assert found["answers"][0]["id"] == item.id
    assert found["description"] == "the picture you gave"


@pytest.mark.parametrize(
    ("query", "options", "sentence"),
    [
        ("[scene-0000", {}, r"^[^\n]*bracket[^\n]*$"),
        ("[upload] + dog", {}, r"^\[upload\] stands for a picture of yours: give one with the query\.$"),
        ("a dog", {"way": "magic"}, r"^No way of doing arithmetic is called 'magic'; choose one of plain, [^\n]*$"),
        ("a dog", {"k": 49}, r"^The number of answers came as 49: give a whole number from 1 to 48\.$"),
        (["a dog"], {}, r"^A text was expected and list came: give a string of words\.$"),
    ],
)
def test_the_endpoint_s_errors_are_one_sentence(client: Client, query: object, options: dict[str, Any], sentence: str):
    with pytest.raises(AppError, match=sentence):
        client.predict(query, api_name="/arithmetic", **options)


def test_every_error_of_a_query_is_of_this_project(searcher: Searcher):
    for text in (None, 3, ["red"]):
        with pytest.raises(VSEError, match="A text was expected"):
            compute(searcher, Ask(text, 3))  # type: ignore[arg-type]
