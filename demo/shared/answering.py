"""From a query to its answer: plain functions that know nothing of the interface."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vse.encoders.base import unknown_words
from vse.errors import ImageError, QueryError, VSEError
from vse.search.hit import Hit

from . import links
from .answers import Answer, CaptionAnswer, ImageAnswer, Query, Visit
from .uploads import NOT_KEPT, is_uploaded

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

CHOICES = (6, 12, 24, 48)
DEFAULT_K = 12
CAPTIONS_SHOWN = 10


def check_k(k: Any) -> int:
    """How many answers were asked for.

    Raises:
        QueryError: unless it is a whole number from 1 to 48.
    """
    if isinstance(k, bool) or not isinstance(k, int | float) or k not in range(1, CHOICES[-1] + 1):
        raise QueryError(f"The number of answers came as {k!r}: give a whole number from 1 to {CHOICES[-1]}.")
    return int(k)


def answer(searcher: Searcher, query: Query, k: int = DEFAULT_K, at_least: int = 0) -> Answer:
    """The answer to any query, with the time it took; `at_least` so many answers, however few were asked for.

    Raises:
        VSEError: when the query cannot be answered.
    """
    began = time.perf_counter()
    found = {"words": answer_words, "item": answer_item, "upload": answer_upload}[query.kind](
        searcher, query.value, max(check_k(k), at_least)
    )
    return replace(found, milliseconds=1000 * (time.perf_counter() - began))


def answer_or_problem(searcher: Searcher, visit: Visit, at_least: int = 0) -> Answer:
    """As `answer`, with what is wrong with the query said in the answer instead of raised."""
    query = visit.query
    try:
        return answer(searcher, query, visit.k, at_least)
    except VSEError as error:
        unknown = unknown_words(searcher.encoder, query.value) if query.kind == "words" else ()
        return Answer(query, unknown=unknown, problem=str(error))


def answer_words(searcher: Searcher, text: str, k: int) -> Answer:
    """The pictures nearest to a text.

    Raises:
        TextError: for a text without a word that the model knows.
    """
    hits = searcher.search_text(text, k)
    return Answer(Query("words", text), images(searcher, hits), unknown=unknown_words(searcher.encoder, text))


def answer_item(searcher: Searcher, item_id: str, k: int) -> Answer:
    """The captions and the other pictures nearest to a picture of the collection.

    Raises:
        CollectionError: when no picture has that id.
    """
    item = searcher.collection.item(item_id)
    found = _around(searcher, searcher.vector_of(item_id), k, item_id)
    return replace(found, query=Query("item", item_id), item=item)


def answer_upload(searcher: Searcher, path: str, k: int) -> Answer:
    """The captions and pictures nearest to a picture that a visitor brings.

    Raises:
        ImageError: when the file is gone, or is no picture that can be read.
    """
    with reading(path):
        vector = searcher.encoder.encode_images([path])[0]
    return replace(_around(searcher, vector, k), query=Query("upload", path))


@contextmanager
def reading(path: str) -> Iterator[None]:
    """Around what reads a visitor's picture: where the server keeps it is not theirs to read.

    Raises:
        ImageError: when the file is gone, or is no picture that can be read.
    """
    if not Path(path).is_file():
        raise ImageError(NOT_KEPT)
    try:
        yield
    except ImageError as error:
        raise ImageError(str(error).replace(f"'{path}'", "Your file")) from error


def _around(searcher: Searcher, vector: np.ndarray, k: int, item_id: str = "") -> Answer:
    lines: tuple[CaptionAnswer, ...] = ()
    if searcher.captions is not None:
        lines = captions(searcher, searcher.nearest_captions(vector, k), item_id)
    near = searcher.nearest_images(vector, k, exclude={item_id})
    return Answer(Query("upload", ""), images(searcher, near), lines)


def images(searcher: Searcher, hits: list[Hit]) -> tuple[ImageAnswer, ...]:
    return tuple(ImageAnswer(searcher.collection.item(hit.item_id), hit.score, hit.rank) for hit in hits)


def captions(searcher: Searcher, hits: list[Hit], item_id: str = "") -> tuple[CaptionAnswer, ...]:
    return tuple(
        CaptionAnswer(
            searcher.caption(hit), searcher.collection.item(hit.item_id), hit.score, hit.rank, hit.item_id == item_id
        )
        for hit in hits
    )


def query_of_link(parameters: Mapping[str, str]) -> Query | None:
    """The query that a page's address asks for: `?q=words` or `?image=id`; None for arithmetic, see `links`."""
    if asked := links.asked(parameters):
        words = links.plain_text(asked)
        return None if words is None else Query("words", words)
    if item_id := parameters.get("image", "").strip():
        return Query("item", item_id)
    return None


def visit_after_click(data: Any, visit: Visit) -> Visit:
    """What is asked after a click on words, a picture or a number of answers; a browser may send anything.

    Raises:
        QueryError: when it is not {"kind": "words", "item" or "count", "value": a text, an id or a number}.
    """
    kind, value = (data.get("kind"), data.get("value")) if isinstance(data, Mapping) else (None, None)
    if kind == "count":
        return replace(visit, k=check_k(value))
    if kind not in ("words", "item") or not isinstance(value, str):
        raise QueryError("The click named neither words nor a picture: reload the page and try again.")
    return replace(visit, query=Query(kind, value))


def path_of_upload(payload: Any) -> str:
    """Where the server put an uploaded picture.

    Raises:
        ImageError: when nothing was uploaded, or the path is that of anything else.
    """
    path = payload.get("path") if isinstance(payload, Mapping) else None
    if not isinstance(path, str) or not path:
        raise ImageError("No picture came: upload a picture file and try again.")
    if not is_uploaded(path):
        raise ImageError(NOT_KEPT)
    return path
