"""What one score is made of: two vectors and their product, a sentence read word by word, fair shares, and places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vse.encoders.base import Encoder, ReadsBothWays
from vse.encoders.similarity import Similarity, normalise
from vse.modalities import IMAGE, TEXT
from vse.search.explain import WordShare, scores_of, similarity_for, vector_shares, words_of
from vse.search.places import PlaceMaps, place_maps
from vse.search.query import Query, Resolved, Term, Text

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

MOST_CUTS = 40  # words after which a sentence is cut, the first ones


@dataclass(frozen=True, eq=False)
class Cut:
    """A sentence cut after a word: what is read of it, its vector (dim,), and what it scores."""

    word: str
    text: str
    vector: np.ndarray
    score: float


@dataclass(frozen=True, eq=False)
class OpenedScore:
    """What the score of a picture for a query is made of.

    query, answer: (dim,), the vectors that were compared; the query's is a unit vector.
    terms: (dim,), what each dimension adds to the score, whose sum it is. similarity: how they were compared.
    text: the sentence that was read; empty where the query is none.
    cuts: the sentence after each of its words. both_ways: whether the model reads it from both ends.
    words: what each word of the query adds. nothing: what is scored without any of them.
    maps: where in the picture, where that was asked for.
    """

    query: np.ndarray
    answer: np.ndarray
    terms: np.ndarray
    similarity: str
    text: str = ""
    cuts: tuple[Cut, ...] = ()
    both_ways: bool = False
    words: tuple[WordShare, ...] = ()
    maps: PlaceMaps | None = None

    @property
    def score(self) -> float:
        return float(self.terms.sum(dtype=np.float64))

    @property
    def nothing(self) -> float:
        """What is scored without any of the words."""
        return self.score - float(sum(each.shares[0] for each in self.words))

    def running(self, order: Sequence[int]) -> np.ndarray:
        """(dim,) the sum of the terms so far, taken in an order; it ends in the score."""
        return np.cumsum(self.terms[list(order)], dtype=np.float64)


def by_size(terms: np.ndarray) -> np.ndarray:
    """(dim,) the dimensions in the order of what they add or take away, the most first."""
    return np.argsort(-np.abs(terms), kind="stable")


def open_score(
    searcher: Searcher,
    query: Query,
    answer: np.ndarray,
    way: str,
    resolved: Resolved,
    image: Any = None,
    places: str = "",
) -> OpenedScore:
    """Take the score of one picture apart. No model is run for the two vectors.

    Args:
        query: what was asked; its filters are of no account.
        answer: (dim,), the picture's vector, as the index holds it.
        way: how the searcher did arithmetic.
        resolved: what `Searcher.ask` made of the query.
        image: the picture, as the model reads it, where `places`, one of `vse.search.places.WAYS`, are wanted.

    Raises:
        ModalityError, ImageError: as `place_maps`.
        VSEError: for what `Searcher.resolved` refuses.
    """
    encoder, vector = searcher.encoder, normalise(resolved.vector)
    similarity = similarity_for(encoder, query)
    answer = np.asarray(answer, np.float32)
    terms = similarity.terms(vector, answer, a_is=TEXT, b_is=IMAGE)
    text = query.texts[0] if query.is_plain else ""

    def shares(vectors: np.ndarray) -> tuple[np.ndarray, tuple[WordShare, ...]]:
        scores = scores_of(vector, vectors, similarity)
        if query.recipe is not None:  # what an ingredient adds is no share of the score
            return scores, ()
        return scores, vector_shares(searcher, query, vectors, scores, way, resolved)

    return OpenedScore(
        vector,
        answer,
        terms,
        similarity.name,
        text,
        cuts_of(encoder, text, answer, similarity) if text else (),
        isinstance(encoder, ReadsBothWays) and encoder.both_ways,
        shares(answer[None])[1],
        place_maps(encoder, image, shares, places) if places else None,
    )


def open_caption(
    searcher: Searcher, caption: str, vector: np.ndarray, answer: np.ndarray, image: Any = None, places: str = ""
) -> OpenedScore:
    """As `open_score` for a caption that answers a picture; (dim,) each, their vectors."""
    query = Query((Term(1, Text(caption)),))
    resolved = searcher.resolved(query, embed_texts=lambda texts: np.repeat(vector[None], len(texts), axis=0))
    return open_score(searcher, query, answer, "", resolved, image, places)


def cuts_of(encoder: Encoder, text: str, answer: np.ndarray, similarity: Similarity) -> tuple[Cut, ...]:
    """A sentence after each of its first MOST_CUTS words, read anew each time, all in one batch.

    A recurrent network that reads forwards alone has just this state after a word, and goes on from it. One that also
    reads backwards has none: its other half begins at the last word. Cut there, the sentence has one.
    """
    words = words_of(text)[:MOST_CUTS]
    texts = [text[:end].strip() for _, _, end in words]
    vectors = encoder.encode_texts(texts, strict=False)
    scores = [scores_of(vector, answer[None], similarity)[0] for vector in vectors]
    rows = zip(words, texts, vectors, scores, strict=True)
    return tuple(Cut(word, said, vector, float(score)) for (word, _, _), said, vector, score in rows)
