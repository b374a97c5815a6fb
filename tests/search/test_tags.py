from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from tests.conftest import FakeEncoder
from vse.modalities.text.unknown import UnknownWord
from vse.search.tags import Tag, TagWords, tags

# The scores of red are 0.8 and 0.6, of green 0.6 and 0, of blue 0 and 0.8.
BACKGROUND = np.array([[0.8, 0.6, 0.0], [0.6, 0.0, 0.8]])


class Picky(FakeEncoder):
    """Does not know "mauve"."""

    def encode_texts(self, texts: Sequence[str], progress: object = None, *, strict: bool = True) -> np.ndarray:
        assert "mauve" not in texts
        return super().encode_texts(texts, progress, strict=strict)

    def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
        return tuple(UnknownWord(word, ()) for word in text.split() if word == "mauve")


def test_tags_by_hand():
    picture = np.array([0.64, 0.48, 0.6])
    # red: (0.64 - 0.7) / 0.1 = -0.6; green: (0.48 - 0.3) / 0.3 = 0.6; blue: (0.6 - 0.4) / 0.4 = 0.5
    found = tags(FakeEncoder(), picture, ["red", "green", "blue"], BACKGROUND)
    assert [tag.word for tag in found] == ["green", "blue", "red"]  # though red scores highest in itself
    assert [tag.score for tag in found] == pytest.approx([0.6, 0.5, -0.6], abs=1e-5)


def test_words_are_encoded_once_for_many_pictures():
    encoder = FakeEncoder()
    words = TagWords.of(encoder, ["red", "blue"], BACKGROUND)
    np.testing.assert_allclose(words.mean, [0.7, 0.4], atol=1e-6)
    np.testing.assert_allclose(words.spread, [0.1, 0.4], atol=1e-6)
    assert words.tags(np.array([0.0, 0.0, 1.0]), k=1) == [Tag("blue", pytest.approx(1.5, abs=1e-5))]
    assert words.tags(np.array([1.0, 0.0, 0.0]), k=1) == [Tag("red", pytest.approx(3.0, abs=1e-5))]
    assert encoder.encoded == ["texts"]


def test_a_background_of_one_picture_gives_finite_scores():
    found = tags(FakeEncoder(), np.array([0.0, 1.0, 0.0]), ["red", "green"], np.array([[1.0, 0.0, 0.0]]))
    assert [(tag.word, tag.score) for tag in found] == [("green", pytest.approx(100)), ("red", pytest.approx(-100))]


def test_over_the_background_itself_each_word_scores_zero_on_the_average():
    rng = np.random.default_rng(0)
    pictures = np.abs(rng.standard_normal((20, 3)))
    pictures /= np.linalg.norm(pictures, axis=1, keepdims=True)
    words = TagWords.of(FakeEncoder(), ["red", "green", "red and blue"], pictures)
    sums = dict.fromkeys(words.words, 0.0)
    for picture in pictures:
        for tag in words.tags(picture, k=3):
            sums[tag.word] += tag.score
    assert list(sums.values()) == pytest.approx([0, 0, 0], abs=1e-5)


def test_an_order_model_is_scored_by_order():
    picture = np.array([0.0, 1.0, 0.0])
    # red: -1, over the background -0.04 and -0.16: (-1 + 0.1) / 0.06; green: 0, over -0.16 and -1: 0.58 / 0.42
    found = tags(FakeEncoder(similarity="order"), picture, ["red", "green"], BACKGROUND)
    assert [tag.word for tag in found] == ["green", "red"]
    assert [tag.score for tag in found] == pytest.approx([0.58 / 0.42, -15], abs=1e-4)


def test_unknown_and_repeated_words_are_left_out():
    words = TagWords.of(Picky(), ["red", "mauve", "blue", "red"], BACKGROUND)
    assert words.words == ("red", "blue")
    assert tags(Picky(), np.array([1.0, 0, 0]), ["mauve"], BACKGROUND) == []
    assert tags(Picky(), np.array([1.0, 0, 0]), [], BACKGROUND) == []


def test_without_a_background_there_is_nothing_to_compare_with():
    with pytest.raises(ValueError, match="The background holds no pictures"):
        TagWords.of(FakeEncoder(), ["red"], np.zeros((0, 3)))
