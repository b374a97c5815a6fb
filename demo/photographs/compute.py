"""From a question to photographs: plain functions that know nothing of the interface."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vse.encoders import base
from vse.errors import VSEError
from vse.modalities.text.unknown import UnknownWord
from vse.search.hit import Hit
from vse.search.query import Query as Expression
from vse.search.query import QuerySyntaxError, Text, parse
from vse.search.query import Term as ExpressionTerm

from ..arithmetic.compute import problem_of
from ..shared.answering import check_k, reading
from ..shared.answers import Query
from .index_job import Run, Status
from .snapshot import Shelf

if TYPE_CHECKING:
    from vse.encoders.base import Encoder

BROWSE = Query("words", "")  # no question yet: some photographs of the folder


@dataclass(frozen=True)
class Photo:
    """A photograph by its key and its path in the folder; `score` is the model's similarity, None for no question."""

    key: str
    path: str
    score: float | None
    rank: int


@dataclass(frozen=True)
class Found:
    """The answer to one question.

    about: the photograph that was asked about, where it is one of the folder. searched: how many photographs were
    looked at, of so many in the folder. problem: a sentence that stands instead of an answer.
    """

    query: Query
    photos: tuple[Photo, ...] = ()
    about: Photo | None = None
    searched: int = 0
    of: int = 0
    unknown: tuple[UnknownWord, ...] = ()
    milliseconds: float = 0.0
    problem: str = ""


def ask(run: Run, query: Query, k: int) -> Found:
    """The k photographs that answer a question, of those that are indexed now; what is wrong is told in the answer."""
    try:
        wanted, shelf = check_k(k), run.shelf()
        run.check_folder()
        status = run.status
        found = Found(query, problem=nothing_yet(status)) if not len(shelf) else _answer(shelf, query, wanted)
        return replace(found, searched=len(shelf), of=max(status.found - len(status.skipped), len(shelf)))
    except VSEError as error:
        return Found(query, problem=problem_of(error, query.value).sentence)


def nothing_yet(status: Status) -> str:
    """Why nothing can be found so far."""
    if status.phase == "failed":
        return "Nothing is indexed yet; what went wrong is said above."
    if status.is_working:
        return "Nothing is indexed yet: the first photographs can be found in a few seconds."
    if status.phase == "stopped":
        return "Nothing is indexed yet: press Resume."
    return "No photograph of this folder can be read: the list above says why."


def _answer(shelf: Shelf, query: Query, k: int) -> Found:
    began = time.perf_counter()
    if query.kind == "item":
        found = _like(shelf, query, k)
    elif query.kind == "upload":
        with reading(query.value):
            vector = shelf.searcher.encoder.encode_images([query.value])[0]
        found = Found(query, photos(shelf, shelf.searcher.nearest_images(vector, k)))
    elif query.value.strip():
        found = _words(shelf, query, k)
    else:
        found = Found(query, some(shelf, k))
    return replace(found, milliseconds=1000 * (time.perf_counter() - began))


def _like(shelf: Shelf, query: Query, k: int) -> Found:
    """
    Raises:
        CollectionError: when the photograph is no longer there.
    """
    path = shelf.path(query.value)
    hits = shelf.searcher.nearest_images(shelf.searcher.vector_of(path), k, exclude={path})
    return Found(query, photos(shelf, hits), Photo(query.value, path, None, 0))


def _words(shelf: Shelf, query: Query, k: int) -> Found:
    expression = expression_of(query.value)
    hits = shelf.searcher.ask(expression, k).hits
    return Found(query, photos(shelf, hits), unknown=unknown_words(shelf.searcher.encoder, expression.texts))


def expression_of(text: str) -> Expression:
    """What was typed as a query of the language; what only resembles one is a plain text.

    Raises:
        QueryError, TextError: for what is neither.
    """
    try:
        return parse(text)
    except QuerySyntaxError:
        if "[" in text or '"' in text:
            raise
        return Expression((ExpressionTerm(1, Text(text)),))


def unknown_words(encoder: Encoder, texts: Sequence[str]) -> tuple[UnknownWord, ...]:
    found = {word.word: word for text in texts for word in base.unknown_words(encoder, text)}
    return tuple(found.values())


def photos(shelf: Shelf, hits: Sequence[Hit]) -> tuple[Photo, ...]:
    return tuple(Photo(shelf.keys[hit.item_id], hit.item_id, hit.score, hit.rank) for hit in hits)


def some(shelf: Shelf, k: int) -> tuple[Photo, ...]:
    """k photographs, spread over the folder, in its order."""
    rows = np.unique(np.linspace(0, len(shelf) - 1, min(k, len(shelf))).astype(int))
    paths = [shelf.index.item_ids[row] for row in rows]
    return tuple(Photo(shelf.keys[path], path, None, number) for number, path in enumerate(paths, start=1))
