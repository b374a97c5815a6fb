from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vse.errors import TextError
from vse.evaluation.analogies import Analogy
from vse.evaluation.word_vectors import (
    StabilityScores,
    purity,
    read_pairs,
    read_questions,
    score_analogies,
    score_clusters,
    score_pairs,
    stability,
    world_families,
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


def test_another_word_for_the_answer_is_right_unless_it_is_of_the_question():
    found = words(dog=[1, 0, 0], dogs=[1, 0, 1], cat=[0, 1, 0], kitties=[0, 1, 1], cats=[0, 1, 0.2])
    asked = [Analogy("plural", "dogs", "dog", "cat", "cats")]
    assert score_analogies(found, asked)[""].add == 0.0
    assert score_analogies(found, asked, meaning=lambda word: word.replace("kitties", "cats"))[""].add == 1.0
    lazy = words(hound=[1, 0], dog=[1, 0.01], cab=[0, 1], taxi=[0.3, 1])
    scores = score_analogies(lazy, [Analogy("synonym", "hound", "dog", "cab", "taxi")], meaning=lambda _: "all")[""]
    assert (scores.add, scores.add_all) == (1.0, 0.0)  # "cab" itself comes first


@pytest.mark.filterwarnings("ignore:Call to deprecated `init_sims`")
def test_scores_are_those_of_gensim():
    models = pytest.importorskip("gensim.models")
    rng = np.random.default_rng(3)
    names = tuple(f"w{n}" for n in range(50))
    found = WordVectors("random", names, rng.normal(size=(50, 4)).astype(np.float32))
    same = models.KeyedVectors(4)
    same.add_vectors(list(names), found.vectors)
    rows = np.stack([rng.permutation(50)[:3] for _ in range(40)])
    for ask, key in ((same.most_similar, "add"), (same.most_similar_cosmul, "mul")):
        asked = []
        for a, b, c in ([names[row] for row in each] for each in rows):
            answer = ask(positive=[a, c], negative=[b], topn=1)[0][0]
            asked += [Analogy("right", a, b, c, answer), Analogy("wrong", a, b, c, next(
                name for name in names if name not in (a, b, c, answer)))]  # fmt: skip
        scores = score_analogies(found, asked)
        assert (getattr(scores["right"], key), getattr(scores["wrong"], key)) == (1.0, 0.0)


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
    (tmp_path / "empty.tsv").write_text("# nobody\n", encoding="utf-8")
    with pytest.raises(TextError, match="holds no pairs: write word, word and a number"):
        read_pairs(tmp_path / "empty.tsv")
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
    assert score_pairs(found, [(a, b, 5.0) for a, b, _ in pairs]).rho is None


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
    # on a circle by degrees; in the other set b and c have changed places
    angles = {"a": 0, "b": 10, "c": 100, "d": 112}
    other = {"a": 0, "c": 10, "b": 100, "d": 112}
    one, two = (
        words(**{word: [np.cos(np.radians(each)), np.sin(np.radians(each))] for word, each in found.items()})
        for found in (angles, other)
    )
    # two nearest: a: bc, b: ac, c: db, d: cb; in the other a: cb, c: ab, b: dc, d: bc
    assert stability([one, two], k=2) == StabilityScores((1 + 0.5 + 0.5 + 1) / 4, 4, 2)
    assert stability([one, one, two], k=2).overlap == pytest.approx((1 + 0.75 + 0.75) / 3)
    assert stability([one, two], k=2, most=3) == StabilityScores(1.0, 3, 2)
    with pytest.raises(TextError, match="1 sets that share 0 words came: give two or more"):
        stability([one])
