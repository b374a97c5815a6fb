from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest
from markupsafe import Markup
from PIL import Image

from demo.shared.address import read
from demo.shared.answer_render import answers_html
from demo.shared.answering import answer, checked, path_of_upload
from demo.shared.errors import UNEXPECTED, reporting
from demo.shared.question import Question, after_click, check_k, ticks_of
from demo.shared.templating import macros
from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.encoders.base import Written
from vse.errors import CheckpointError, ImageError, QueryError, TextError
from vse.modalities.text.unknown import UnknownWord
from vse.search.query import read as read_query
from vse.search.searcher import Searcher

RED = Question("red", 2)


class Strict(FakeEncoder):
    """Knows three words and says so."""

    def encode_texts(self, texts, progress=None, *, strict=True):
        if strict and not any(word in texts[0].lower() for word in ("red", "green", "blue")):
            raise TextError(f"The model knows none of these words: {texts[0]}.")
        return super().encode_texts(texts, progress, strict=strict)

    def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
        known = {"rde": ("red",), "purple": ()}
        return tuple(UnknownWord(word, known[word]) for word in text.split() if word in known)


@pytest.fixture
def searcher(colours: Path) -> Searcher:
    return Searcher.open(Strict(), load_collection(colours))


def test_words_find_the_pictures_of_their_colours_by_cosine(searcher: Searcher):
    found = answer(searcher, Question("red and green", 4))
    assert [image.item.id for image in found.pictures] == ["yellow", "red", "green", "blue"]
    assert [image.rank for image in found.pictures] == [1, 2, 3, 4]
    assert [image.score for image in found.pictures] == pytest.approx([1, 0.5**0.5, 0.5**0.5, 0], abs=1e-3)
    assert found.captions == ()
    assert found.milliseconds > 0


def test_a_picture_of_the_collection_finds_its_captions_and_the_others(searcher: Searcher):
    found = answer(searcher, Question("[yellow]", 3))
    assert [(line.text, line.own) for line in found.captions] == [
        ("Red and green.", True),
        ("red", False),
        ("a red square", False),
    ]
    assert [image.item.id for image in found.pictures] == ["red", "green", "blue"]
    assert found.item == searcher.collection.item("yellow")


def test_an_upload_finds_captions_and_every_picture(searcher: Searcher, tmp_path: Path):
    Image.new("RGB", (9, 9), (0, 0, 200)).save(tmp_path / "mine.png")
    found = answer(searcher, Question("[upload]", 1, upload=str(tmp_path / "mine.png")))
    assert [image.item.id for image in found.pictures] == ["blue"]
    assert found.item is None
    assert not any(line.own for line in found.captions)


def test_a_collection_without_captions_still_answers_with_pictures(searcher: Searcher):
    bare = Searcher(searcher.encoder, searcher.collection, {"image": searcher.images})
    found = answer(bare, Question("[red]", 2))
    assert found.captions == ()
    assert [image.item.id for image in found.pictures] == ["yellow", "green"]


def test_the_path_of_a_bad_upload_is_not_told(searcher: Searcher, tmp_path: Path):
    (tmp_path / "bad.png").write_bytes(b"no picture")
    problem = answer(searcher, Question("[upload]", 1, upload=str(tmp_path / "bad.png"))).problem
    assert problem.startswith("Your file is not a picture")
    assert str(tmp_path) not in problem
    gone = answer(searcher, Question("[upload]", 1, upload=str(tmp_path / "gone.png")))
    assert "no longer kept: bring it again" in gone.problem
    with pytest.raises(QueryError, match="no longer kept: bring it again"):
        checked(gone)


def test_a_bad_query_becomes_a_problem_with_its_unknown_words(searcher: Searcher):
    found = answer(searcher, Question("rde purple", 2))
    assert found.problem == "The model knows none of these words: rde purple."
    assert [word.word for word in found.unknown] == ["rde", "purple"]
    assert "No picture [x]" in answer(searcher, Question("[x]", 2)).problem


def test_words_that_are_read_as_others_or_by_their_letters_are_told(searcher: Searcher):
    class Spelling(Strict):
        def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
            return ()

        def spelt_words(self, text: str) -> tuple[UnknownWord, ...]:
            known = {"rde": UnknownWord("rde", ("rode",), "red"), "reddish": UnknownWord("reddish", ("radish",))}
            return tuple(known[word] for word in text.split() if word in known)

    found = answer(replace(searcher, encoder=Spelling()), Question("rde reddish red"))
    assert ([word.word for word in found.spelt], found.unknown) == (["rde", "reddish"], ())
    note = " ".join(Markup(macros("shared/parts.html.jinja").unknown_note(found)).striptags().split())
    assert "rde is read as red. reddish is read by its letters, as the model does not know it." in note
    assert "Instead of rde: rode" in note
    assert "Skipped" not in note


def test_words_that_negate_are_told_with_a_sum_and_are_not_unknown(searcher: Searcher):
    class Reader(Strict):
        def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
            return tuple(UnknownWord(word, ()) for word in text.split() if word != "red")

    told = answer(Searcher(Reader(), searcher.collection, {"image": searcher.images}), Question("red without blue", 2))
    assert [word.word for word in told.unknown] == ["blue"]
    assert told.negation is not None
    assert str(told.negation.offered) == "red - blue"
    assert answer(searcher, Question("red - blue", 2)).negation is None
    nothing = answer(searcher, Question("no purple", 2))
    assert nothing.problem
    assert nothing.negation is not None


def test_a_sum_is_a_sum_in_every_box_and_its_mistakes_have_a_place(searcher: Searcher):
    found = answer(searcher, Question("[yellow] - red + blue", 2), parts=True)
    assert [hit.item.id for hit in found.pictures] == ["blue", "green"]
    assert [part.title for part in found.parts] == ["Without the subtraction", "The new word alone"]
    wrong = answer(searcher, Question("[yellow - red", 2))
    assert wrong.query is None
    assert wrong.problem
    assert wrong.pointer.splitlines()[0].strip().startswith("[yellow")
    assert "^" in wrong.pointer
    missing = answer(searcher, Question("red + [nowhere]", 2))
    assert "^" in missing.pointer


@pytest.mark.parametrize("k", [1, 48, 12.0])
def test_whole_numbers_of_answers(k: float):
    assert check_k(k) == k


@pytest.mark.parametrize("k", [0, 49, 1.5, float("nan"), float("inf"), True, "12", None, [3]])
def test_anything_else_is_no_number_of_answers(k: object):
    with pytest.raises(QueryError, match="give a whole number from 1 to 48"):
        check_k(k)


def test_a_click_changes_the_query_or_the_number():
    assert after_click({"kind": "item", "value": "red"}, RED) == Question("[red]", 2)
    assert after_click({"kind": "words", "value": ""}, RED) == Question("", 2)
    assert after_click({"kind": "count", "value": 24}, RED) == Question("red", 24)
    assert after_click({"kind": "fit", "value": 0.8}, RED) == Question("red", 2, min_fit=0.8)
    assert after_click({"kind": "fold", "value": "same"}, RED) == Question("red", 2, fold="same")
    with pytest.raises(QueryError, match="fold came as 'yes': give 'same' or 'similar'"):
        after_click({"kind": "fold", "value": "yes"}, RED)


def test_a_visitors_picture_goes_with_the_query_that_speaks_of_it():
    mine = Question("[upload]", 2, upload="/uploads/mine.png")
    assert after_click({"kind": "words", "value": "[upload] + red"}, mine).upload == "/uploads/mine.png"
    assert after_click({"kind": "item", "value": "red"}, mine).upload == ""


@pytest.mark.parametrize(
    ("text", "kind", "item_id", "after"),
    [
        ("red", "more", "a", "red + 0.5*[a]"),
        ("red", "less", "a", "red - 0.25*[a]"),
        ("red + 0.5*[a]", "more", "a", "red"),
        ("red + 0.5*[a]", "less", "a", "red - 0.25*[a]"),
        ("red - 0.25*[a] + 0.5*[b]", "less", "a", "red + 0.5*[b]"),
        ("[a] - dog", "more", "a", "[a] - dog + 0.5*[a]"),
        ("[a]", "less", "b", "[a] - 0.25*[b]"),
        ("0.5*[a]", "more", "a", "0.5*[a] + 0.5*[a]"),
        ("red in:x", "more", "a", "red + 0.5*[a] in:x"),
        ("in:x", "less", "a", "- 0.25*[a] in:x"),
        ("- 0.25*[a] in:x", "less", "a", "in:x"),
        ("7 - 11 store", "more", "a", '"7 - 11 store" + 0.5*[a]'),
        ("red", "more", "day [2]/pic 1.jpg", "red + 0.5*[day [2]/pic 1.jpg]"),
        ("red", "less", "a ] b", r"red - 0.25*[a \] b]"),
    ],
)
def test_a_tick_is_a_term_of_the_query_until_it_is_pressed_again(text: str, kind: str, item_id: str, after: str):
    asked = after_click({"kind": kind, "value": item_id}, Question(text, 2))
    assert asked == Question(after, 2)
    was, now = ticks_of(read_query(text)).get(item_id), ticks_of(read_query(after)).get(item_id)
    assert now == (None if was == kind else kind)


def test_ticks_keep_a_visitors_picture_and_end_where_no_term_has_room():
    mine = Question("[upload]", 2, upload="/uploads/mine.png")
    assert after_click({"kind": "more", "value": "a"}, mine) == Question("[upload] + 0.5*[a]", 2, upload=mine.upload)
    full = Question(" + ".join(f"[{number}]" for number in range(16)))
    with pytest.raises(QueryError, match="17 terms: give 1 to 16"):
        after_click({"kind": "less", "value": "a"}, full)


@pytest.mark.parametrize(
    "data",
    [None, "item", {}, {"kind": "upload", "value": "/etc/hostname"}, {"kind": "more", "value": 3}, {"kind": ["item"]}],
)
def test_a_click_may_be_anything(data: object):
    with pytest.raises(QueryError, match="reload the page"):
        after_click(data, RED)


def test_links():
    assert read({"q": " a dog ", "image": "red"}).query == "a dog"
    assert read({"image": "red"}).query == "[red]"
    assert read({"q": " ", "__theme": "dark"}).query == ""


@pytest.mark.parametrize("payload", [None, {}, {"path": None}, {"path": ""}, {"path": 3}, "x.png"])
def test_no_upload(payload: object):
    with pytest.raises(ImageError, match="upload a picture file"):
        path_of_upload(payload)


def test_errors_reach_visitors_as_one_escaped_sentence(caplog: pytest.LogCaptureFixture):
    @reporting
    def fails(error: Exception) -> None:
        raise error

    @reporting
    def streams(error: Exception):
        yield 1
        raise error

    with pytest.raises(gr.Error, match="'No <b> here"):  # gr.Error shows its message as a repr
        raise gr.Error("No <b> here")
    with pytest.raises(gr.Error, match="No &lt;b&gt; here: use another"):
        fails(TextError("No <b> here: use another."))
    assert caplog.records == []
    for call in (lambda: fails(KeyError("secret")), lambda: list(streams(KeyError("secret")))):
        with pytest.raises(gr.Error, match="Something went wrong") as caught:
            call()
        assert caught.value.message == UNEXPECTED
    assert len(caplog.records) == 2


class Writer(FakeEncoder):
    """Writes the colours that a vector has, the strongest first."""

    writes = True

    def captions(self, vectors, k=1, length="medium"):
        names = ("red", "green", "blue")
        texts = [" and ".join(names[i] for i in (-v).argsort(kind="stable") if v[i] > 0.1) for v in vectors]
        return [[Written(text.capitalize(), 1.0)] * k for text in texts]


def test_a_picture_or_a_sum_is_written_for_and_words_are_not(colours: Path):
    searcher = Searcher.open(Writer(), load_collection(colours))
    assert answer(searcher, Question("[yellow]", 2)).written == "Red and green"
    found = answer(searcher, Question("[yellow] - red + blue", 2, way="plain"))
    assert found.written == "Blue and green"
    assert answer(searcher, Question("red", 2)).written == ""
    assert answer(searcher, Question("[nothing]", 2)).written == ""
    html = answers_html([found], searcher.collection)
    assert 'data-words="Blue and green"' in html
    assert "written from the point" in html
    assert "written from the point" not in answers_html([answer(searcher, RED)], searcher.collection)


def test_a_model_that_cannot_write_says_nothing(searcher: Searcher):
    assert answer(searcher, Question("[yellow]", 2)).written == ""
    with pytest.raises(CheckpointError, match="fake has not learnt to write captions"):
        searcher.describe("[yellow]")


def test_a_picture_without_captions_gets_one_as_its_alternative_text(colours: Path):
    searcher = Searcher.open(Writer(), load_collection(colours))
    found = answer(searcher, Question("blue", 4))
    assert {each.item.id: each.written for each in found.pictures} == {
        "blue": "Blue",
        "red": "",
        "green": "",
        "yellow": "",
    }
    html = answers_html([found], searcher.collection)
    assert 'alt="Blue"' in html
    assert '<span class="said">Blue</span>' in html
    assert searcher.written_for(["red"]) == {"red": "Red"}
