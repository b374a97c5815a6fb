"""What the parts of the Words tab begin with: examples, of which those are shown whose words a set has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .compute import analogy
from .sets import WordSet

# a - b + c = d
ANALOGIES = (
    ("king", "man", "woman", "queen"),
    ("boy", "man", "woman", "girl"),
    ("girls", "girl", "boy", "boys"),
    ("dogs", "dog", "cat", "cats"),
    ("paris", "france", "italy", "rome"),
    ("kitten", "cat", "dog", "puppy"),
    ("larger", "large", "small", "smaller"),
    ("walking", "walk", "run", "running"),
    ("snow", "winter", "summer", "sun"),
    ("skiing", "snow", "sea", "surfing"),
)
SHOWN = 8
CLUSTERS, OF_MANY, MANY = 12, 60, 1500  # how many clusters of a set, and of one with so many words or more
WORDS = ("dog", "king", "music")
SUMS = ("german + airlines", "water + boy", "snow + dog")
AXES = (("he", "she"), ("day", "night"), ("man", "woman"), ("cat", "dog"))  # he and she: Bolukbasi et al. 2016
SENTENCES = (
    "two small dogs are running in the snow under a clear sky",
    "a boy in a red shirt rides a bike down the street",
    "the king of france lived in a large castle",
)
THINGS = ("ship",)
CAPTION = "three children play by the sea at night"
LADDERS = ("a dog", "an animal at night", "a brown dog on a beach at dusk", "scene-0766", "scene-0042")
SPANISH, ENGLISH, PHRASE = "perro", "boat", "un perro en la nieve"
STRANGERS = ("guitar", "pizza", "train", "car")


@dataclass(frozen=True)
class Preset:
    """An analogy, what it should come to, what it comes to with a set, and whether that is the same."""

    a: str
    b: str
    c: str
    d: str
    found: str

    @property
    def is_right(self) -> bool:
        return self.found == self.d


def presets(found: WordSet) -> list[Preset]:
    """The analogies that a set has words for, measured: at most SHOWN, some that fail among them where some do."""
    measured = []
    for a, b, c, d in ANALOGIES:
        if all(word in found.table for word in (a, b, c, d)):
            measured.append(Preset(a, b, c, d, analogy(found, a, b, c, k=1)[0][0]))
    right, wrong = ([each for each in measured if each.is_right is wanted] for wanted in (True, False))
    return [*right[: SHOWN - min(2, len(wrong))], *wrong[: max(2, SHOWN - len(right))]][:SHOWN]


def first_analogy(found: WordSet) -> tuple[str, str, str]:
    """An analogy to begin with: one that works, else one that can be asked, else of the first words."""
    some = sorted(presets(found), key=lambda each: not each.is_right)
    if some:
        return some[0].a, some[0].b, some[0].c
    words = (*found.content.words[:3], *["", "", ""])
    return words[0], words[1], words[2]


def first_pair(found: WordSet) -> tuple[str, str]:
    """The ends of an axis to begin with."""
    words = found.content.words
    known = (pair for pair in AXES if all(word in found.table for word in pair))
    return next(known, (words[0], words[-1]) if words else ("", ""))


def first_k(found: WordSet) -> int:
    """How many clusters to begin with."""
    return OF_MANY if len(found.content) >= MANY else CLUSTERS


def first_sentence(found: WordSet) -> str:
    """The sentence of which a set has the largest share of the words."""
    return max(SENTENCES, key=lambda text: np.mean([found.knows(word) for word in text.split()]))


def first_sum(found: WordSet) -> str:
    """A sum of words that the set has; of its first two words where it has none of these."""
    known = (text for text in SUMS if all(word in found.table for word in text.split(" + ")))
    return next(known, " + ".join(found.content.words[:2]))


def stranger(found: WordSet, sentence: str) -> str:
    """A word that does not belong in a sentence."""
    return found.first(*(word for word in STRANGERS if word not in sentence.split()))
