from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from vse.data import load_collection
from vse.encoders.similarity import normalise
from vse.errors import QueryError
from vse.io.paths import DEFAULT_WAY
from vse.search.arithmetic import (
    SENTENCE,
    WAYS,
    Means,
    Way,
    centred,
    name_of_way,
    rejected,
    scaled,
    summed,
    way_named,
)
from vse.search.query import Parts, Picture, Term, Text

ORIGIN = Means(np.zeros(2), np.zeros(2))


def parts(*rows: tuple[float, str, tuple[float, ...]]) -> Parts:
    """Rows of (weight, kind, unit vector)."""
    terms = tuple(Term(w, Picture("p") if kind == "picture" else Text("word")) for w, kind, _ in rows)
    vectors = np.array([vector for *_, vector in rows], dtype=np.float32)
    return Parts(terms, np.array([w for w, *_ in rows], dtype=float), vectors, tuple(kind for _, kind, _ in rows))


MINUS_AND_PLUS = parts((1, "picture", (1, 0)), (-1, "text", (0.6, 0.8)), (1, "text", (0, 1)))


def random_parts(rng: np.random.Generator, weights: Sequence[float]) -> Parts:
    vectors = normalise(rng.normal(size=(len(weights), 8)))
    kinds = ("picture", *("text",) * (len(weights) - 1))
    return parts(*((w, kind, tuple(row)) for w, kind, row in zip(weights, kinds, vectors.tolist(), strict=True)))


def test_the_plain_sum_by_hand():
    # (1 - 0.6, 0 - 0.8 + 1) = (0.4, 0.2)
    np.testing.assert_allclose(summed(MINUS_AND_PLUS, ORIGIN), normalise([0.4, 0.2]), atol=1e-6)


def test_the_plain_sum_knows_no_means():
    means = Means(np.array([0.5, 0.1]), np.array([0.2, 0.9]))
    np.testing.assert_array_equal(summed(MINUS_AND_PLUS, means), summed(MINUS_AND_PLUS, ORIGIN))


def test_centred_takes_from_each_operand_the_mean_of_its_modality():
    means = Means(picture=np.array([0.5, 0.25]), text=np.array([0.0, 0.5]))
    asked = parts((1, "picture", (1, 0)), (2, "text", (0, 1)))
    # (1, 0) - (0.5, 0.25) + 2 * ((0, 1) - (0, 0.5)) = (0.5, 0.75)
    np.testing.assert_allclose(centred(asked, means), normalise([0.5, 0.75]), atol=1e-6)


def test_centred_loses_the_mean_of_the_texts_where_one_is_taken_and_one_added():
    pictures, texts = np.array([0.3, 0.1]), np.array([0.7, -0.4])
    with_texts = centred(MINUS_AND_PLUS, Means(pictures, texts))
    np.testing.assert_allclose(with_texts, centred(MINUS_AND_PLUS, Means(pictures, np.zeros(2))), atol=1e-6)


def test_rejected_takes_away_the_component_by_hand():
    asked = parts((1, "picture", (1, 0)), (-1, "text", (0.6, 0.8)))
    # (1, 0) - 0.6 * (0.6, 0.8) = (0.64, -0.48), of length 0.8
    np.testing.assert_allclose(rejected(asked, ORIGIN), [0.8, -0.6], atol=1e-6)
    half = parts((1, "picture", (1, 0)), (-0.5, "text", (0.6, 0.8)))
    np.testing.assert_allclose(rejected(half, ORIGIN), normalise([0.82, -0.24]), atol=1e-6)


def test_rejected_leaves_nothing_of_the_minus_and_what_has_none_of_it_alone():
    rng = np.random.default_rng(0)
    for _ in range(20):
        asked = random_parts(rng, (1, 1, -1))
        before = (asked.vectors[0] + asked.vectors[1]) @ asked.vectors[2]
        left = rejected(asked, ORIGIN) @ asked.vectors[2]
        assert left == pytest.approx(0, abs=1e-6) if before > 0 else left < 0
    apart = parts((1, "picture", (1, 0)), (-1, "text", (0, 1)))
    np.testing.assert_allclose(rejected(apart, ORIGIN), [1, 0], atol=1e-6)
    away = parts((1, "picture", (1, 0)), (-1, "text", (-0.6, 0.8)))
    np.testing.assert_allclose(rejected(away, ORIGIN), [1, 0], atol=1e-6)


@pytest.mark.parametrize("combine", [centred, rejected])
def test_terms_that_cancel_are_an_error(combine):
    with pytest.raises(QueryError, match="The terms cancel out"):
        combine(parts((1, "text", (0.6, 0.8)), (-1, "text", (0.6, 0.8))), ORIGIN)


def test_rejected_of_a_minus_alone_points_away():
    np.testing.assert_allclose(rejected(parts((-1, "text", (0.6, 0.8))), ORIGIN), [-0.6, -0.8], atol=1e-6)


@pytest.mark.parametrize("combine", [summed, centred, rejected])
def test_without_a_minus_and_without_means_all_ways_are_the_sum(combine):
    rng = np.random.default_rng(1)
    means = Means(np.zeros(8), np.zeros(8))
    asked = random_parts(rng, (1, 0.5, 2))
    np.testing.assert_allclose(combine(asked, means), normalise(asked.weights @ asked.vectors), atol=1e-6)


def test_a_scale_weighs_the_words_where_there_is_a_picture():
    np.testing.assert_array_equal(scaled(MINUS_AND_PLUS, 0.5).weights, [1, -0.5, 0.5])
    np.testing.assert_array_equal(scaled(MINUS_AND_PLUS, 0).weights, [1, 0, 0])
    words = parts((1, "text", (1, 0)), (-1, "text", (0.6, 0.8)))
    assert scaled(words, 0.5) is words
    # (1 - 0.3, -0.4 + 0.5)
    method = Way("half", scale=0.5).method(ORIGIN)
    np.testing.assert_allclose(method(MINUS_AND_PLUS), normalise([0.7, 0.1]), atol=1e-6)


@pytest.mark.parametrize("name", WAYS)
def test_at_scale_0_only_the_picture_is_left(name: str):
    method = Way(name, WAYS[name].combine, scale=0.0).method(ORIGIN)
    np.testing.assert_allclose(method(MINUS_AND_PLUS), [1, 0], atol=1e-6)


def test_frames_are_embedded_in_one_call_and_averaged():
    calls = []

    def embed(texts: Sequence[str]) -> np.ndarray:
        calls.append(list(texts))
        return np.array([[0, 1] if "photo" in text else [1, 0] for text in texts], dtype=np.float32)

    rows = WAYS["frames"].embed(embed)(["dog", "red car"])
    # one of the five frames is a photo: (4, 1) / 5
    np.testing.assert_allclose(rows, normalise([[4, 1], [4, 1]]), atol=1e-6)
    assert len(calls) == 1
    assert len(calls[0]) == 10
    assert {"dog", "a dog", "a photo of dog", "there is red car"} <= set(calls[0])


def test_a_text_that_is_said_in_a_sentence_stands_in_no_frame():
    seen: list[str] = []

    def embed(texts: Sequence[str]) -> np.ndarray:
        seen.extend(texts)
        return np.ones((len(texts), 2), dtype=np.float32)

    WAYS["captions"].embed(embed, {"dog": "a dog in a field"})(["dog", "red"])
    WAYS["sentence"].embed(embed, {"dog": "a dog in a field"})(["dog", "red"])
    assert seen == ["a dog in a field", "red", "a dog in a field", "a photo of red"]


def test_frames_keep_the_order_of_texts():
    def embed(texts: Sequence[str]) -> np.ndarray:
        return normalise([[len(text), 100.0] for text in texts])

    for name in ("sentence", "frames"):
        rows = WAYS[name].embed(embed)(["dog", "grandfather", "cow", "lorry"])
        assert np.argsort(rows[:, 0], kind="stable").tolist() == [0, 2, 3, 1]
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_the_sentence_is_the_only_frame_of_that_way():
    seen: list[str] = []

    def embed(texts: Sequence[str]) -> np.ndarray:
        seen.extend(texts)
        return np.ones((len(texts), 2), dtype=np.float32)

    WAYS["sentence"].embed(embed)(["a dog"])
    assert seen == ["a photo of a dog"] == [SENTENCE[0].format("a dog")]
    assert WAYS["plain"].embed(embed) is embed


def test_ways_are_found_by_name():
    assert all(way_named(name) is way for name, way in WAYS.items())
    with pytest.raises(QueryError, match="No way of doing arithmetic is called 'magic'; choose one of plain, "):
        way_named("magic")


def test_the_usual_way_is_that_of_the_kind_of_collection(colours: Path, scenes_folder: Path):
    assert name_of_way(DEFAULT_WAY, load_collection(colours)) == "described"
    assert name_of_way(DEFAULT_WAY, load_collection(scenes_folder)) == "plain"
    assert name_of_way("centred", load_collection(colours)) == "centred"


def test_the_picture_that_is_added_first_is_told_by_captions():
    method = Way("told").method(ORIGIN, np.array([[0, 1], [0, 1]], dtype=np.float32))
    # (1, 0) and (0, 1) in one, then minus (0.6, 0.8), plus (0, 1)
    half = np.sqrt(0.5)
    told = parts((1, "picture", (1, 0)), (-1, "text", (0.6, 0.8)), (1, "text", (0, 1)))
    np.testing.assert_allclose(method(told), normalise([half - 0.6, half - 0.8 + 1]), atol=1e-6)
    taken_away = parts((-1, "picture", (1, 0)), (1, "text", (0, 1)))
    np.testing.assert_allclose(method(taken_away), normalise([-1, 1]), atol=1e-6)
