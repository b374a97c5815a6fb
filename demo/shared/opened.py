"""A score taken apart, as plain records: for the page, which draws it, and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vse.encoders.base import Locates
from vse.errors import ImageError, QueryError, VSEError
from vse.search.places import FEATURES, WAYS, PlaceMaps
from vse.search.query import GIVEN, read
from vse.search.score import OpenedScore, by_size, open_caption, open_score

from .answering import reading
from .endpoints import NUMBER, Schema, many, one
from .endpoints import TEXT as A_TEXT
from .jobs import Loading
from .pictures import large
from .question import Question, asked_about, check_choice
from .scores import name_of
from .spoken import is_recording
from .uploads import address as upload_address

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

TOLD = 20  # dimensions that programs are told
_DIMENSION = one(dimension=NUMBER, query=NUMBER, answer=NUMBER, product=NUMBER)
_MAP = one(word=A_TEXT, values=many(many(NUMBER)))
EXPLAINED: Schema = one(
    query=A_TEXT,
    id=A_TEXT,
    score=NUMBER,
    similarity=A_TEXT,
    dimensions=many(_DIMENSION),
    words=many(one(word=A_TEXT, share=NUMBER, error=NUMBER)),
    nothing=NUMBER,
    read=many(one(text=A_TEXT, score=NUMBER)),
    places=one(way=A_TEXT, area=many(NUMBER), maps=many(_MAP)),
)


@dataclass(frozen=True)
class Asked:
    """Which score is to be taken apart.

    item: the picture that answers, or whose caption does. caption: which of its captions, from 0; None for the picture.
    model: by name, where several answer. places: one of `vse.search.places.WAYS`, or empty for what the model has.
    """

    item: str
    caption: int | None = None
    model: str = ""
    places: str = ""


def asked_of(data: Any) -> Asked:
    """What a click asks; a browser may send anything.

    Raises:
        QueryError: when it is not {"item": an id, "caption": a number or nothing, "model", "places": texts}.
    """
    data = data if isinstance(data, Mapping) else {}
    item, caption = data.get("item"), data.get("caption")
    model, places = data.get("model") or "", data.get("places") or ""
    is_number = isinstance(caption, int) and not isinstance(caption, bool) and caption >= 0
    if not isinstance(item, str) or not (caption is None or is_number) or not isinstance(model, str):
        raise QueryError("The click named no score: reload the page and try again.")
    return Asked(item, caption, model, check_choice("places", places, WAYS))


def opened(searcher: Searcher, question: Question, asked: Asked) -> OpenedScore:
    """
    Raises:
        QueryError: where nothing was compared, or there is no such picture or caption.
        VSEError: for a question that cannot be answered, a picture that cannot be read, and places that the model does
            not tell.
    """
    query, encoder = read(question.text), searcher.encoder
    row = searcher.collection.rows.get(asked.item)
    if row is None:
        raise QueryError(f"There is no picture {asked.item[:60]!r} here: choose one of the answers.")
    if not query.terms:
        raise QueryError("Filters alone compare nothing, so there is no score.")
    places = asked.places or (FEATURES if isinstance(encoder, Locates) else "")
    given = {name: path for name, path in question.files.items() if name in query.given and path}
    with ExitStack() as each:
        for path in given.values():
            each.enter_context(reading(path))
        resolved = searcher.resolved(query, searcher.vectors_given(query, given), question.way)
        if asked.caption is None:
            shown, vector = searcher.collection.items[row].image_path, searcher.vector_of(asked.item)
            with _named(shown, asked.item):
                return open_score(searcher, query, vector, question.way, resolved, shown, places)
        picture, captions = asked_about(query), searcher.collection.items[row].captions
        upload = given.get(picture.id, "") if picture else ""
        if picture is None or asked.caption >= len(captions) or searcher.captions is None or is_recording(upload):
            raise QueryError("A caption has a score where a picture is asked about: choose one of the answers.")
        vector, caption = searcher.caption_vector(asked.item, asked.caption), captions[asked.caption]
        if upload:
            return open_caption(searcher, caption, vector, resolved.vector, upload, places)
        probe = searcher.collection.item(searcher.collection.named(picture.id)[0])
        with _named(probe.image_path, probe.id):
            return open_caption(searcher, caption, vector, resolved.vector, probe.image_path, places)


@contextmanager
def _named(path: Path, item_id: str) -> Iterator[None]:
    """Where this machine keeps a picture is not told."""
    try:
        yield
    except ImageError as error:
        raise ImageError(str(error).replace(str(path), item_id)) from error


def page_json(loadings: Sequence[Loading], question: Question, data: Any) -> str:
    """What the page draws, as JSON, after a click; of several models, the one that the click names, else the first.

    What went wrong is told in it.
    """
    try:
        asked = asked_of(data)
        model = next((each for each in loadings if each.name == asked.model), loadings[0])
        told = for_page(model.result().searcher, question, asked, model.name)
    except VSEError as error:
        told = {"problem": str(error)}
    return json.dumps(told, ensure_ascii=False)


def for_page(searcher: Searcher, question: Question, asked: Asked, name: str) -> dict[str, Any]:
    """What the page draws: vectors with four digits."""
    found, collection, encoder = opened(searcher, question, asked), searcher.collection, searcher.encoder
    item = collection.item(asked.item)
    pictured = asked.item
    image = large(collection, asked.item)
    if asked.caption is not None and (picture := asked_about(read(question.text))) is not None:
        pictured = "" if picture.id in GIVEN else collection.named(picture.id)[0]
        image = large(collection, pictured) if pictured else upload_address(question.files[picture.id])
    return {
        "asked": {"item": asked.item, "caption": asked.caption, "model": asked.model},
        "query": found.text or str(read(question.text)),
        "pictured": pictured or "your picture",
        "name": name_of(item),
        "image": image,
        "model": name,
        "score": round(found.score, 4),
        "similarity": found.similarity,
        "vectors": [_rounded(found.query), _rounded(found.answer), _rounded(found.terms, 6)],
        "bothWays": found.both_ways,
        "cuts": [{"word": each.word, "score": round(each.score, 4), "vector": _rounded(each.vector, 3)}
                 for each in found.cuts],
        "words": words_json(found),
        "nothing": round(found.nothing, 4),
        "places": None if found.maps is None else places_json(found.maps),
        "ways": [FEATURES, *WAYS[1:]] if isinstance(encoder, Locates) else list(WAYS[1:]),
    }  # fmt: skip


def for_programs(searcher: Searcher, question: Question, asked: Asked) -> dict[str, Any]:
    found = opened(searcher, question, asked)
    return {
        "query": str(read(question.text)),
        "id": asked.item,
        "score": round(found.score, 4),
        "similarity": found.similarity,
        "dimensions": [_dimension(found, int(at)) for at in by_size(found.terms)[:TOLD]],
        "words": words_json(found),
        "nothing": round(found.nothing, 4),
        "read": [{"text": each.text, "score": round(each.score, 4)} for each in found.cuts],
        "places": None if found.maps is None else places_json(found.maps),
    }  # fmt: skip


def words_json(found: OpenedScore) -> list[dict[str, Any]]:
    return [{"word": each.word, "share": round(float(each.shares[0]), 4), "error": round(each.error, 4)}
            for each in found.words]  # fmt: skip


def places_json(maps: PlaceMaps) -> dict[str, Any]:
    told = (maps.whole, *maps.words)
    drawn = [{"word": each.word, "values": [_rounded(row) for row in each.values]} for each in told]
    return {"way": maps.way, "area": [round(each, 4) for each in maps.area], "maps": drawn}


def _dimension(found: OpenedScore, at: int) -> dict[str, Any]:
    query, answer = round(float(found.query[at]), 4), round(float(found.answer[at]), 4)
    return {"dimension": at, "query": query, "answer": answer, "product": round(float(found.terms[at]), 5)}


def _rounded(values: np.ndarray, digits: int = 4) -> list[float]:
    return [round(float(each), digits) for each in values]
