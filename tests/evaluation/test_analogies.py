from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from tests.conftest import FakeEncoder
from vse.data.scenes.language.captions import write_captions
from vse.data.scenes.world.kinds import KINDS
from vse.data.scenes.world.sample import sample_scenes
from vse.encoders.similarity import normalise
from vse.evaluation.analogies import (
    Analogy,
    Section,
    analogy_report,
    analogy_table,
    candidates,
    meaning,
    ranks,
    sections,
)
from vse.modalities.text.tokenizer import tokenize
from vse.modalities.text.unknown import UnknownWord
from vse.modalities.text.vocabulary import Vocabulary

HALF = np.sqrt(0.5)
# The axes: man, woman, royal. The girl is a woman with nothing royal, the boy a man.
VECTORS = {
    "man": np.array([1, 0, 0]),
    "woman": np.array([0, 1, 0]),
    "king": np.array([HALF, 0, HALF]),
    "queen": np.array([0, HALF, HALF]),
    "girl": np.array([0, 0.8, -0.6]),
    "boy": np.array([0.8, 0, -0.6]),
}
ROYAL = Section("royal", ((("man", "woman"), ("king", "queen")),), ("girl", "boy"))


class Dictionary(FakeEncoder):
    """Knows the words of a dictionary."""

    def __init__(self, vectors: dict[str, np.ndarray]) -> None:
        super().__init__()
        self.vectors = vectors

    def encode_texts(self, texts: Sequence[str], progress: object = None, strict: bool = True) -> np.ndarray:
        self.encoded.append("texts")
        return normalise(np.stack([self.vectors[text] for text in texts]))

    def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
        return () if text in self.vectors else (UnknownWord(text, ()),)


def test_two_pairs_give_four_analogies():
    told = [" ".join(each.words) for each in ROYAL.analogies]
    assert told == ["king man woman queen", "queen woman man king", "man king queen woman", "woman queen king man"]
    assert ROYAL.words == ("man", "woman", "king", "queen", "girl", "boy")


def test_pairs_that_name_the_same_things_give_none():
    same = Section("s", ((("man", "woman"), ("guy", "lady")),))
    assert same.analogies == ()
    assert len(Section("s", ((("man", "woman"), ("guy", "lady"), ("king", "queen")),)).analogies) == 8


def test_ranks_by_hand():
    """king - man + woman = (0.707 - 1, 1, 0.707): queen 1.21, girl 0.38, boy -0.66.

    For the woman alone the girl comes first (0.8 against 0.71); for the king alone the queen (0.5, 0.14, -0.42).
    man - king + queen = (0.29, 0.71, 0): woman 0.71, girl 0.57, boy 0.23; for the queen alone the woman comes first
    (0.71 against 0.14), and for the man alone the boy, then girl and woman with 0 each, of which the answer is last.
    """
    found = ranks(ROYAL.analogies, ROYAL.words, VECTORS)
    assert found.tolist() == [[1, 1, 2, 3], [1, 1, 2, 3], [1, 3, 1, 3], [1, 3, 1, 3]]


def test_figures_by_hand():
    encoder = Dictionary(VECTORS)
    report = analogy_report(encoder, [ROYAL])
    assert encoder.encoded == ["texts"]
    metrics = report.overall
    assert metrics is not None
    assert (metrics.exact_at_1, metrics.exact_at_5, metrics.a_alone, metrics.c_alone) == (1, 1, 0.5, 0.5)
    assert (metrics.queries, metrics.candidates) == (4, 3)
    assert report.by_section == {"royal": metrics}
    assert report.left_out == 0


def test_overall_is_over_analogies_and_not_over_sections():
    wrong = {**VECTORS, "dog": np.array([1, 0, 0]), "dogs": np.array([0, 0, 1])}
    wrong |= {"cat": np.array([0, 0.8, 0.6]), "cats": np.array([0.6, 0.8, 0])}
    # dogs - dog + cat = (-1, 0.8, 1.6): the fly is nearer than cats
    number = Section("number", ((("dog", "dogs"), ("cat", "cats")),), ("fly",))
    report = analogy_report(Dictionary({**wrong, "fly": np.array([0, 0, 1])}), [ROYAL, number])
    right = ranks(number.analogies, number.words, {**wrong, "fly": np.array([0, 0, 1])})[:, 0] == 1
    assert report.by_section["number"].exact_at_1 == right.mean() < 1
    assert report.overall is not None
    assert report.overall.exact_at_1 == pytest.approx((4 + right.sum()) / 8)


def test_the_query_and_other_words_for_the_answer_are_no_candidates():
    analogy = Analogy("gender", "king", "man", "woman", "queen")
    words = ("man", "guy", "woman", "king", "prince", "queen", "princess", "girl")
    assert candidates(analogy, words) == ["guy", "prince", "queen", "girl"]


def test_a_word_means_what_other_words_for_it_mean():
    assert meaning("queen") == meaning("princess") != meaning("king")
    assert meaning("dogs") == meaning("puppies") != meaning("dog")
    assert meaning("tiny") == meaning("little") != meaning("huge")
    assert meaning("red car") == "red car"


def test_what_has_an_unknown_word_is_left_out_and_counted():
    known = {word: vector for word, vector in VECTORS.items() if word != "girl"}
    report = analogy_report(Dictionary(known), [ROYAL])
    assert report.overall is not None
    assert (report.overall.queries, report.overall.candidates, report.left_out) == (4, 2, 0)
    report = analogy_report(Dictionary({k: v for k, v in VECTORS.items() if k != "king"}), [ROYAL])
    assert (report.overall, report.by_section, report.left_out) == (None, {}, 4)
    assert analogy_table(report) == "The model knows the words of none of the 4 analogies."
    assert report.to_json() == {"overall": None, "by_section": {}, "left_out": 4}
    three = Section("royal", ((("man", "woman"), ("king", "queen"), ("boy", "lass")),))
    report = analogy_report(Dictionary(VECTORS), [three])
    assert report.left_out == 8
    assert analogy_table(report).endswith("left out: 8 analogies with words the model does not know")


def test_a_model_that_knows_no_word_is_not_asked():
    encoder = Dictionary({})
    assert analogy_report(encoder).overall is None
    assert encoder.encoded == []


def test_the_table_and_the_json():
    report = analogy_report(Dictionary(VECTORS), [ROYAL])
    lines = analogy_table(report).splitlines()
    assert lines[2] == "| royal | 100.0 | 100.0 | 50.0 | 50.0 | 3.0 | 4 |"
    assert lines[3] == "| **over all** | 100.0 | 100.0 | 50.0 | 50.0 | 3.0 | 4 |"
    data = report.to_json()
    assert json.loads(json.dumps(data)) == data
    assert data["by_section"]["royal"]["c_alone"] == 0.5


def test_the_set_is_large_and_asks_nothing_twice():
    asked = [analogy for section in sections() for analogy in section.analogies]
    assert len(asked) >= 60
    assert min(Counter(analogy.section for analogy in asked).values()) >= 8
    assert len(set(asked)) == len(asked)
    for analogy in asked:
        assert len(set(analogy.words)) == 4, analogy
        assert meaning(analogy.a) != meaning(analogy.b) or meaning(analogy.c) != meaning(analogy.b), analogy


def test_every_analogy_can_be_missed():
    for section in sections():
        assert all(len(candidates(analogy, section.words)) > 5 for analogy in section.analogies), section.name


def test_what_everyone_asks_is_in_it():
    asked = {analogy for section in sections() for analogy in section.analogies}
    assert {
        Analogy("gender", "king", "man", "woman", "queen"),
        Analogy("age", "girl", "boy", "man", "woman"),
        Analogy("number", "cats", "dogs", "dog", "cat"),
        Analogy("number", "mouse", "person", "people", "mice"),
        Analogy("words for a size", "big", "small", "tiny", "huge"),
        Analogy("colour of a thing", "red bus", "red car", "blue car", "blue bus"),
    } <= asked


def test_every_word_is_one_that_captions_use():
    captions = (caption.text for scene in sample_scenes("train", 800) for caption in write_captions(scene))
    vocabulary = Vocabulary.build(captions)
    words = [word for section in sections() for word in section.words]
    assert [word for word in words if any(token not in vocabulary for token in tokenize(word))] == []


def test_a_thing_has_only_colours_that_it_can_have():
    colours = next(section for section in sections() if section.name == "colour of a thing")
    assert all(colour in KINDS[noun].colours for colour, noun in map(str.split, colours.words))
