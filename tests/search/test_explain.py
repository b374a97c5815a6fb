from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.encoders.similarity import normalise
from vse.errors import CollectionError, QueryError, TextError
from vse.modalities.text.unknown import UnknownWord
from vse.search.explain import MOST_WORDS, WordShare, answer_shares, sum_shares, word_shares, words_of
from vse.search.query import Query, parse
from vse.search.searcher import Searcher
from vse.search.shapley import shapley

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


def told(shares: Sequence[WordShare]) -> dict[str, list[float]]:
    return {each.word: [round(float(share), 4) for share in each.shares] for each in shares}


def test_shares_are_fair_worked_out_by_hand():
    # With red and yellow "red green" scores 0.7071 and 1, "red" 1 and 0.7071, "green" 0 and 0.7071, and nothing 0.
    # So with red "red" adds 1 where it comes first and 0.7071 where it comes second.
    shares = word_shares(Reader(), "red green", np.array([RED, YELLOW]), np.array([HALF, 1.0]))
    assert told(shares) == {"red": [0.8536, 0.5], "green": [-0.1464, 0.5]}
    assert shares[0].mean == pytest.approx(0.6768, abs=1e-4)
    assert shares[0].error == 0


@pytest.mark.parametrize("similarity", ["cosine", "order"])
@pytest.mark.parametrize("text", ["red", "red green", "green, blue  red!", "red green blue red " * 3])
def test_shares_add_up_to_the_score(text: str, similarity: str):
    encoder, vectors = Reader(similarity), np.array([RED, YELLOW, GREEN])
    query = encoder.encode_texts([text])
    scores = encoder.similarity.scores(vectors, query, a_is="image", b_is="text")[:, 0]
    shares = word_shares(encoder, text, vectors, scores)
    np.testing.assert_allclose(sum(each.shares for each in shares), scores, atol=1e-6)


def test_words_that_say_the_same_share_what_they_say():
    # Leaving one out would say that neither adds anything.
    shares = word_shares(Reader(), "red red", np.array([RED]), np.array([1.0]))
    assert [(each.word, each.mean) for each in shares] == [("red", 0.5), ("red", 0.5)]


def test_all_groups_of_words_are_read_in_one_call_and_each_once():
    encoder = Reader()
    word_shares(encoder, "Red, red  GREEN!", np.array([RED]), np.array([HALF]))
    assert encoder.read == [["Red,", "red", "Red, red", "GREEN!", "Red, GREEN!", "red GREEN!"]]


@pytest.mark.parametrize("text", ["red", "red grass", "¡red!"])
def test_a_word_alone_is_the_whole_score_and_no_model_is_run(text: str):
    encoder = Reader()
    shares = word_shares(encoder, text, np.array([RED]), np.array([0.9]))
    assert told(shares) == {"red": [0.9]}
    assert encoder.read == []


def test_unknown_words_are_not_told_and_stay_while_a_known_one_does():
    encoder = Reader()
    shares = word_shares(encoder, "red GRASS green grass", np.array([RED]), np.array([HALF]))
    assert told(shares) == {"red": [0.8536], "green": [-0.1464]}
    assert encoder.read == [["red GRASS grass", "GRASS green grass"]]
    many = word_shares(Reader(), "grass " * MOST_WORDS + "red green", np.array([RED]), np.array([HALF]))
    assert [each.word for each in many] == ["red", "green"]


def test_words_that_nobody_knows_run_no_model():
    encoder = Reader()
    assert word_shares(encoder, "grass", np.array([RED]), np.array([0.0])) == ()
    assert encoder.read == []


def test_order_similarity_is_kept():
    # -|max(0, text - picture)|^2 with red: "red" 0, "green" -1, "red green" -0.5, and nothing, which is true of all, 0.
    shares = word_shares(Reader("order"), "red green", np.array([RED]), np.array([-0.5]))
    assert told(shares) == {"red": [0.25], "green": [-0.75]}


def test_a_long_text_is_told_of_its_first_words_only_and_how_exact_that_is():
    shares = word_shares(Reader(), "red " * MOST_WORDS + "green " * 16, np.array([RED]), np.array([HALF]))
    assert [each.word for each in shares] == ["red"] * MOST_WORDS
    # The others are always there: with the reds "green" goes from 0 to 0.7071.
    assert sum(each.mean for each in shares) == pytest.approx(HALF, abs=1e-5)
    assert 0 < shares[0].error < 0.05


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


def test_words_leave_the_texts_of_a_sum_and_the_last_one_takes_its_term_along():
    # blue + (red green) - green is (HALF, HALF - 1, 1) before it is scaled.
    encoder, query = Reader(), parse("[x] + red green - green")
    whole = summed(query, encoder.encode_texts)
    encoder.read.clear()
    shares = sum_shares(encoder, query, np.array([RED, GREEN]), whole[:2], summed)
    assert sorted(encoder.read[0]) == ["green", "red", "red green"]
    assert len(encoder.read) == 1
    assert [each.word for each in shares] == ["red", "green", "green"]
    alone = normalise(np.array([0.0, 0, 1]))[:2]
    np.testing.assert_allclose(sum(each.shares for each in shares), whole[:2] - alone, atol=1e-6)


def test_what_cancels_out_scores_nothing(colours: Path):
    searcher = Searcher.open(FakeEncoder(), load_collection(colours))
    found = searcher.ask("red + blue - red", 4)
    ids, scores = [hit.item_id for hit in found.hits], [hit.score for hit in found.hits]
    shares = answer_shares(searcher, found.query, ids, scores, "plain", found.resolved)
    assert [each.word for each in shares] == ["red", "blue", "red"]
    np.testing.assert_allclose(sum(each.shares for each in shares), scores, atol=1e-6)
    np.testing.assert_allclose(shares[0].shares, -shares[2].shares, atol=0.3)


def left(start: str, *parts: tuple[str, str]) -> Callable[[int], str]:
    """What is left of a query of a group of its words: each part is a sign and a word, or a word behind the last."""

    def query(group: int) -> str:
        text, sign = start, ""
        for at, (before, word) in enumerate(parts):
            sign = before or sign
            if group >> at & 1:
                text, sign = f"{text} {sign} {word}", ""
        return text.strip().removeprefix("+ ")

    return query


@pytest.mark.parametrize("way", ["plain", "frames", "captions", "centred", "rejected"])
@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("[yellow] - red + green blue", left("[yellow]", ("-", "red"), ("+", "green"), ("", "blue"))),
        ("red - blue green", left("", ("+", "red"), ("-", "blue"), ("", "green"))),
        ("[upload] + green", left("[upload]", ("+", "green"))),
        ("red, green", left("", ("", "red,"), ("", "green"))),
    ],
)
def test_a_searchers_shares_are_those_of_asking_again(colours: Path, text: str, rest: Callable[[int], str], way: str):
    searcher = Searcher.open(FakeEncoder(), load_collection(colours))
    upload = colours / "images" / "yellow.png"
    found = searcher.ask(text, 3, upload, way)
    ids, scores = [hit.item_id for hit in found.hits], [hit.score for hit in found.hits]
    searcher.encoder.encoded.clear()
    shares = answer_shares(searcher, found.query, ids, scores, way, found.resolved)
    assert searcher.encoder.encoded in ([], ["texts"])

    def worth(groups: Sequence[int]) -> np.ndarray:
        rows = []
        for group in groups:
            try:
                other = searcher.ask(rest(group), 4, upload, way, keep_operands=True)
                kept = {hit.item_id: hit.score for hit in other.hits}
            except (QueryError, TextError):  # nothing is left, or it cancels out
                kept = {}
            rows.append([kept.get(each, 0.0) for each in ids])
        return np.array(rows)

    np.testing.assert_allclose([each.shares for each in shares], shapley(worth, len(shares)).values, atol=2e-3)


def test_a_picture_alone_has_no_words(colours: Path):
    searcher = Searcher.open(FakeEncoder(), load_collection(colours))
    assert answer_shares(searcher, parse("[red]"), ["green"], [0.0], "plain", None) == ()
    with pytest.raises(CollectionError, match="nowhere"):
        answer_shares(searcher, parse("red green"), ["nowhere"], [0.0], "plain", None)
