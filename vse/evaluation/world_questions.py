"""Analogies of single words that the world of Emoji Scenes gives by itself, for word vectors of any kind.

Pairs of words are read off its tables: a thing and several of it, a thing and the closest family with a word of its
own, a thing and another word for it. Each pair is asked with PARTNERS others drawn at random, as Mikolov et al. 2013
connect theirs, so that no section drowns the others. Sex and age are the pairs of `vse.evaluation.analogies`.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

from vse.data.scenes.language.phrases import plural_of
from vse.data.scenes.world.kinds import FAMILIES, KINDS
from vse.evaluation.analogies import Analogy, Pair, meaning, sections

WORLD = "the world's"  # what tables and stored figures call these questions
PEOPLE = ("gender", "age")
PARTNERS = 10


def world_questions() -> list[Analogy]:
    """The same ones at each call: gender, age and plural both ways; family and synonym towards the one right answer.

    Another word for what the answer names, see `meaning`, is as right as the answer.
    """
    people = [each for section in sections() if section.name in PEOPLE for each in section.analogies]
    plurals = list(_connected("plural", _plurals()))
    plurals += [Analogy(each.section, each.b, each.a, each.answer, each.c) for each in plurals]
    asked = [*people, *plurals, *_connected("family", _families()), *_connected("synonym", _synonyms())]
    return [each for each in asked if _single(each.words)]


def _plurals() -> Iterator[Pair]:
    """(dog, dogs): the first word for each kind and each family, where two of them have a word of their own."""
    words = [(kind.name, plural_of(kind.name)) for kind in KINDS.values()]
    return ((one, several) for one, several in (*words, *(nouns[0] for nouns in FAMILIES.values())) if one != several)


def _families() -> Iterator[Pair]:
    """(dog, pet); (horse, animal), as "farm animal" is two words."""
    for kind in KINDS.values():
        yield (
            kind.name,
            next(word for family in reversed(kind.families) for word, _ in FAMILIES[family] if word.isalpha()),
        )


def _synonyms() -> Iterator[Pair]:
    """(dog, puppy): a kind's name and the first other single word for it."""
    for kind in KINDS.values():
        yield from [(kind.name, noun) for noun in kind.nouns[1:] if noun.isalpha()][:1]


def _connected(section: str, pairs: Iterable[Pair]) -> Iterator[Analogy]:
    """a - b + c = answer of the pairs (b, a) and (c, answer)."""
    single, rng = [pair for pair in pairs if _single(pair)], random.Random(0)
    for b, a in single:
        others = [pair for pair in single if meaning(pair[0]) != meaning(b) and meaning(pair[1]) != meaning(a)]
        for c, answer in rng.sample(others, min(PARTNERS, len(others))):
            yield Analogy(section, a, b, c, answer)


def _single(words: Iterable[str]) -> bool:
    return all(word.isalpha() for word in words)
