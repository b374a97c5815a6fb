from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.encoders.similarity import normalise
from vse.errors import CollectionError, TextError
from vse.modalities.text.unknown import UnknownWord
from vse.search.explain import MOST_WORDS, WordShare, answer_shares, sum_shares, word_shares, words_of
from vse.search.query import Query, parse
from vse.search.searcher import Searcher

HALF = 0.5**0.5
RED, GREEN, YELLOW = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [HALF, HALF, 0.0]


class Reader(FakeEncoder):
    """Keeps what it reads; "grass" is a word that it has never read."""

    def __init__(self, similarity: str = "cosine") -> None:
        super().__init__(similarity=similarity)
        self.read: list[list[str]] = []  # one list a call

    def encode_texts(self, texts, progress=None, *, strict=True):
        self.read.append(list(texts))
        return super().encode_texts(texts, progress, strict=strict)

    def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
        return (UnknownWord("grass", ("green",)),) if "grass" in text.lower() else ()


def told(shares: Sequence[WordShare]) -> dict[str, list[float] | None]:
    return {each.word: None if each.shares is None else [round(float(s), 4) for s in each.shares] for each in shares}


def test_a_share_is_the_score_with_the_word_minus_the_score_without():
    # "red green" scores cos 45 degrees with red and 1 with yellow; "green" alone 0 and cos 45 degrees.
    encoder = Reader()
    shares = word_shares(encoder, "red green", np.array([RED, YELLOW]), np.array([HALF, 1.0]))
    assert told(shares) == {"red": [0.7071, 0.2929], "green": [-0.2929, 0.2929]}
    assert shares[0].mean == pytest.approx(0.5)
    assert shares[1].mean == pytest.approx(0.0, abs=1e-6)


def test_all_shortened_texts_are_read_in_one_call_and_each_once():
    encoder = Reader()
    shares = word_shares(encoder, "Red, red  GREEN!", np.array([RED]), np.array([HALF]))
    assert encoder.read == [["red GREEN!", "Red, GREEN!", "Red, red"]]
    encoder = Reader()
    shares = word_shares(encoder, "red red", np.array([RED]), np.array([1.0]))
    assert encoder.read == [["red"]]
    assert [(each.word, each.mean) for each in shares] == [("red", 0.0), ("red", 0.0)]


@pytest.mark.parametrize("text", ["red", "red grass", "¡red!"])
def test_a_word_without_which_nothing_is_left_has_no_share(text: str):
    shares = {each.word: each for each in word_shares(Reader(), text, np.array([RED]), np.array([1.0]))}
    assert shares["red"].shares is None
    assert shares["red"].mean is None


def test_unknown_words_are_not_told_and_stay_where_another_is_left_out():
    encoder = Reader()
    shares = word_shares(encoder, "red GRASS green grass", np.array([RED]), np.array([HALF]))
    assert told(shares) == {"red": [0.7071], "green": [-0.2929]}
    assert encoder.read == [["GRASS green grass", "red GRASS grass"]]
    many = word_shares(Reader(), "grass " * MOST_WORDS + "red green", np.array([RED]), np.array([HALF]))
    assert [each.word for each in many] == ["red", "green"]


def test_words_that_nobody_knows_run_no_model():
    encoder = Reader()
    assert word_shares(encoder, "grass", np.array([RED]), np.array([0.0])) == ()
    assert encoder.read == []


def test_order_similarity_is_kept():
    # -|max(0, text - picture)|^2: "green" against red is -1; "red green" against red is -0.5.
    (share,) = word_shares(Reader("order"), "red green", np.array([RED]), np.array([-0.5]))[:1]
    assert told([share]) == {"red": [0.5]}


def test_a_long_text_is_told_of_its_first_words_only():
    shares = word_shares(Reader(), "red " * 40, np.array([RED]), np.array([1.0]))
    assert len(shares) == MOST_WORDS


def test_no_answer_has_no_mean():
    (red, _) = word_shares(Reader(), "red green", np.zeros((0, 3)), np.zeros(0))
    assert red.mean is None


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(ValueError, match=r"Vectors came as \(1, 3\) and scores as \(2,\): give \(N, dim\) and \(N,\)"):
        word_shares(Reader(), "red", np.array([RED]), np.zeros(2))
    with pytest.raises(TextError, match="The text is empty"):
        word_shares(Reader(), "  ", np.array([RED]), np.zeros(1))


@pytest.mark.parametrize(
    ("text", "words", "rests"),
    [
        ("A dog, a cat.", ["a", "dog", "a", "cat"], ["dog, a cat.", "A a cat.", "A dog, cat.", "A dog, a"]),
        ("cat,dog", ["cat", "dog"], ["dog", "cat,"]),
        ("rock'n'roll — T-shirt", ["rock'n'roll", "t-shirt"], ["— T-shirt", "rock'n'roll —"]),
        ("狗在 海", ["狗", "在", "海"], ["在 海", "狗 海", "狗在"]),
        ("ﬁsh,dog", ["fishdog"], [""]),
    ],
)
def test_words_and_what_is_left_without_each(text: str, words: list[str], rests: list[str]):
    found = words_of(text)
    assert [word for word, _, _ in found] == words
    assert [" ".join((text[:begin] + text[end:]).split()) for _, begin, end in found] == rests


def summed(query: Query, embed) -> np.ndarray:
    """The weighted sum of the texts; [x] stands for blue."""
    rows = [embed([t.operand.text])[0] if hasattr(t.operand, "text") else np.array([0.0, 0, 1]) for t in query.terms]
    return normalise(np.array([t.weight for t in query.terms]) @ np.array(rows))


def test_words_leave_the_texts_of_a_sum_and_a_lone_one_takes_its_term_along():
    # blue + (red green) - green is (HALF, HALF - 1, 1) before it is scaled.
    encoder, query = Reader(), parse("[x] + red green - green")
    whole = summed(query, encoder.encode_texts)
    encoder.read.clear()
    shares = sum_shares(encoder, query, np.array([RED, GREEN]), whole[:2], summed)
    assert encoder.read == [["green", "red", "red green"]]
    assert [each.word for each in shares] == ["red", "green", "green"]
    without = [[0, 0], normalise(np.array([1.0, -1, 1]))[:2], normalise(np.array([HALF, HALF, 1]))[:2]]
    np.testing.assert_allclose([each.shares for each in shares], whole[:2] - np.array(without), atol=1e-6)


def test_what_cancels_out_has_no_share(colours: Path):
    searcher = Searcher.open(FakeEncoder(), load_collection(colours))
    found = searcher.ask("red + blue - red", 2)
    ids, scores = [hit.item_id for hit in found.hits], [hit.score for hit in found.hits]
    shares = answer_shares(searcher, found.query, ids, scores, "plain", found.resolved)
    assert [(each.word, each.shares is None) for each in shares] == [("red", False), ("blue", True), ("red", False)]


@pytest.mark.parametrize("way", ["plain", "frames", "captions", "centred", "rejected"])
@pytest.mark.parametrize("text", ["[yellow] - red + green blue", "red - blue green", "[upload] + green", "red, green"])
def test_a_searchers_shares_are_those_of_asking_again(colours: Path, text: str, way: str):
    searcher = Searcher.open(FakeEncoder(), load_collection(colours))
    upload = colours / "images" / "yellow.png"
    found = searcher.ask(text, 3, upload, way)
    ids, scores = [hit.item_id for hit in found.hits], [hit.score for hit in found.hits]
    searcher.encoder.encoded.clear()
    shares = answer_shares(searcher, found.query, ids, scores, way, found.resolved)
    assert searcher.encoder.encoded in ([], ["texts"])
    again = {
        "[yellow] - red + green blue": ("red", "[yellow] + green blue"),
        "red - blue green": ("blue", "red - green"),
        "[upload] + green": ("green", "[upload]"),
        "red, green": ("green", "red,"),
    }[text]
    share = next(each for each in shares if each.word == again[0])
    other = searcher.ask(again[1], 4, upload, way, keep_operands=True)
    kept = {hit.item_id: hit.score for hit in other.hits}
    np.testing.assert_allclose(share.shares, [s - kept[i] for i, s in zip(ids, scores, strict=True)], atol=1e-3)


def test_a_picture_alone_has_no_words(colours: Path):
    searcher = Searcher.open(FakeEncoder(), load_collection(colours))
    assert answer_shares(searcher, parse("[red]"), ["green"], [0.0], "plain", None) == ()
    with pytest.raises(CollectionError, match="nowhere"):
        answer_shares(searcher, parse("red green"), ["nowhere"], [0.0], "plain", None)
