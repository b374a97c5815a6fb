from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from demo.arithmetic import render as arithmetic_view
from demo.arithmetic.fields import Fields, fields_of, query_of
from demo.arithmetic.render import starters
from demo.shared import render as view
from demo.shared.address import read
from demo.shared.answer_render import answers_html
from demo.shared.answering import answer, parts_of
from demo.shared.answers import Answer, Part, PictureHit
from demo.shared.models import Service
from demo.shared.question import Question, is_sum, words_query
from demo.shared.sum_examples import SWAPS, Example, changed, examples
from tests.conftest import FakeEncoder
from vse.data import Collection, load_collection
from vse.data.item import Item
from vse.data.scenes.annotations import SceneTruth
from vse.data.scenes.world.sample import sample_scenes
from vse.data.scenes.world.scene import facts
from vse.errors import QueryError, TextError
from vse.modalities.text.unknown import UnknownWord
from vse.search.arithmetic import WAYS
from vse.search.query import Query, Term, Text, parse
from vse.search.searcher import Searcher


class Strict(FakeEncoder):
    """Knows the colours, and one way to misspell one."""

    def encode_texts(self, texts, *args, **options):
        for text in texts:
            if not any(word in text for word in ("red", "green", "blue")):
                raise TextError(f"The model knows none of these words: {text}.")
        return super().encode_texts(texts, *args, **options)

    def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
        return tuple(UnknownWord(word, ("red",)) for word in text.split() if word == "rde")


@pytest.fixture
def searcher(colours: Path) -> Searcher:
    return Searcher.open(Strict(), load_collection(colours))


def compute(searcher: Searcher, question: Question) -> Answer:
    return answer(searcher, question, parts=True)


def ids(found: tuple[PictureHit, ...]) -> list[str]:
    return [each.item.id for each in found]


@pytest.mark.parametrize(
    ("fields", "query"),
    [
        (Fields("scene-0042", "dog", 1, "cat", 1), "[scene-0042] - dog + cat"),
        (Fields(" [scene-0042] ", "a brown dog", 0.8, "cat", 1.2), '[scene-0042] - 0.8*"a brown dog" + 1.2*cat'),
        (Fields("", "dog", 1, "cat - fish", 1), '- dog + "cat - fish"'),
        (Fields("upload", "dog", 0, "cat", 1.2000000000000002), "[upload] + 1.2*cat"),
        (Fields("a [b]", "", 2, " "), "[a [b]]"),
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
    "query", ["[a] + [b]", "king - man + woman", "[a] - b - c", "2*[a]", "- [a]", "[a] + 4*b", "[a] - 3.5*b"]
)
def test_other_shapes_do_not_fit_the_fields(query: str):
    assert fields_of(parse(query)) is None


@pytest.mark.parametrize("weight", [-1, 3.1, float("nan"), None, "1", True, [1]])
def test_a_weight_may_come_as_anything(weight: object):
    with pytest.raises(QueryError, match="give a number from 0 to 3"):
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
    assert [(title, str(part)) for title, part in parts_of(parse(query))] == parts


def test_arithmetic_by_hand(searcher: Searcher):
    # yellow is (1, 1, 0) / sqrt 2: minus red, plus blue is nearest to blue, then to green; itself is left out.
    found = compute(searcher, Question("[yellow] - red + blue", 3))
    assert ids(found.pictures) == ["blue", "green", "red"]
    assert [(each.title, ids(each.pictures)) for each in found.parts] == [
        ("Without the subtraction", ["blue", "red", "green"]),
        ("The new word alone", ["blue", "red", "green", "yellow"]),
    ]
    assert str(found.query) == "[yellow] - red + blue"
    assert "yellow" in ids(compute(searcher, Question("[yellow] - red + blue", 4, keep_operands=True)).pictures)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_answers(searcher: Searcher, way: str):
    # The caption "Red and green." becomes one of blue and green, of which green is the first.
    nearest = "green" if way == "captions" else "blue"
    assert ids(compute(searcher, Question("[yellow] - red + blue", 1, way)).pictures) == [nearest]


def test_an_upload_is_part_of_the_sum_and_its_path_is_not_told(searcher: Searcher, tmp_path: Path):
    Image.new("RGB", (9, 9), (255, 0, 0)).save(tmp_path / "mine.png")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    assert ids(compute(searcher, Question("[upload]", 1, upload=str(tmp_path / "mine.png"))).pictures) == ["red"]
    bad = compute(searcher, Question("[upload] - red", 1, upload=str(tmp_path / "bad.png")))
    assert bad.problem.startswith("Your file is not a picture")
    assert str(tmp_path) not in bad.problem
    assert ids(compute(searcher, Question("red", 1, upload=str(tmp_path / "bad.png"))).pictures) == ["red"]


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
    found = compute(searcher, Question(text, 3))
    assert sentence in found.problem
    assert "\n" not in found.problem
    assert found.pointer == pointer


def test_unknown_words_suggest_queries_that_leave_pictures_alone(searcher: Searcher):
    found = compute(searcher, Question("[rde] + rde", 3))
    assert 'data-words="[rde] + red"' in view.wrong_html(found)
    shown = compute(searcher, Question("blue rde - green", 3))
    assert shown.problem == ""
    html = answers_html([shown], searcher.collection)
    assert "Skipped <b>rde</b>" in html
    assert 'data-words="blue red - green"' in html


def test_texts_are_told_from_arithmetic():
    for text in ("a dog", "king - man", '"quoted" words', "[scene-0042]", "1984", "T-shirt", "2*dog"):
        query = read({"q": words_query(text)}).query
        assert parse(query) == Query((Term(1, Text(text)),))
        assert not is_sum(query)
    for query in ("king - man", "2*dog", "[oops", "- [red]", '"a" b'):
        assert is_sum(read({"q": query, "image": "red"}).query)
    for query in ("[scene-0042]", "a dog", "7 - 11 store +", "red +", ""):  # the third resembles a sum only
        assert not is_sum(query)
    assert words_query("x" * 3000) == "x" * 3000  # for the search to refuse


def test_examples_are_true_of_the_pictures_and_always_the_same():
    scenes = sample_scenes("test", 300)
    items = tuple(Item.picture(scene.id, Path(scene.id)) for scene in scenes)
    found = examples(Collection("scenes", items, SceneTruth(tuple(scenes), ())))
    assert found == examples(Collection("again", items, SceneTruth(tuple(scenes), ())))
    by_title = {f"{swap.minus} → {swap.plus}": swap for swap in SWAPS}
    known = {scene.id: facts(scene) for scene in scenes}
    chosen = [(each, by_title[each.title]) for each in found if each.title in by_title]
    assert len(chosen) > 2
    for each, swap in chosen:
        assert each.item is not None
        assert swap.before.items() <= known[each.item.id].items()
        assert str(each.query) == f"[{each.item.id}] - {swap.minus} + {swap.plus}"
        assert each.outcome is not None
        assert swap.after.items() <= known[each.outcome.id].items()
    assert found[len(chosen)].title == "king - man + woman"


def test_what_else_is_different_is_told_in_order():
    before = {"place": "sea", "time": "day", "subject.kind": "dog", "subject.colour": "red"}
    after = {"place": "snow", "time": "night", "subject.kind": "cat", "subject.colour": "red", "other.kind": "bus"}
    assert changed(before, after, {"subject.kind": "cat"}) == ("place", "time of day", "what is beside it")
    assert changed(before, before, {}) == ()


def test_an_example_shows_its_answer_and_why_it_fails(colours: Path):
    collection = load_collection(colours)
    red, blue = collection.item("red"), collection.item("blue")
    query = parse("[red] - red + blue")
    service: Any = SimpleNamespace(
        collection=collection, examples=(Example("", query, red, answer=blue, fails="why."),)
    )
    html = starters(service)
    assert 'class="example" data-words="[red] - red + blue"' in html
    assert html.count("<img") == 2
    assert "Fails:</b> why." in html
    assert "also changed" not in html


def test_examples_without_truth_show_the_language(colours: Path):
    assert [each.title for each in examples(load_collection(colours))] == [
        "[red] - red + blue",
        "king - man + woman",
        "[red] + [green]",
    ]
    assert [each.title for each in examples(Collection("empty", ()))] == ["king - man + woman"]


def test_nothing_from_outside_is_markup(tmp_path: Path):
    hostile = '"><img src=x onerror=alert(1)>'
    (tmp_path / "x.png").touch()
    item = Item.picture(hostile, tmp_path / "x.png", (hostile, hostile))
    collection = Collection(hostile, (item,))
    query = Query((Term(1, Text(hostile)), *query_of(Fields(hostile, hostile)).terms))  # type: ignore[union-attr]
    answers, unknown = (PictureHit(item, 0.5, 1),), (UnknownWord("src", (hostile,)),)
    ask = Question(hostile, 6)
    found = Answer(ask, query, answers, parts=(Part(hostile, query, answers),), unknown=unknown, model=hostile)
    wrong = Answer(ask, query, unknown=unknown, problem=hostile, pointer=hostile, model=hostile)
    pages = [
        answers_html([found], collection),
        answers_html([found, wrong], collection),
        answers_html([wrong], collection),
        view.wrong_html(wrong),
        arithmetic_view.starters(Service("any", collection)),
        arithmetic_view.sources(collection),
    ]
    for page in pages:
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


def test_shared_answers_are_marked(searcher: Searcher):
    found = compute(searcher, Question("[yellow] - red + blue", 1))
    html = answers_html([found], searcher.collection)
    assert html.count("№ 1 above") == 2
    assert "1 of 3 also above" in html
    assert 'aria-label="The picture yellow, minus &#34;red&#34;, plus &#34;blue&#34;. The first answer: blue"' in html


def test_every_error_of_a_query_is_told_in_the_answer(searcher: Searcher):
    for text in (None, 3, ["red"]):
        assert "A text was expected" in compute(searcher, Question(text, 3)).problem  # type: ignore[arg-type]
    assert "give a whole number from 1 to 48" in compute(searcher, Question("red", 0)).problem


def test_an_upload_that_is_gone(searcher: Searcher, tmp_path: Path):
    found = compute(searcher, Question("[upload] - red", 1, upload=str(tmp_path / "gone.png")))
    assert "no longer kept: bring it again" in found.problem
