from __future__ import annotations

from collections import Counter

from vse.data.scenes.world.kinds import KINDS
from vse.evaluation.analogies import Analogy, meaning
from vse.evaluation.world_questions import PARTNERS, world_questions


def test_sections_are_counted_and_the_same_each_time():
    asked = world_questions()
    singles = [kind for kind in KINDS.values() if kind.name.isalpha()]
    with_synonym = [kind for kind in singles if any(noun.isalpha() for noun in kind.nouns[1:])]
    assert Counter(each.section for each in asked) == {
        "gender": 96,
        "age": 32,
        "plural": 2_500,
        "family": PARTNERS * len(singles),
        "synonym": PARTNERS * len(with_synonym),
    }
    assert asked == world_questions()
    assert len(set(asked)) == len(asked)


def test_every_question_is_of_four_single_words_whose_answer_is_none_of_the_question():
    for each in world_questions():
        assert all(word.isalpha() for word in each.words)
        assert each.answer not in (each.a, each.b, each.c)
        assert each.section == "synonym" or meaning(each.answer) not in map(meaning, (each.a, each.b, each.c))


def test_pairs_are_those_that_the_world_says():
    pairs: dict[str, set[tuple[str, str]]] = {section: set() for section in ("plural", "family", "synonym")}
    for each in world_questions():
        if each.section in pairs:
            pairs[each.section] |= {(each.b, each.a), (each.c, each.answer)}
    assert {("dog", "dogs"), ("dogs", "dog"), ("mouse", "mice"), ("person", "people")} <= pairs["plural"]
    assert not {("sheep", "sheep"), ("fish", "fish")} & pairs["plural"]
    assert {("dog", "pet"), ("horse", "animal"), ("queen", "royal"), ("canoe", "boat")} <= pairs["family"]
    assert {("dog", "puppy"), ("taxi", "cab")} <= pairs["synonym"]


def test_plurals_are_asked_both_ways():
    plurals = {each for each in world_questions() if each.section == "plural"}
    assert {Analogy(each.section, each.b, each.a, each.answer, each.c) for each in plurals} == plurals
