from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vse.errors import TextError
from vse.evaluation.analogies import Analogy
from vse.evaluation.word_vectors import (
    purity,
    read_pairs,
    read_questions,
    score_analogies,
    score_clusters,
    score_pairs,
    stability,
    world_families,
    world_questions,
)
from vse.words.table import WordVectors


def words(**rows: list[float]) -> WordVectors:
    return WordVectors("few", tuple(rows), np.array(list(rows.values()), np.float32))


ROYAL = words(man=[1, 0, 0.1], woman=[0, 1, 0.1], king=[1, 0, 1], queen=[0, 1, 1], apple=[-1, -1, 0])


def test_an_analogy_by_hand_both_ways_and_with_nothing_left_out():
    asked = [Analogy("royal", "king", "man", "woman", "queen"), Analogy("royal", "king", "man", "duchess", "duke")]
    found = score_analogies(ROYAL, asked)
    assert list(found) == ["", "royal"]
    assert found["royal"] == found[""]
    scores = found["royal"]
    assert (scores.questions, scores.left_out, scores.add, scores.mul) == (1, 1, 1.0, 1.0)

    def cosine(a: str, b: str) -> float:
        return float(ROYAL[a] @ ROYAL[b] / np.linalg.norm(ROYAL[a]) / np.linalg.norm(ROYAL[b]))

    added = {each: cosine(each, "king") - cosine(each, "man") + cosine(each, "woman") for each in ROYAL.words}
    share = {
        each: (cosine(each, "king") + 1) * (cosine(each, "woman") + 1) / 2 / (cosine(each, "man") + 1 + 0.002)
        for each in ROYAL.words
    }
    assert scores.add_all == (max(added, key=added.__getitem__) == "queen")
    assert scores.mul_all == (max(share, key=share.__getitem__) == "queen")


def test_leaving_the_question_s_words_out_is_what_makes_a_lazy_model_look_good():
    lazy = words(a=[1, 0], b=[1, 0.01], c=[0.9, 0.4], answer=[0.8, 0.5], far=[0, -1])
    scores = score_analogies(lazy, [Analogy("lazy", "a", "b", "c", "answer")])[""]
    assert (scores.add, scores.add_all) == (1.0, 0.0)


def test_only_the_first_words_may_answer():
    asked = [Analogy("royal", "king", "man", "woman", "queen")]
    assert score_analogies(ROYAL, asked, most=3)[""].questions == 0
    assert score_analogies(ROYAL, asked, most=4)[""].questions == 1


def test_the_world_s_own_questions_are_of_single_words():
    asked = world_questions()
    assert len(asked) == 360
    assert {each.section for each in asked} == {"gender", "age", "number", "words for a size"}
    assert all(len(word.split()) == 1 for each in asked for word in each.words)


def test_questions_and_pairs_are_read(tmp_path: Path):
    path = tmp_path / "questions.txt"
    path.write_text(": capitals\nAthens Greece Baghdad Iraq\n\n: family\nboy girl king queen\n", encoding="utf-8")
    assert read_questions(path) == [
        Analogy("capitals", "greece", "athens", "baghdad", "iraq"), Analogy("family", "girl", "boy", "king", "queen")
    ]  # fmt: skip
    (tmp_path / "bad.txt").write_text(": one\na b c\n", encoding="utf-8")
    with pytest.raises(TextError, match=r"Line 2 of '.*bad.txt' is 'a b c': write four words"):
        read_questions(tmp_path / "bad.txt")
    (tmp_path / "pairs.tsv").write_text("# people\nLove\tsex\t6.77\n", encoding="utf-8")
    assert read_pairs(tmp_path / "pairs.tsv") == [("love", "sex", 6.77)]
    (tmp_path / "bad.tsv").write_text("love sex\n", encoding="utf-8")
    with pytest.raises(TextError, match=r"Line 1 .* write word, word and a number"):
        read_pairs(tmp_path / "bad.tsv")
    with pytest.raises(TextError, match="cannot be read"):
        read_questions(tmp_path / "gone.txt")


def test_the_correlation_of_ranks_with_a_tie():
    found = words(a=[1, 0], b=[1, 1], c=[0, 1], d=[-1, 0])
    # cosines of a with b, c and d: 0.71, 0, -1; the judgements are tied for the last two: ranks 3, 1.5, 1.5 to 3, 2, 1
    pairs = [("a", "b", 9.0), ("a", "c", 2.0), ("a", "d", 2.0), ("a", "x", 5.0)]
    scores = score_pairs(found, pairs)
    assert (scores.known, scores.pairs) == (3, 4)
    assert scores.rho == pytest.approx(1.5 / 3**0.5)
    assert score_pairs(found, pairs[:2]).rho is None


def test_purity_by_hand():
    assert purity([0, 0, 0, 1, 1], ["x", "x", "y", "y", "y"]) == pytest.approx(4 / 5)
    rng = np.random.default_rng(0)
    families = {f"{name}{n}": name for name in ("pet", "boat", "fruit") for n in range(6)}
    centres = {"pet": [9, 0, 0], "boat": [0, 9, 0], "fruit": [0, 0, 9]}
    rows = {word: list(centres[name] + rng.normal(0, 0.3, 3)) for word, name in families.items()}
    scores = score_clusters(words(**rows), families)
    assert (scores.purity, scores.deviation, scores.words, scores.k) == (1.0, 0.0, 18, 3)
    assert score_clusters(ROYAL, families).purity is None
    assert {world_families()[word] for word in ("dog", "car", "kayak")} == {"pet", "vehicle", "boat"}


def test_neighbours_that_stay_over_seeds():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(40, 8)).astype(np.float32)
    names = tuple(f"w{n}" for n in range(40))
    one = WordVectors("one", names, rows)
    turned = WordVectors("two", names, rows @ np.linalg.qr(rng.normal(size=(8, 8)))[0].astype(np.float32))
    assert stability([one, turned]) == pytest.approx(1, abs=0.01)
    assert stability([one, WordVectors("three", names, rng.normal(size=(40, 8)))]) < 0.5
    with pytest.raises(TextError, match="1 sets that share 0 words came: give two or more"):
        stability([one])
