"""The Words tab: what is computed, and its handlers as plain functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr
import numpy as np
import pytest

from demo.shared.address import Page
from demo.shared.collections import Collections
from demo.shared.jobs import Job
from demo.shared.models import Service
from demo.shared.templating import macros
from demo.words import compute, drawing
from demo.words.asked import USUAL, Asked, read, write
from demo.words.handlers import WordsEvents, change_of, question_about
from demo.words.parts import PARTS, PARTS_HTML, Seen
from demo.words.sets import DOC2VEC, TITLES, NotKnownError, Sets, WordSet, joint_space, open_set
from demo.words.slow import captions_of, inferred
from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.errors import QueryError, TextError
from vse.search.searcher import Searcher
from vse.words.shipped import open_words
from vse.words.table import WordVectors

WORDS = ("man", "woman", "king", "queen", "snow")
VECTORS = np.array([[1, 0, 0], [0, 1, 0], [1, 0, 1], [0, 1, 1], [-1, -1, 0.5]], np.float32)
FOUND = WordSet("joint", "some", WordVectors("some", WORDS, VECTORS))
SEEN = Seen(FOUND, Sets(FOUND))
REQUEST: Any = SimpleNamespace(session_hash="me", query_params={}, headers={})


class Listing(FakeEncoder):
    """A fake with a vocabulary, whose text tower knows nothing but colours."""

    words = ("the", "red", "green", "reddish", "2")

    def encode_texts(self, texts: Sequence[str], progress: object = None, *, strict: bool = True) -> np.ndarray:
        if not all(any(axis in text for axis in ("red", "green", "blue")) for text in texts):
            raise TextError("The model knows none of these words.")
        return super().encode_texts(texts, progress, strict=strict)


@pytest.fixture
def events(colours: Path) -> WordsEvents:
    return WordsEvents(Collections(Service.of(Searcher.open(Listing(), load_collection(colours)))))


def ask(events: WordsEvents, asked: str, changed: Sequence[str]) -> dict[str, Any]:
    """What the component shows in the end."""
    shown: dict[str, Any] = {}
    event = gr.EventData(None, {"asked": asked, "changed": list(changed), "turn": 7})
    for update in events.on_asked(Page(), event, REQUEST):
        shown |= update
    return shown


def test_an_address_is_read_back_and_the_usual_goes_without_saying():
    assert write(USUAL) == ""
    asked = Asked("glove", "a & b", k=5, from_="day", step=1, layout="umap", keep="1")
    assert write(asked) == "set=glove&near=a%20%26%20b&keep=1&k=5&from=day&step=1&layout=umap"
    assert read(dict(parse_qsl(write(asked)))) == asked
    assert read({"k": "1", "step": "0", "layout": "round", "width": "9", "method": "x"}) == Asked(k=2, step=1)
    assert read({"k": "0", "step": "x"}) == USUAL


def test_the_nearest_words_leave_the_word_itself_out():
    (first, score), *others = compute.nearest(FOUND, "king")
    assert (first, score) == ("man", pytest.approx(np.sqrt(0.5)))
    assert "king" not in [first, *(word for word, _ in others)]


def test_an_analogy_may_answer_with_its_own_words():
    assert compute.analogy(FOUND, "king", "man", "woman")[0][0] == "queen"
    kept = compute.analogy(FOUND, "king", "man", "woman", keep=True)
    assert {word for word, _ in kept} == set(WORDS)
    assert compute.sum_of(FOUND, "king - man + woman", keep=True, k=5) == kept


def test_a_sum_leaves_its_words_out_and_is_not_endless():
    words, answers = compute.summed(FOUND, "Man + woman")
    assert words == ["man", "woman"]
    assert {word for word, _ in answers[:2]} == {"king", "queen"}
    with pytest.raises(TextError, match=r"^9 words came to be added: give 1 to 8, such as snow \+ dog\.$"):
        compute.summed(FOUND, " + ".join(["man"] * 9))


def test_the_plane_of_a_parallelogram_keeps_what_lies_in_a_plane():
    found = compute.parallelogram(FOUND, "king", "man", "woman", "queen")
    flat = WordSet("flat", "flat", WordVectors("flat", tuple("abcd"), np.array(
        [[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0]], np.float32)))  # fmt: skip
    assert compute.parallelogram(flat, *"abcd").kept == pytest.approx(1)
    rows = FOUND.table.units[[2, 0, 1, 3]]
    rows = rows - rows.mean(axis=0)
    random, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 2)))
    assert 1 >= found.kept >= ((rows @ random) ** 2).sum() / (rows**2).sum()  # no plane keeps more
    for axis in "xy":  # the sum closes the parallelogram in the plane, too
        a, b, c, end = (getattr(getattr(found, name), axis) for name in ("a", "b", "c", "end"))
        assert end == pytest.approx(a - b + c, abs=1e-5)


def test_an_axis_has_its_words_at_its_ends():
    found = compute.axis(FOUND, "man", "woman")
    assert found.low[0][0] == "man"
    assert found.high[0][0] == "woman"
    assert found.low[0][1] == pytest.approx(-found.high[0][1])
    with pytest.raises(TextError, match=r"^Give two different words"):
        compute.axis(FOUND, "man", "man")


def test_a_window_passes_over_words_without_a_vector():
    found = compute.sliding(FOUND, "the king saw a queen in snow", step=2, width=1, method="skip-gram")
    assert (found.centre, found.context, found.steps) == ("queen", ["king", "snow"], 3)
    assert [each.role for each in found.tokens] == ["", "context", "", "", "centre", "", "context"]
    assert found.samples == [(["queen"], "king"), (["queen"], "snow")]
    assert [each.label for each in found.targets] == [1, 0, 0]
    assert found.targets[0].dot == pytest.approx(1)  # of queen and king
    assert {each.word for each in found.targets[1:]} == {"man", "woman"}
    other = compute.sliding(FOUND, "the king saw a queen in snow", step=99, width=1, method="cbow")
    assert (other.step, other.samples) == (3, [(["queen"], "snow")])
    np.testing.assert_allclose(other.update.hidden, VECTORS[3])


def test_the_true_window_is_compared_with_the_exchanged_one():
    found = compute.exchange(FOUND, "man king queen", step=2, width=1, other="snow")
    assert found.context == ["man", "queen"]
    assert found.true == pytest.approx((np.sqrt(0.5) + 0.5) / 2)
    assert found.true > found.corrupted
    assert found.better == pytest.approx(4 / 5)  # of five words only king itself fits as well


def test_an_unknown_word_is_told_with_near_ones_that_are_one_click_away():
    with pytest.raises(NotKnownError, match=r"^The set some has no vector for 'quen'"):
        FOUND.vector("quen")
    html = PARTS["near"].draw(Asked(near="quen"), SEEN)
    assert 'data-ask="near=queen"' in html
    html = PARTS["analogy"].draw(Asked(a="king", b="man", c="womann"), SEEN)
    assert 'data-ask="c=woman"' in html


@pytest.mark.parametrize("name", PARTS)
def test_every_part_draws_its_example_and_takes_nothing_for_html(name: str):
    assert "alert" not in PARTS[name].draw(Asked(text="man king queen snow"), SEEN)
    hostile = "<img src=x>"
    asked = Asked(near=hostile, a=hostile, b=hostile, c=hostile, sum=hostile, from_=hostile, to=hostile, text=hostile,
                  other=hostile)  # fmt: skip
    assert "<img" not in PARTS[name].draw(asked, SEEN)


def test_names_in_the_plane_never_cover_each_other():
    points = np.random.default_rng(0).uniform(-1, 1, (300, 2))
    words = [f"word{number}" for number in range(300)]
    found = drawing.dots(words, points, "word7", ["word8"])
    assert found[-1].word == "word7"
    assert found[-1].is_named
    named = [each for each in found if each.is_named]
    assert 20 < len(named) < 300
    assert all(abs(a.x - b.x) > 40 or abs(a.y - b.y) > 20 for a in named for b in named if a is not b)


def test_the_plane_shows_the_chosen_word_though_it_is_rare(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compute, "DOTS", 2)
    assert compute.plane_words(FOUND) == ("man", "woman")
    html = PARTS["plane"].draw(Asked(near="snow"), SEEN)
    assert html.count("data-dot=") == 5  # with its nearest
    assert 'class="chosen" data-dot="snow"' in html
    job: Job[np.ndarray] = Job(lambda report: np.zeros((2, 2)))
    html = PARTS["plane"].draw(Asked(near="snow", layout="umap"), replace(SEEN, job=job))
    assert "not among the 2 words" in html


def test_a_joint_space_holds_the_words_of_the_vocabulary_that_say_something(colours: Path):
    searcher = Searcher.open(Listing(), load_collection(colours))
    found = joint_space(searcher, lambda done, total: None)
    assert found.table.words == ("red", "green", "reddish")
    np.testing.assert_allclose(found.table.vectors.mean(axis=0), 0, atol=1e-6)
    assert compute.nearest(found, "red")[0][0] == "reddish"
    assert compute.nearest(found, "blue", k=1)[0][0] == "green"  # blue is not listed, but the tower reads it


def test_only_what_a_change_concerns_is_drawn(events: WordsEvents):
    shown = ask(events, "near=green", ["near"])
    assert {"near", "plane", "answer", "address", "drawn"} == shown.keys() - {"__type__"}
    assert (shown["answer"], shown["address"]) == (7, "near=green")
    assert shown["near"].startswith("7 ")  # of which turn it is
    assert "reddish" in shown["near"]
    everything = ask(events, "set=nowhere", ["set"])
    assert set(PARTS) <= everything.keys()
    assert everything["address"] == ""


def test_what_goes_wrong_in_one_part_leaves_the_others(events: WordsEvents, monkeypatch: pytest.MonkeyPatch):
    def fail(asked: Asked, seen: Seen) -> str:
        raise TextError("No such <file>.")

    monkeypatch.setitem(PARTS, "things", replace(PARTS["things"], draw=fail))
    shown = ask(events, "", ["set"])
    assert "No such &lt;file&gt;." in shown["things"]
    assert shown["answer"] == 7


def test_an_older_question_leaves_off(events: WordsEvents):
    event = gr.EventData(None, {"asked": "", "changed": ["set"], "turn": 1})
    older = events.on_asked(Page(), event, REQUEST)
    next(older)
    ask(events, "", ["near"])
    assert list(older) == []


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"asked": 7, "changed": [], "turn": 1},
        {"asked": "", "changed": "near", "turn": 1},
        {"asked": "x" * 99_999, "changed": [], "turn": 1},
        {"asked": "", "changed": [], "turn": "1"},
    ],
)
def test_what_a_browser_may_send_is_checked(data: Any):
    with pytest.raises(QueryError, match=r"^The page asked for nothing that can be shown"):
        change_of(data)


def test_a_click_on_a_word_asks_for_its_pictures():
    assert question_about({"word": "red"}).text == "red"
    assert question_about({"item": "scene-0042"}).text == "[scene-0042]"
    assert question_about({"word": "red-hot"}).text in ("red-hot", '"red-hot"')
    with pytest.raises(QueryError, match=r"^The page asked for nothing"):
        question_about({"word": 7})


def test_programs_are_answered(events: WordsEvents):
    assert events.words_nearest("red", k=1) == [{"word": "reddish", "score": 1.0}]
    assert events.words_analogy("red - green", k=1)[0]["word"] == "reddish"
    found = events.words_clusters(k=2)
    assert [each["words"] for each in found] == [["red", "reddish"], ["green"]]
    with pytest.raises(gr.Error, match="No vectors 'bert': give one of joint"):
        events.words_nearest("red", "bert")
    with pytest.raises(gr.Error, match="clusters came as '61'"):
        events.words_clusters(k=61)
    with pytest.raises(gr.Error, match="clusters came as 'many'"):
        events.words_clusters(k="many")  # type: ignore[arg-type]


def test_the_choice_of_sets_tells_each():
    assert macros(PARTS_HTML).TOLD.keys() == TITLES.keys()


TEXTS = ("A dog in the snow.", "xyzzy", "Two boats on the sea.", "A dog in the snow.")


def test_captions_are_compared_once_they_have_vectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VSE_CACHE", str(tmp_path))
    found, told = open_words(DOC2VEC), []
    texts = captions_of(found, TEXTS)
    assert texts == ["A dog in the snow.", "Two boats on the sea."]
    assert captions_of(found, []) == []
    rows = inferred(found, texts, lambda *progress: told.append(progress))
    assert told[-1][1:] == (2, 2)
    np.testing.assert_array_equal(inferred(found, texts, lambda *progress: pytest.fail("made twice")), rows)
    (first, score), (_, other) = compute.like_this(found, "a dog in the snow", texts, rows)
    assert first == texts[0]
    assert score == pytest.approx(1, abs=1e-3)
    assert other < 0.9


def test_a_part_tells_how_far_its_job_is_and_what_went_wrong():
    job: Job[np.ndarray] = Job(lambda report: np.zeros((0, 0)), "Inferring")
    seen = replace(SEEN, captions=["a dog"], job=job)
    assert "Inferring …" in PARTS["like"].draw(Asked(like="a dog"), seen)
    job.fail(TextError("No such file."))
    assert "No such file." in PARTS["like"].draw(Asked(like="a dog"), seen)
    assert "no captions" in PARTS["like"].draw(Asked(like="a dog"), SEEN)


def test_sets_open_by_name_and_do_without_a_joint_space():
    assert [*Sets(FOUND).titles][:6] == [*TITLES][:6]  # real English may not be here
    assert Sets(FOUND).open("nowhere") is FOUND
    assert Sets(None).open("joint").name == "skip-gram"
    fast = Sets(None).open("fasttext")
    assert fast is open_set("fasttext")
    assert "dog" in [word for word, _ in compute.nearest(fast, "dogg", k=3)]  # which nobody has read


def test_words_are_translated_both_ways_and_pictures_asked_for_in_spanish(colours: Path):
    html = PARTS["translation"].draw(Asked(es="perro", en="boat"), SEEN)
    assert html.count("Translations of") == 2
    assert "has no vector" in PARTS["translation"].draw(Asked(es="xyzzy"), SEEN)
    collection = load_collection(colours)
    job: Job[Any] = Job(lambda report: Searcher.open(FakeEncoder(), collection))
    job.start().is_ready(5)
    html = PARTS["translation"].draw(Asked(phrase="red"), replace(SEEN, collection=collection, job=job))
    assert html.index('data-item="red"') < html.index('data-item="green"')
