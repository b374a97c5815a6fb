"""From a question to its answer: plain functions that know nothing of the interface."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vse.encoders.base import can_write, captions_of
from vse.encoders.calibration import calibration_of
from vse.errors import ImageError, QueryError, SpeechError, VSEError
from vse.evaluation.score_background import Background
from vse.evaluation.score_scale import Scale
from vse.modalities import IMAGE, RECIPE, SPEECH
from vse.search.hit import Hit
from vse.search.negation import negation_in
from vse.search.query import GIVEN, Picture, Query, QueryPictureError, QuerySyntaxError, Term, Text, Written, read
from vse.search.unlike import Unlike, other_models, told_of

from .answers import RECIPES_SHOWN, Answer, CaptionHit, Part, PictureHit, RecipeHit
from .jobs import Job, Jobs
from .question import Question, asked_about, check_k
from .spoken import is_recording, recording_asked, spoken_of
from .uploads import NOT_KEPT, is_uploaded

if TYPE_CHECKING:
    from vse.data.item import Item
    from vse.search.searcher import Answer as Found
    from vse.search.searcher import Searcher

IN_A_PART = 6  # pictures that a part of a sum answers with
_PATIENCE = 2.0  # seconds
_others = Jobs()  # that load the models which may know a visitor's picture better, by the fingerprint of the one asked


def answer(searcher: Searcher, question: Question, at_least: int = 0, parts: bool = False) -> Answer:
    """The answer to any question, with the time it took; what is wrong with the question is told in the answer.

    Args:
        at_least: so many pictures and captions, however few were asked for.
        parts: whether a sum's parts answer too.
    """
    began, query = time.perf_counter(), None
    try:
        wanted = max(check_k(question.k), at_least)
        query = written_out(searcher, read(question.text))
        found = _pictures(searcher, question, query, wanted)
        if (picture := asked_about(query)) is not None:
            found = _around(searcher, found, picture, wanted)
        found = replace(found, unknown=searcher.unknown_words(query), spelt=searcher.spelt_words(query))
        found = replace(found, placed=searcher.placed_words(query), negation=negation_in(query))
        found = replace(found, milliseconds=1000 * (time.perf_counter() - began))
        if found.resolved is not None and found.unlike is None and not query.is_plain:
            found = replace(found, written=written(searcher, found.resolved.vector))
        return replace(found, parts=tuple(_parts(searcher, question, query))) if parts else found
    except VSEError as error:
        problem, pointer = problem_of(error, question.text)
        unknown, negation = (searcher.unknown_words(query), negation_in(query)) if query else ((), None)
        return Answer(question, query, unknown=unknown, negation=negation, problem=problem, pointer=pointer)


def written(searcher: Searcher, vector: np.ndarray) -> str:
    """What the model writes for a vector (dim,) of its space; nothing where it has not learnt to write."""
    encoder = searcher.encoder
    return captions_of(encoder, vector[None])[0][0].text if can_write(encoder) else ""


def written_out(searcher: Searcher, query: Query) -> Query:
    """A query that is the recipe of an item as that recipe, which is shown as one that somebody gave."""
    picture = asked_about(query)
    item_id, modality = searcher.collection.named(picture.id) if picture else ("", IMAGE)
    recipes = searcher.collection.item(item_id).inputs.get(RECIPE) if modality == RECIPE else None
    return replace(query, terms=(Term(1, Written(recipes[0])),)) if recipes else query


def checked(found: Answer) -> Answer:
    """An answer for programs, which have no use for one that holds a problem.

    Raises:
        QueryError: what is wrong with the question, in one sentence.
    """
    if found.problem:
        raise QueryError(found.problem)
    return found


def problem_of(error: VSEError, text: str) -> tuple[str, str]:
    """An error as a sentence, and a pointer to its place in the text where it has one."""
    if isinstance(error, QueryPictureError) and error.position is not None:
        error = QuerySyntaxError(str(error), text, error.position)
    if isinstance(error, QuerySyntaxError):
        return error.reason, str(error).removeprefix(error.reason).lstrip("\n")
    return str(error), ""


def parts_of(query: Query) -> list[tuple[str, Query]]:
    """Titles and queries that show what a sum did.

    Where something is taken away, that is the query without it, and what is added by itself; else its first two parts.
    """
    added = [term for term in query.terms if term.weight > 0]
    if len(added) == len(query.terms):
        parts = [by_itself(term) for term in added[:2]]
        return [(f"{part} alone", part) for part in parts] if len(added) > 1 else []
    base = next((term for term in added if isinstance(term.operand, Picture)), added[0] if added else None)
    new = [term for term in added if term is not base]
    found = [("Without the subtraction", Query(tuple(added)))] if added else []
    if new:
        words = " ".join(term.operand.text for term in new if isinstance(term.operand, Text))
        title = "The new words alone" if " " in words else "The new word alone" if words else "The new picture alone"
        found.append((title, by_itself(new[0]) if len(new) == 1 else Query(tuple(new))))
    return found


def by_itself(term: Term) -> Query:
    """An operand that stands alone needs no weight."""
    return Query((Term(1, term.operand),))


def rated(found: Answer, scale: Scale) -> Answer:
    """The answer with the percentile of every score."""
    return replace(
        found,
        pictures=_rated(found.pictures, scale, found.query, found.spoken is not None),
        captions=tuple(replace(each, percentile=_percentile(each.score, scale.words)) for each in found.captions),
        parts=tuple(replace(part, pictures=_rated(part.pictures, scale, part.query)) for part in found.parts),
    )


@contextmanager
def reading(path: str) -> Iterator[None]:
    """Around what reads a visitor's picture: where the server keeps it is not theirs to read.

    Raises:
        ImageError, SpeechError: when the file is gone, or is no picture or recording that can be read.
    """
    if not Path(path).is_file():
        raise ImageError(NOT_KEPT)
    try:
        yield
    except ImageError as error:
        raise ImageError(str(error).replace(f"'{path}'", "Your file")) from error
    except SpeechError as error:
        raise SpeechError(str(error).replace(path, "Your recording")) from error


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


def _pictures(searcher: Searcher, question: Question, query: Query, k: int) -> Answer:
    given = {name: path for name, path in question.files.items() if name in query.given and path}
    if SPEECH in query.given and not is_recording(question.files[SPEECH]):
        raise SpeechError("[speech] stands for a recording: say it with Speak, or give a sound file.")
    with ExitStack() as each:
        for path in given.values():
            each.enter_context(reading(path))
        can_fold = searcher.looks is not None
        found = searcher.ask(
            query, k, given, question.way, question.keep_operands, fold_duplicates=question.fold if can_fold else ""
        )
    hits = _hits(searcher, found)
    return Answer(question, query, hits, resolved=found.resolved, can_fold=can_fold, heard=found.heard)


def _around(searcher: Searcher, found: Answer, picture: Picture, k: int) -> Answer:
    """With the captions nearest to a picture, and whether a visitor's own is unlike those the model is made for."""
    item = None if picture.id in GIVEN else searcher.collection.item(searcher.collection.named(picture.id)[0])
    told = None
    if sound := recording_asked(found.question, picture, searcher.collection):
        with reading(sound):
            best = found.pictures[0].item.id if found.pictures else ""
            found = replace(found, spoken=spoken_of(searcher, sound, best))
    elif item is None and found.resolved is not None:
        told = _unlike(searcher, found.question.upload, found.resolved.vector)
    if searcher.told_in == RECIPE and found.resolved is not None:
        return replace(found, item=item, unlike=told, recipes=_recipes(searcher, found, item))
    if searcher.captions is None or found.resolved is None:
        return replace(found, item=item, unlike=told)
    captions = tuple(
        CaptionHit(
            searcher.caption(hit),
            searcher.collection.item(hit.item_id),
            hit.score,
            hit.rank,
            own=item is not None and hit.item_id == item.id,
            fit=hit.fit,
        )
        for hit in searcher.nearest_captions(found.resolved.vector, k, found.query.filters if found.query else ())
    )
    return replace(found, item=item, captions=captions, unlike=told)


def _recipes(searcher: Searcher, found: Answer, item: Item | None) -> tuple[RecipeHit, ...]:
    """The recipes nearest to a picture."""
    assert found.resolved is not None
    recipes, filters = searcher.collection.inputs(RECIPE), found.query.filters if found.query else ()
    hits = searcher.nearest(found.resolved.vector, RECIPE, RECIPES_SHOWN, query_is=IMAGE, filters=filters)
    return tuple(
        RecipeHit(
            recipes[hit.row],
            searcher.collection.item(hit.item_id),
            hit.score,
            hit.rank,
            own=item is not None and hit.item_id == item.id,
        )
        for hit in hits
    )


def _unlike(searcher: Searcher, upload: str, vector: np.ndarray) -> Unlike | None:
    """The models that ship are asked beside the searcher's own as soon as they are there: loading one takes seconds."""
    encoder = searcher.encoder
    if calibration_of(encoder).domain is None:
        return None
    loading = _others.begin(encoder.fingerprint, lambda: Job(lambda _: other_models(encoder)), again=True)
    loading.is_ready(_PATIENCE)
    with reading(upload):
        return told_of(encoder, upload, vector, loading.value() or ())


def _parts(searcher: Searcher, question: Question, query: Query) -> Iterator[Part]:
    """What the parts of a sum answer, without those that have no answer of their own."""
    for title, alone in parts_of(query):
        part = replace(alone, filters=query.filters)
        with suppress(QueryError):
            yield Part(title, part, _pictures(searcher, replace(question, fold=""), part, IN_A_PART).pictures)


def _hits(searcher: Searcher, found: Found) -> tuple[PictureHit, ...]:
    def item(hit: Hit) -> Item:
        return searcher.collection.item(hit.item_id)

    vector = None if found.resolved is None else found.resolved.vector
    without = [hit.item_id for hit in found.hits if not item(hit).captions]
    described = searcher.written_for(without)
    return tuple(
        PictureHit(
            item(hit),
            hit.score,
            hit.rank,
            fit=hit.fit,
            alike=tuple(map(item, found.alike.get(hit.item_id, ()))),
            written=described.get(hit.item_id, ""),
            caption=_title(item(hit))
            if found.query.recipe
            else searcher.telling_caption(hit.item_id, found.query, vector),
        )
        for hit in found.hits
    )


def _title(item: Item) -> str:
    """Of the recipe that an item has; empty without one."""
    return item.inputs[RECIPE][0].title if item.inputs.get(RECIPE) else ""


def _rated(
    hits: tuple[PictureHit, ...], scale: Scale, query: Query | None, is_spoken: bool = False
) -> tuple[PictureHit, ...]:
    if query is not None and (not query.terms or query.recipe):  # nothing was compared, or what has no background
        return hits
    has_picture = query is not None and any(
        isinstance(term.operand, Picture) and term.operand.id != SPEECH for term in query.terms
    )
    background = scale.pictures if has_picture and not is_spoken else scale.words
    return tuple(replace(each, percentile=_percentile(each.score, background)) for each in hits)


def _percentile(score: float, background: Background | None) -> float | None:
    return None if background is None else background.percentile(score)
