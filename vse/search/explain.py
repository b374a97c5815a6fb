"""Why an answer scores as it does: what each word of the query adds, as fair shares of the score.

The share of a word is its Shapley value, see `vse.search.shapley`: what the word adds to the score, on average over all
the orders in which the words may come to the query, each group of words being read in the order of the query. Leaving
one word out instead, as in Li, Monroe and Jurafsky 2016, credits no word with what two say alike, such as *surfing* and
*sea*. The shares add up to the score, less what is scored without these words. Where nothing is left to ask with, or
what is left cancels out, nothing is compared and the score is 0. A positive share says that the word speaks for the
answer, a negative one that it speaks against it. An ingredient of a recipe is left out instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vse.encoders.base import Encoder, unknown_words
from vse.encoders.similarity import COSINE, Similarity, normalise
from vse.errors import QueryError
from vse.modalities import RECIPE
from vse.modalities.recipe.recipe import Recipe
from vse.modalities.text.tokenizer import tokenize
from vse.search.arithmetic import EmbedTexts
from vse.search.query import GIVEN, Picture, Query, Resolved, Term, Text
from vse.search.shapley import shapley

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

MOST_WORDS = 24  # the known words of a query that have shares, the first ones; the others are always there

Point = Callable[[Query, EmbedTexts], np.ndarray]


@dataclass(frozen=True, eq=False)
class WordShare:
    """A word of a query that the model knows, and what it adds to the score of each of N answers.

    word: as the tokenizer reads it, so in lower case and without punctuation around it.
    shares: (N,) float32. errors: (N,) float32, the standard error of each; None where they are exact.
    """

    word: str
    shares: np.ndarray
    errors: np.ndarray | None = None

    @property
    def mean(self) -> float | None:
        """The mean over the answers; None where there is no answer."""
        return float(self.shares.mean()) if len(self.shares) else None

    @property
    def error(self) -> float:
        """The most that the standard error of the mean can be; 0 where it is exact."""
        return 0.0 if self.errors is None or not len(self.errors) else float(self.errors.mean())


def word_shares(encoder: Encoder, text: str, vectors: np.ndarray, scores: np.ndarray) -> tuple[WordShare, ...]:
    """What each of a text's first MOST_WORDS words adds to the scores of answers; unknown words are not told.

    Args:
        encoder: the model that was asked; it reads all shortened texts in one call, each of them once.
        text: the query.
        vectors: (N, dim), the answers' unit rows under that model.
        scores: (N,), what the answers score for the whole text.

    Raises:
        ValueError: for scores and vectors of different lengths.
        TextError: for an empty text, or one that is too long.
    """
    query = Query((Term(1, Text(text)),))
    return sum_shares(encoder, query, vectors, scores, lambda variant, embed: embed(variant.texts)[0])


def sum_shares(
    encoder: Encoder, query: Query, vectors: np.ndarray, scores: np.ndarray, point: Point
) -> tuple[WordShare, ...]:
    """As `word_shares` for a query of the language: words leave its texts, its pictures stay.

    A text all of whose known words are gone goes with its whole term.

    Args:
        point: (a query, what embeds its texts) -> (dim,), the vector that is searched with; it is called twice for
            each group of words, first to learn which texts it needs.

    Raises:
        ValueError: for scores and vectors of different lengths.
    """
    _check_lengths(vectors, scores)
    whole = np.asarray(scores, dtype=np.float32)
    words = _words_in(query, _known_to(encoder, query.texts))
    if not words:
        return ()
    players = min(len(words), MOST_WORDS)
    beyond = -1 << players  # the bits of words that are always there
    similarity = similarity_for(encoder, query)

    def worth(groups: Sequence[int]) -> np.ndarray:
        """(groups, N)"""
        variants = [_of_words(query, words, group | beyond) for group in groups]
        asked = [each for each in dict.fromkeys(variants) if each is not None and each != query]
        embed = _read_at_once(encoder, asked, point)
        rows: dict[Query | None, np.ndarray] = {query: whole}
        for variant in asked:
            with suppress(QueryError):  # what is left cancels out
                rows[variant] = scores_of(point(variant, embed), vectors, similarity)
        return np.stack([rows.get(variant, np.zeros_like(whole)) for variant in variants])

    found = shapley(worth, players)
    errors = [None] * players if found.errors is None else found.errors
    return tuple(WordShare(each.word, *told) for each, *told in zip(words, found.values, errors, strict=False))


def answer_shares(
    searcher: Searcher, query: Query, ids: Sequence[str], scores: Sequence[float], way: str, resolved: Resolved | None
) -> tuple[WordShare, ...]:
    """As `sum_shares` for pictures that a searcher found, which score so much.

    Args:
        way: how the searcher did arithmetic.
        resolved: what `Searcher.ask` made of the query, which holds what was given with it; without it there is
            none.

    Raises:
        VSEError: for what `Searcher.resolved` refuses.
    """
    if not query.texts and query.recipe is None:
        return ()
    vectors = np.array([searcher.vector_of(each) for each in ids], dtype=np.float32).reshape(
        len(ids), searcher.encoder.dim
    )
    return vector_shares(searcher, query, vectors, np.array(scores), way, resolved)


def vector_shares(
    searcher: Searcher, query: Query, vectors: np.ndarray, scores: np.ndarray, way: str, resolved: Resolved | None
) -> tuple[WordShare, ...]:
    """As `answer_shares`, for any pictures (N, dim) of the space, which score so much, (N,)."""
    vectors = vectors.reshape(len(vectors), searcher.encoder.dim)
    if query.recipe is not None:
        return ingredient_shares(searcher.encoder, query.recipe, vectors, scores)
    terms = zip(resolved.parts.terms, resolved.parts.vectors, strict=True) if resolved else ()
    operands = ((term.operand, row) for term, row in terms if isinstance(term.operand, Picture))
    given = {operand.id: row for operand, row in operands if operand.id in GIVEN}

    def point(variant: Query, embed: EmbedTexts) -> np.ndarray:
        return searcher.resolved(variant, given, way, embed).vector

    return sum_shares(searcher.encoder, query, vectors, scores, point)


def ingredient_shares(
    encoder: Encoder, recipe: Recipe, vectors: np.ndarray, scores: np.ndarray
) -> tuple[WordShare, ...]:
    """What each ingredient of a recipe adds to the scores of answers: see `Recipe.without`.

    Args:
        vectors: (N, dim), the answers' unit rows. scores: (N,), what they score for the whole recipe.

    Raises:
        ValueError: for scores and vectors of different lengths.
    """
    _check_lengths(vectors, scores)
    lines = recipe.ingredients[:MOST_WORDS]
    left = encoder.encode(RECIPE, [recipe.without(row) for row in range(len(lines))], strict=False)
    whole = np.asarray(scores, dtype=np.float32)
    return tuple(
        WordShare(line, whole - scores_of(row, vectors, COSINE)) for line, row in zip(lines, left, strict=True)
    )


def words_of(text: str) -> list[tuple[str, int, int]]:
    """A text's words with (begin, end) of the stretch that goes when the word is left out.

    A stretch is a word with the punctuation around it up to the next blank, or the next word where none is between.
    """
    found = []
    for begin, end in _pieces(text):
        tokens = tokenize(text[begin:end])
        starts = _starts(text[begin:end].lower(), tokens)
        if len(starts) != len(tokens):  # spelt otherwise than it is read: one stretch
            tokens, starts = ["".join(tokens)], [0]
        edges = [begin, *(begin + start for start in starts[1:]), end]
        found += list(zip(tokens, edges, edges[1:], strict=False))
    return found


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Where each run without blanks begins and ends."""
    at = 0
    for piece in text.split():
        at = text.index(piece, at)
        yield at, at + len(piece)
        at += len(piece)


def _starts(piece: str, tokens: Sequence[str]) -> list[int]:
    """Where tokens begin, as far as each is found behind the one before it."""
    starts, at = [], 0
    for token in tokens:
        if (start := piece.find(token, at)) < 0:
            break
        starts.append(start)
        at = start + len(token)
    return starts


@dataclass(frozen=True)
class _Word:
    """A known word of a query: in which term it stands, and from where to where in that term's text."""

    word: str
    term: int
    begin: int
    end: int


def _words_in(query: Query, is_known: Callable[[str], bool]) -> list[_Word]:
    texts = [(place, term.operand.text) for place, term in enumerate(query.terms) if isinstance(term.operand, Text)]
    return [_Word(word, place, *span) for place, text in texts for word, *span in words_of(text) if is_known(word)]


def _of_words(query: Query, words: Sequence[_Word], group: int) -> Query | None:
    """The query without those of its known words whose bit is not set; None where no term is left."""
    terms = []
    for place, term in enumerate(query.terms):
        own = {each: bool(group >> at & 1) for at, each in enumerate(words) if each.term == place}
        if all(own.values()):
            terms.append(term)
        elif isinstance(term.operand, Text) and any(own.values()):
            text = _without(term.operand.text, [each for each, is_kept in own.items() if not is_kept])
            terms.append(replace(term, operand=Text(text), span=None))
    return replace(query, terms=tuple(terms)) if terms else None


def _without(text: str, gone: Sequence[_Word]) -> str:
    begins, ends = [each.begin for each in gone], [each.end for each in gone]
    stretches = zip([0, *ends], [*begins, len(text)], strict=True)
    return " ".join("".join(text[begin:end] for begin, end in stretches).split())


def _known_to(encoder: Encoder, texts: Sequence[str]) -> Callable[[str], bool]:
    unknown = {each.word for text in texts for each in unknown_words(encoder, text)}
    return lambda word: word not in unknown


def _read_at_once(encoder: Encoder, queries: Sequence[Query], point: Point) -> EmbedTexts:
    """What embeds the texts of all these queries, read by the model in one call."""
    wanted: dict[str, None] = {}

    def note(texts: Sequence[str]) -> np.ndarray:
        wanted.update(dict.fromkeys(texts))
        return np.eye(1, encoder.dim, dtype=np.float32).repeat(len(texts), axis=0)

    for query in queries:
        with suppress(QueryError):  # of these vectors, which stand for none: what texts it needs is known by then
            point(query, note)
    rows = dict(zip(wanted, _encoded(encoder, list(wanted)), strict=True))
    return lambda texts: np.stack([rows[text] for text in texts])


def _encoded(encoder: Encoder, texts: list[str]) -> np.ndarray:
    return encoder.encode_texts(texts) if texts else np.zeros((0, encoder.dim), np.float32)


def similarity_for(encoder: Encoder, query: Query) -> Similarity:
    """How a query is compared with pictures: sums are points of the space, and no texts."""
    return encoder.similarity if query.is_plain else COSINE


def scores_of(query: np.ndarray, vectors: np.ndarray, similarity: Similarity) -> np.ndarray:
    """(N,) as `EmbeddingIndex.search` scores pictures (N, dim) for a query (dim,)."""
    rows, unit = np.asarray(vectors, dtype=np.float32), normalise(query)
    if similarity is COSINE:  # of rows as the index stores them, whose length float16 has rounded
        return np.clip(rows @ unit, -1, 1)
    return similarity.scores(rows, unit[None], a_is="image", b_is="text")[:, 0]


def _check_lengths(vectors: np.ndarray, scores: np.ndarray) -> None:
    if np.ndim(vectors) != 2 or np.shape(scores) != (len(vectors),):
        raise ValueError(
            f"Vectors came as {np.shape(vectors)} and scores as {np.shape(scores)}: give (N, dim) and (N,)."
        )
