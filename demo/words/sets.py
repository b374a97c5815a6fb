"""The sets of word vectors that the Words tab can show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

from vse.encoders.base import known_words, unknown_words
from vse.errors import TextError
from vse.maps.geometry import mean_of
from vse.modalities.text.tokenizer import tokenize
from vse.modalities.text.vocabulary import Vocabulary
from vse.words.content_words import FUNCTION_WORDS, content_words
from vse.words.english import NAME as ENGLISH
from vse.words.fasttext import NGRAMS, vector_of
from vse.words.shipped import open_words, words_here
from vse.words.table import WordVectors

from .asked import JOINT

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

TITLES = {
    JOINT: "joint space",
    "skip-gram": "skip-gram",
    "cbow": "CBOW",
    "glove": "GloVe",
    "fasttext": "fastText",
    "doc2vec": "doc2vec",
    ENGLISH: "real English",
}
DOC2VEC, NODE2VEC = "doc2vec", "node2vec"  # of texts, and of things, which are no words
MOST_WORDS = 3000  # of a joint space
_SPELT = 20_000  # words, the frequent ones, that are offered in place of one that is not known


class NotKnownError(TextError):
    """A word that a set has no vector for, and those of its words that are spelt like it."""

    def __init__(self, word: str, near: Sequence[str], title: str) -> None:
        super().__init__(f"The set {title} has no vector for {word!r}.")
        self.word, self.near = word, tuple(near)


@dataclass(frozen=True, eq=False)
class WordSet:
    """Words with their vectors, and where the vector of any other word comes from, where it can come from somewhere.

    name: what addresses call it. title: what people read.
    """

    name: str
    title: str
    table: WordVectors
    otherwise: Callable[[str], np.ndarray] | None = None

    def vector(self, word: str) -> np.ndarray:
        """(D,) float32.

        Raises:
            NotKnownError: for a word that has none.
        """
        if word in self.table:
            return self.table[word]
        if self.otherwise is not None:
            try:
                return self.otherwise(word)
            except TextError:
                pass
        raise NotKnownError(word, self._spelling.unknown(word)[0].suggestions if word else (), self.title)

    def knows(self, word: str) -> bool:
        try:
            self.vector(word)
        except NotKnownError:
            return False
        return True

    def first(self, *wanted: str) -> str:
        """The first of these words that there is; the most frequent of all where there is none."""
        return next((word for word in (*wanted, *self.table.words) if word in self.table), "")

    @cached_property
    def content(self) -> WordVectors:
        """The words that say something alone, at most MOST_WORDS."""
        kept = [word for word in self.table.words if word.isalpha() and word not in FUNCTION_WORDS]
        return self.table.only(kept[:MOST_WORDS])

    @cached_property
    def _spelling(self) -> Vocabulary:
        return Vocabulary.of(self.table.words[:_SPELT])


def joint_space(searcher: Searcher, report: Callable[[int, int], None]) -> WordSet:
    """The words that a model knows as its text tower reads them, each as a text of one word.

    They are those of its vocabulary that say something alone, the frequent ones; of a model without a vocabulary, those
    of the collection's captions. Any other text that the model can read has a vector too. The mean of all is taken off,
    as all of them share one direction, in which any two are alike (Mu & Viswanath 2018, "All-but-the-Top").

    Raises:
        TextError: where there are no words.
    """
    encoder, captions = searcher.encoder, searcher.collection.captions
    words = [word for word in known_words(encoder) if _is_content(word)] or list(content_words(captions, MOST_WORDS))
    unknown = {each.word for each in unknown_words(encoder, " ".join(words[:MOST_WORDS]))}
    kept = tuple(word for word in words[:MOST_WORDS] if word not in unknown)
    if not kept:
        raise TextError("This model brings no list of words, and the collection has no captions: choose another set.")
    vectors = np.asarray(encoder.encode_texts(kept, report), np.float32)
    mean = mean_of(vectors)
    return WordSet(
        JOINT,
        TITLES[JOINT],
        WordVectors(encoder.name, kept, vectors - mean),
        lambda word: encoder.encode_texts([word])[0] - mean,
    )


def _is_content(word: str) -> bool:
    return word.isalpha() and word not in FUNCTION_WORDS and tokenize(word) == [word]


@lru_cache(maxsize=16)
def open_set(name: str) -> WordSet:
    """Vectors that are here whatever model is open; fastText has one for any word, from the word's n-grams.

    Raises:
        TextError: for a name that there is not.
    """
    table = open_words(name)
    return WordSet(name, TITLES.get(name, name), table, partial(vector_of, table) if NGRAMS in table.more else None)


@dataclass(frozen=True)
class Sets:
    """The sets of a page, opened when they are first wanted: the joint space, where its model gives words, and all
    that are here."""

    joint: WordSet | None

    @property
    def titles(self) -> dict[str, str]:
        here = (*([JOINT] if self.joint else []), *words_here())
        return {name: title for name, title in TITLES.items() if name in here}

    def open(self, name: str) -> WordSet:
        """The set of a name; the first one for a name that there is not.

        Raises:
            TextError: where there are none, or it cannot be read.
        """
        if name not in self.titles:
            name = next(iter(self.titles), JOINT)
        return self.joint if name == JOINT and self.joint else open_set(name)
