"""What the parts of the Words tab show of a set of vectors: plain functions over arrays, without HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vse.errors import TextError
from vse.maps.fit import principal, unit_square
from vse.modalities.text.tokenizer import check_text, tokenize
from vse.words.clusters import clusters
from vse.words.doc2vec import infer
from vse.words.sums import Term, read_sum, sum_vector
from vse.words.table import WordVectors, unit_rows
from vse.words.windows import Update, Window, coherence, negative_sampling, window_at

from .asked import SKIP_GRAM
from .sets import WordSet

NEAREST = 12
ENDS = 10  # words that are shown of each end of an axis
DRAWN = 2  # words drawn at random in a step of negative sampling
COORDINATES = 5  # of a vector that are shown
TEXTS = 6  # captions that are like one
DOTS = 1000  # words of a set that are drawn in the plane
_TERMS = 8  # words of a sum
_WORDS = 40  # of a sentence
_SAME = 1e-6  # of scores

Near = tuple[str, float]


def one_word(text: str) -> str:
    """
    Raises:
        TextError: for what is no single word.
    """
    words = tokenize(check_text(text))
    if len(words) != 1:
        raise TextError(f"{text[:60]!r} is not a single word: type one.")
    return words[0]


def nearest(found: WordSet, word: str, k: int = NEAREST) -> list[Near]:
    """The k words nearest to a word, without itself, with their cosines.

    Raises:
        TextError: for a word that has no vector.
    """
    return found.table.nearest(found.vector(word), k, without=[word])


def summed(found: WordSet, text: str, k: int = NEAREST) -> tuple[list[str], list[Near]]:
    """The words of a text such as "snow + dog", and the k words nearest to the sum of their unit vectors.

    Raises:
        TextError: for a word that has no vector, and more than `_TERMS` of them.
    """
    words = tokenize(check_text(text.replace("+", " ")))
    if not words or len(words) > _TERMS:
        raise TextError(f"{len(words)} words came to be added: give 1 to {_TERMS}, such as snow + dog.")
    return words, found.table.nearest(sum_vector([Term(1, word) for word in words], found.vector), k, without=words)


def analogy(found: WordSet, a: str, b: str, c: str, keep: bool = False, k: int = 5) -> list[Near]:
    """The k words nearest to a - b + c (3CosAdd, Levy & Goldberg 2014), with those three among them where `keep` says.

    Raises:
        TextError: for a word that has no vector.
    """
    total = sum_vector([Term(1, a), Term(-1, b), Term(1, c)], found.vector)
    return found.table.nearest(total, k, without=() if keep else (a, b, c))


def sum_of(found: WordSet, text: str, keep: bool, k: int) -> list[Near]:
    """The k words nearest to a sum such as king - man + woman, with its own words among them where `keep` says.

    Raises:
        TextError: for what is no sum of single words, and a word that has no vector.
    """
    terms = read_sum(text)
    without = () if keep else [term.word for term in terms]
    return found.table.nearest(sum_vector(terms, found.vector), k, without)


@lru_cache(maxsize=32)
def clusters_of(found: WordSet, k: int) -> list[tuple[str, ...]]:
    """The content words of a set in k groups, see `vse.words.clusters`; kept, as a page asks again and again."""
    return clusters(found.content, k)


@dataclass(frozen=True)
class Corner:
    """A word in a drawing, from -1 to 1 in each direction."""

    word: str
    x: float
    y: float


@dataclass(frozen=True)
class Parallelogram:
    """Four words in the plane in which they spread most, and where a - b + c comes to lie in it.

    kept: the share of the spread of the four vectors about their mean that the plane shows, 0 to 1.
    """

    a: Corner
    b: Corner
    c: Corner
    d: Corner
    end: Corner
    kept: float


def parallelogram(found: WordSet, a: str, b: str, c: str, d: str) -> Parallelogram:
    """
    Raises:
        TextError: for a word that has no vector.
    """
    words = (a, b, c, d)
    rows = unit_rows(np.stack([found.vector(word) for word in words]))
    points = principal(rows)
    spread = ((rows - rows.mean(axis=0)) ** 2).sum()
    placed = unit_square(np.concatenate([points, [points[0] - points[1] + points[2]]]))
    one, two, three, four, end = (
        Corner(word, float(x), float(y)) for word, (x, y) in zip((*words, ""), placed, strict=True)
    )
    kept = float((points**2).sum() / spread) if spread > 0 else 1.0
    return Parallelogram(one, two, three, four, end, kept)


@dataclass(frozen=True, eq=False)
class Axis:
    """Where words lie along the difference of two: the cosine of each with it, so 0 is as near to one as to the other.

    low, high: the words at both ends, the outermost first. all: (N,) of all content words.
    """

    low: list[Near]
    high: list[Near]
    all: np.ndarray

    @property
    def reach(self) -> float:
        """How far the outermost word lies from the middle; 1 where all lie in it."""
        return float(np.abs(self.all).max()) or 1.0


def axis(found: WordSet, low: str, high: str) -> Axis:
    """
    Raises:
        TextError: for a word that has no vector, and for a word and itself.
    """
    ends = unit_rows(np.stack([found.vector(low), found.vector(high)]))
    if low == high or not np.any(ends[1] - ends[0]):
        raise TextError("Give two different words: their difference is the axis.")
    content = found.content
    places = content.units @ unit_rows((ends[1] - ends[0])[None])[0]
    order = np.argsort(places, kind="stable")
    named = [(content.words[row], float(places[row])) for row in order]
    return Axis(named[:ENDS], named[::-1][:ENDS], places)


@dataclass(frozen=True)
class Token:
    """A word of a sentence: whether it has a vector, and what it is in the window, "centre", "context" or nothing."""

    word: str
    is_known: bool
    role: str = ""


@dataclass(frozen=True, eq=False)
class Target:
    """A word that a step of training compares with: the label is 1 for the one that was seen, 0 for one drawn."""

    word: str
    label: int
    dot: float
    guess: float
    error: float


@dataclass(frozen=True, eq=False)
class Sliding:
    """A window at one place of a sentence, as word2vec sees it: words without a vector are passed over.

    step: the place of the centre among the words that have a vector, from 1 to `steps`. samples: what the window
    teaches, each as the words that predict and the word that is predicted. targets: of the first sample, with the
    word's vector and what one step of training makes of it.
    """

    tokens: list[Token]
    step: int
    steps: int
    centre: str
    context: list[str]
    samples: list[tuple[list[str], str]]
    targets: list[Target]
    update: Update


def read_sentence(found: WordSet, text: str) -> tuple[list[str], list[str]]:
    """The words of a sentence, and those that have a vector.

    Raises:
        TextError: for a sentence with fewer than two words that have one, and a very long one.
    """
    words = tokenize(check_text(text))
    known = [word for word in words if found.knows(word)]
    if len(words) > _WORDS or len(known) < 2:
        raise TextError(f"A sentence of {len(words)} words came of which {len(known)} have a vector here: give 2 to "
                        f"{_WORDS} words that the set has.")  # fmt: skip
    return words, known


def sliding(found: WordSet, text: str, step: int, width: int, method: str) -> Sliding:
    """
    Raises:
        TextError: as `read_sentence`.
    """
    words, known = read_sentence(found, text)
    window = window_at(min(step, len(known)) - 1, len(known), width)
    centre, context = known[window.centre], [known[place] for place in window.context]
    if method == SKIP_GRAM:
        samples = [([centre], word) for word in context]
        hidden = found.vector(centre)
    else:
        samples = [(context, centre)]
        hidden = np.mean([found.vector(word) for word in context], axis=0)
    seen = samples[0][1]
    drawn = some_words(found, DRAWN, seed=window.centre, without=known)
    update = negative_sampling(hidden, found.vector(seen), np.stack([found.vector(word) for word in drawn]))
    targets = [
        Target(word, int(label), float(dot), float(guess), float(error))
        for word, label, dot, guess, error in zip(
            (seen, *drawn), update.labels, update.dots, update.guesses, update.errors, strict=True
        )
    ]
    tokens = list(tokens_of(words, found, window))
    return Sliding(tokens, window.centre + 1, len(known), centre, context, samples, targets, update)


def tokens_of(words: Sequence[str], found: WordSet, window: Window) -> list[Token]:
    roles = {window.centre: "centre", **dict.fromkeys(window.context, "context")}
    tokens, place = [], 0
    for word in words:
        is_known = found.knows(word)
        tokens.append(Token(word, is_known, roles.get(place, "") if is_known else ""))
        place += is_known
    return tokens


def some_words(found: WordSet, count: int, seed: int, without: Sequence[str]) -> list[str]:
    """Content words drawn at random, the same for the same seed; fewer where there are not so many."""
    words = [word for word in found.content.words if word not in without] or list(found.table.words)
    rows = np.random.default_rng(seed).permutation(len(words))[:count]
    return [words[row] for row in rows]


@dataclass(frozen=True)
class Exchange:
    """A true window and the same with its middle word exchanged, with their scores; better: the share of all content
    words that would fit less well in the middle than the true one, 0 to 1."""

    centre: str
    other: str
    context: list[str]
    true: float
    corrupted: float
    better: float


def exchange(found: WordSet, text: str, step: int, width: int, other: str) -> Exchange:
    """
    Raises:
        TextError: as `read_sentence`, and for a word that has no vector.
    """
    _, known = read_sentence(found, text)
    window = window_at(min(step, len(known)) - 1, len(known), width)
    centre, context = known[window.centre], [known[place] for place in window.context]
    rows = np.stack([found.vector(word) for word in context])
    true = coherence(found.vector(centre), rows)
    scores = found.content.units @ unit_rows(rows).mean(axis=0)
    return Exchange(
        centre, other, context, true, coherence(found.vector(other), rows), float((scores < true - _SAME).mean())
    )


def plane_words(found: WordSet) -> tuple[str, ...]:
    """The content words that are drawn in the plane: the frequent ones."""
    return found.content.words[:DOTS]


def like_this(found: WordVectors, text: str, texts: Sequence[str], rows: np.ndarray) -> list[Near]:
    """The texts with vectors (T, D) that are most like a text that doc2vec infers a vector for.

    Raises:
        TextError: for a text without a word that it knows.
    """
    scores = unit_rows(rows) @ unit_rows(infer(found, check_text(text))[None])[0]
    best = np.argsort(-scores, kind="stable")[:TEXTS]
    return [(texts[row], float(scores[row])) for row in best]


def in_pca(found: WordSet, words: Sequence[str]) -> np.ndarray:
    """(N, 2) float32 within -1 to 1: words in the plane in which their unit vectors spread most.

    Raises:
        TextError: for a word that has no vector.
    """
    return unit_square(principal(unit_rows(np.stack([found.vector(word) for word in words]))))
