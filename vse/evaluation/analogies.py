"""Analogies among words alone: man is to woman as king is to queen, asked as king - man + woman.

How the set is made: a section holds pairs of words that differ in the same way, all of them words that captions of
Emoji Scenes use. Every two pairs give four analogies: (man, woman) and (king, queen) give king - man + woman = queen,
its reverse queen - woman + man = king, and the two with the pairs exchanged. Two pairs that name the same things, such
as (man, woman) and (guy, lady), give none, since taking a man from a guy leaves nothing. Apart from that this is how
Mikolov et al. 2013, "Efficient Estimation of Word Representations in Vector Space", made theirs. Some colours of
things are combinations that no training caption holds (a blue car), as the world keeps them for testing.

The candidates are the words of the section and its extra words. Left out are the three of the query, and the other
words for what the answer names: of "queen" and "princess", which captions use for the same pictures, neither is
righter. The other words for what the query names stay, since a query that never moved has them for an answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from itertools import permutations
from typing import Any

import numpy as np

from vse.data.scenes.language.phrases import plural_of
from vse.data.scenes.world.kinds import FAMILIES, KINDS
from vse.data.scenes.world.world import COLOURS, SIZES
from vse.encoders.base import Encoder, unknown_words
from vse.encoders.similarity import normalise
from vse.evaluation.tables import figure, percent, table

Pair = tuple[str, str]

_GENDER = (
    ("man", "woman"), ("boy", "girl"), ("king", "queen"), ("prince", "princess"), ("grandfather", "grandmother"),
    ("grandpa", "grandma"), ("old man", "old woman"), ("lad", "lass"), ("guy", "lady"),
)  # fmt: skip
_AGE = (("man", "boy"), ("woman", "girl"), ("guy", "lad"), ("lady", "lass"), ("adult", "child"), ("grown-up", "kid"))
_ONE = ("dog", "cat", "horse", "car", "bus", "butterfly", "man", "woman", "mouse")
_FAMILIES_OF_ONE = ("person", "child")  # people, children
_SIZE = (
    (("small", "tiny"), ("big", "huge")),
    (("small", "little"), ("big", "large")),
    (("little", "tiny"), ("large", "huge")),
)
_COLOURED = ("car", "bus", "bicycle", "umbrella", "tent")
_TURNS = (("red", "blue"), ("blue", "green"), ("green", "yellow"), ("yellow", "red"))


@dataclass(frozen=True)
class Analogy:
    """`a` - `b` + `c` = `answer`, a question of a section."""

    section: str
    a: str
    b: str
    c: str
    answer: str

    @property
    def words(self) -> tuple[str, str, str, str]:
        return (self.a, self.b, self.c, self.answer)


@dataclass(frozen=True)
class Section:
    """Pairs that differ in the same way, one tuple for each way, and words that only stand among the candidates."""

    name: str
    relations: tuple[tuple[Pair, ...], ...]
    extra: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The candidates, each once."""
        return tuple(dict.fromkeys((*(w for pairs in self.relations for pair in pairs for w in pair), *self.extra)))

    @property
    def analogies(self) -> tuple[Analogy, ...]:
        asked = []
        for pairs in self.relations:
            for (b, c), (a, answer) in permutations(pairs, 2):
                if (meaning(b), meaning(c)) != (meaning(a), meaning(answer)):
                    asked += [Analogy(self.name, a, b, c, answer), Analogy(self.name, answer, c, b, a)]
        return tuple(asked)


@cache
def sections() -> tuple[Section, ...]:
    """The whole set."""
    number = tuple((noun, plural_of(noun)) for noun in _ONE) + tuple(FAMILIES[name][0] for name in _FAMILIES_OF_ONE)
    sizes = tuple(word for words in SIZES.values() for word in words)
    turns = tuple(tuple((f"{old} {noun}", f"{new} {noun}") for noun in _COLOURED) for old, new in _TURNS)
    return (
        Section("gender", (_GENDER,)),
        Section("age", (_AGE,)),
        Section("number", (number,)),
        Section("words for a size", _SIZE, (*sizes, *COLOURS)),
        Section("colour of a thing", turns),
    )


@cache
def _meanings() -> dict[str, str]:
    """Word of a table -> what it names, which other words may name as well."""
    found = {word: f"kind {kind.name}" for kind in KINDS.values() for word in kind.nouns}
    found |= {plural_of(word): f"kinds {kind.name}" for kind in KINDS.values() for word in kind.nouns}
    for family, nouns in FAMILIES.items():
        for one, several in nouns:
            found |= {one: f"family {family}", several: f"families {family}"}
    for group, words in (("size", SIZES), ("colour", COLOURS)):
        found |= {word: f"{group} {name}" for name, same in words.items() for word in same}
    return found


def meaning(word: str) -> str:
    """What a word names: the same for two words that captions use for the same things."""
    return _meanings().get(word, word)


def candidates(analogy: Analogy, words: Sequence[str]) -> list[str]:
    """Those of a section's words that may answer, the right one among them."""
    asked, named = {analogy.a, analogy.b, analogy.c}, meaning(analogy.answer)
    return [word for word in words if word == analogy.answer or (word not in asked and meaning(word) != named)]


@dataclass(frozen=True)
class AnalogyMetrics:
    """Shares between 0 and 1 over `queries`: the answer comes first, or among the first five.

    `a_alone`, `c_alone`: the share that comes first for the word a, or c, without any arithmetic.
    `candidates`: how many words could answer, on average.
    """

    exact_at_1: float
    exact_at_5: float
    a_alone: float
    c_alone: float
    queries: int
    candidates: float

    def to_json(self) -> dict[str, float]:
        return asdict(self)


@dataclass(frozen=True)
class AnalogyReport:
    """The figures of each section that could be asked and over all; `left_out` have a word the model does not know.

    `overall` is None when the model knows the words of no analogy.
    """

    overall: AnalogyMetrics | None
    by_section: dict[str, AnalogyMetrics]
    left_out: int

    def to_json(self) -> dict[str, Any]:
        return {
            "overall": self.overall.to_json() if self.overall else None,
            "by_section": {name: metrics.to_json() for name, metrics in self.by_section.items()},
            "left_out": self.left_out,
        }


def ranks(analogies: Sequence[Analogy], words: Sequence[str], vectors: Mapping[str, np.ndarray]) -> np.ndarray:
    """Where the answer of each of Q analogies comes: (Q, 4) int64.

    The first three columns count from 1: for a - b + c, for a alone and for c alone; of words with the same
    similarity the answer comes last. The fourth is how many candidates there were.

    Args:
        words: the section's words that have a vector.
        vectors: word -> (D,), length 1, for every word of the analogies too. Compared by cosine.
    """
    found = []
    for each in analogies:
        possible = candidates(each, words)
        rows = np.stack([vectors[word] for word in possible]).astype(np.float64)
        a, b, c = (np.asarray(vectors[word], dtype=np.float64) for word in (each.a, each.b, each.c))
        scores = rows @ np.stack([a - b + c, a, c]).T
        answer = scores[possible.index(each.answer)]
        found.append([*(scores >= answer - 1e-9).sum(axis=0), len(possible)])
    return np.array(found, dtype=np.int64).reshape(-1, 4)


def _metrics(found: np.ndarray) -> AnalogyMetrics:
    first = (found[:, :3] == 1).mean(axis=0)
    return AnalogyMetrics(
        exact_at_1=float(first[0]),
        exact_at_5=float((found[:, 0] <= 5).mean()),
        a_alone=float(first[1]),
        c_alone=float(first[2]),
        queries=len(found),
        candidates=float(found[:, 3].mean()),
    )


def analogy_report(encoder: Encoder, asked: Sequence[Section] | None = None) -> AnalogyReport:
    """Score the analogies whose words the model knows; all words are embedded in one call.

    Args:
        asked: sections; all of `sections()` unless given.
    """
    asked = sections() if asked is None else asked
    words = list(dict.fromkeys(word for section in asked for word in section.words))
    known = [word for word in words if not unknown_words(encoder, word)]
    vectors = dict(zip(known, normalise(encoder.encode_texts(known)), strict=True)) if known else {}
    by_section, every, left_out = {}, [], 0
    for section in asked:
        possible = [each for each in section.analogies if all(word in vectors for word in each.words)]
        left_out += len(section.analogies) - len(possible)
        if possible:
            found = ranks(possible, [word for word in section.words if word in vectors], vectors)
            by_section[section.name] = _metrics(found)
            every.append(found)
    return AnalogyReport(_metrics(np.concatenate(every)) if every else None, by_section, left_out)


def analogy_table(report: AnalogyReport) -> str:
    """By section and over all, in percent; Markdown."""
    if report.overall is None:
        return f"The model knows the words of none of the {report.left_out} analogies."
    shares = ("exact@1", "exact@5", "a alone @1", "c alone @1")
    rows = (
        [name, *map(percent, (m.exact_at_1, m.exact_at_5, m.a_alone, m.c_alone)), figure(m.candidates), str(m.queries)]
        for name, m in [*report.by_section.items(), ("**over all**", report.overall)]
    )
    lines = table(["analogy (a - b + c, words alone)", *shares, "candidates", "queries"], rows)
    if report.left_out:
        lines += ["", f"left out: {report.left_out} analogies with words the model does not know"]
    return "\n".join(lines)
