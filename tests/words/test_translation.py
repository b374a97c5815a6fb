from __future__ import annotations

import numpy as np
import pytest

from vse.errors import TextError
from vse.words.table import WordVectors
from vse.words.translation import (
    MAPS,
    Translator,
    csls,
    joined_groups,
    known_pairs,
    precision_at,
    prepared,
    split_pairs,
)

DIM = 6


@pytest.fixture(scope="module")
def languages() -> tuple[WordVectors, WordVectors]:
    """Forty words, and the same ones turned and under other names."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(40, DIM)).astype(np.float32)
    rotation = np.linalg.qr(rng.normal(size=(DIM, DIM)))[0]
    there = WordVectors("a", tuple(f"a{n}" for n in range(40)), vectors)
    return there, WordVectors("b", tuple(f"b{n}" for n in range(40)), (vectors @ rotation).astype(np.float32))


def pairs_of(count: int) -> list[tuple[str, str]]:
    return [(f"a{n}", f"b{n}") for n in range(count)]


@pytest.mark.parametrize("kind", MAPS)
def test_words_kept_out_are_translated_where_one_language_is_the_other_turned(languages, kind: str):
    source, target = languages
    learnt = Translator.learn(source, target, pairs_of(20), kind)
    kept = [(f"a{n}", f"b{n}") for n in range(20, 40)]
    assert precision_at(learnt.cosines, source, target, kept, 1) == 1.0
    assert learnt.translate("a30", 3)[0][0] == "b30"
    assert len(learnt.translate("a30", 3)) == 3


def test_pairs_that_are_wrong_translate_nothing(languages):
    source, target = languages
    wrong = [(f"a{n}", f"b{(n + 7) % 20}") for n in range(20)]
    learnt = Translator.learn(source, target, wrong)
    assert precision_at(learnt.cosines, source, target, [(f"a{n}", f"b{n}") for n in range(20, 40)], 1) < 0.3


def test_what_cannot_be_learnt_or_translated_is_told(languages):
    source, target = languages
    with pytest.raises(TextError, match="1 pairs of words are known to both a and b, and a map takes two"):
        Translator.learn(source, target, [("a1", "b1"), ("a2", "nothing")])
    with pytest.raises(TextError, match="There is no map 'curved': give one of least squares, orthogonal"):
        Translator.learn(source, target, pairs_of(5), "curved")
    with pytest.raises(TextError, match="a has no vector for 'b1'"):
        Translator.learn(source, target, pairs_of(5)).translate("b1")


def test_prepared_rows_are_unit_and_those_before_the_last_step_centred():
    found = WordVectors("x", ("p", "q"), np.array([[2.0, 0], [0, 3]], np.float32))
    half = 0.5**0.5
    np.testing.assert_allclose(prepared(found), [[half, -half], [-half, half]], atol=1e-6)


def test_csls_by_hand():
    cosines = np.array([[0.9, 0.8, 0.1], [0.9, 0.2, 0.3]])
    found = csls(cosines, k=2)
    # means of the two nearest: rows 0.85 and 0.6; columns 0.9, 0.5 and 0.2
    np.testing.assert_allclose(found, [[0.05, 0.25, -0.85], [0.3, -0.7, -0.2]], atol=1e-12)
    assert found.argmax(axis=1).tolist() == [1, 0]  # the word near to everything wins only once


def test_precision_counts_a_word_once_whichever_of_its_translations_is_found():
    source = WordVectors("s", ("x", "y"), np.eye(2, dtype=np.float32))
    target = WordVectors("t", ("u", "v", "w"), np.ones((3, 2), np.float32))
    scores = np.array([[0.1, 0.5, 0.9], [0.9, 0.5, 0.1]])
    pairs = [("x", "u"), ("x", "w"), ("y", "w"), ("z", "u")]  # z is not known
    assert precision_at(scores, source, target, pairs, 1) == 0.5
    assert precision_at(scores, source, target, pairs, 2) == 0.5
    assert precision_at(scores, source, target, pairs, 3) == 1.0
    assert known_pairs(pairs, source, target) == pairs[:3]


def test_groups_that_share_a_word_of_one_language_are_one():
    groups = [[("a", "x"), ("b", "y")], [("c", "z")], [("d", "y")], [("x", "c")]]
    found = [set(group) for group in joined_groups(groups)]
    assert sorted(map(sorted, found)) == [
        [("a", "x"), ("b", "y"), ("d", "y")],
        [("c", "z")],  # the "c" of the last group is of the other language
        [("x", "c")],
    ]


def test_no_word_kept_out_is_learnt_from_and_the_seed_says_which():
    groups = [[(f"a{n}", f"b{n}"), (f"a{n}s", f"b{n}s")] for n in range(30)] + [[("a1", "b2")]]
    learn, kept = split_pairs(groups, 1 / 3, seed=0)
    assert len(learn) + len(kept) == 61
    assert 20 <= len(kept) <= 25
    for side in (0, 1):
        assert {pair[side].rstrip("s") for pair in learn}.isdisjoint(pair[side].rstrip("s") for pair in kept)
    assert (learn, kept) == split_pairs(groups, 1 / 3, seed=0) != split_pairs(groups, 1 / 3, seed=1)
    assert split_pairs(groups, 0.0)[1] == []
