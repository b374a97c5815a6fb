"""From a query to a vector of the joint space; takes arrays and functions, never a model."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

import numpy as np

from vse.encoders.similarity import normalise
from vse.errors import CollectionError, QueryError
from vse.modalities import RECIPE, SPEECH
from vse.modalities.recipe.recipe import Recipe
from vse.search.query.expression import Query
from vse.search.query.grammar import bracket
from vse.search.query.terms import GIVEN, UPLOAD, Picture, Term, Text, Written

TEXT, PICTURE = "text", "picture"
_OF = {UPLOAD: "a picture of yours", SPEECH: "a recording of yours", RECIPE: "a recipe of yours"}
_CANCELLED = 1e-3
_COMPARED = 20_000  # ids that are compared with an unknown one: about a second at most


class QueryPictureError(QueryError):
    """A picture that the collection does not have, or that was not given.

    picture: its id; a name in GIVEN for what was not given.
    position: where its term starts in the text that was parsed, in characters; None in a query that was not parsed.
    suggestions: up to three ids that are spelt like it.
    """

    def __init__(self, message: str, term: Term, picture: str, suggestions: tuple[str, ...] = ()) -> None:
        self.picture, self.suggestions = picture, suggestions
        self.position = term.span[0] if term.span else None
        super().__init__(message)


@dataclass(frozen=True, eq=False)
class Parts:
    """What a method computes with; row i of each belongs to term i.

    terms: the T terms as they were written.
    weights: (T,) float64, negative where a term is subtracted.
    vectors: (T, D) float32, rows of length 1.
    kinds: T times "text" or "picture".
    """

    terms: tuple[Term, ...]
    weights: np.ndarray
    vectors: np.ndarray
    kinds: tuple[str, ...]


Method = Callable[[Parts], np.ndarray]


@dataclass(frozen=True, eq=False)
class Resolved:
    """A query as vectors.

    vector: (D,) float32 of length 1, to search with.
    pictures: the ids of the collection's pictures that were used, each once, which answers usually leave out.
    parts: the terms with their unit vectors and weights.
    """

    vector: np.ndarray
    pictures: tuple[str, ...]
    parts: Parts


def combine(vectors: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The weighted sum of unit rows (T, D) with weights (T,), scaled to length 1: (D,) float32.

    Raises QueryError when the sum is shorter than a thousandth of the sum of the weights' sizes, where its direction
    would be chance. Raises ValueError for other shapes, rows that are not of length 1 to within 0.01, and weights that
    are not finite or all zero.
    """
    rows, sizes = np.asarray(vectors, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if rows.ndim != 2 or sizes.shape != rows.shape[:1]:
        raise ValueError(f"Vectors came as {rows.shape} and weights as {sizes.shape}: give (T, D) and (T,).")
    if not (np.abs(np.linalg.norm(rows, axis=1) - 1) <= 1e-2).all():
        raise ValueError("The vectors must be rows of length 1: normalise them first.")
    largest = np.max(np.abs(sizes), initial=0.0)
    if not np.isfinite(largest) or largest == 0:
        raise ValueError("The weights must be finite and not all zero.")
    sizes = sizes / largest  # so that very small weights do not underflow
    total = sizes @ rows
    if np.linalg.norm(total) < _CANCELLED * np.abs(sizes).sum():
        raise QueryError(
            "The terms cancel out: their sum is nearly zero and points nowhere. Change a weight or leave a term out."
        )
    return normalise(total)


def plain(parts: Parts) -> np.ndarray:
    """The weighted sum, as `combine`; the method that is used unless another is given.

    After Kiros et al. 2014, "Unifying Visual-Semantic Embeddings with Multimodal Neural Language Models",
    on multimodal linguistic regularities.
    """
    return combine(parts.vectors, parts.weights)


def resolve(
    query: Query,
    embed_texts: Callable[[Sequence[str]], np.ndarray],
    picture: Callable[[str], np.ndarray],
    *,
    given: Mapping[str, np.ndarray] = MappingProxyType({}),
    recipes: Mapping[Recipe, np.ndarray] = MappingProxyType({}),
    ids: Collection[str] = (),
    method: Method = plain,
) -> Resolved:
    """Look up and embed a query's operands, make each a unit vector, and compute.

    embed_texts: N texts -> (N, D); called once with every text, each once, or never when there is none.
    picture: an id -> (D,); raises CollectionError or KeyError for an id that is not there.
    given: (D,), the vectors of what is given with the query, by their names in GIVEN.
    recipes: (D,), the vectors of the recipes that are written in the query.
    ids: the ids that `picture` knows, to suggest from.
    method: how the parts become one vector (D,), which is scaled to length 1.

    Pictures are looked up before anything is embedded.

    Raises:
        QueryPictureError: for a picture that is not there, or what was not given.
        QueryError: when the terms cancel out.
        ValueError: for vectors of other shapes, and for those that are zero or not finite.
    """
    vectors: dict[Text | Picture | Written, np.ndarray] = {}
    for term in query.terms:
        if isinstance(term.operand, Picture):
            vectors[term.operand] = _look_up(term, term.operand.id, picture, given, ids)
        elif isinstance(term.operand, Written):
            vectors[term.operand] = recipes[term.operand.recipe]
    vectors |= _embed(query.texts, embed_texts)
    shapes = {vector.shape for vector in vectors.values()}
    if len(shapes) != 1 or len(next(iter(shapes))) != 1:
        raise ValueError(f"Vectors came with shapes {sorted(shapes)}: texts and pictures need one and the same (D,).")
    parts = Parts(
        terms=query.terms,
        weights=np.array([term.weight for term in query.terms]),
        vectors=normalise(np.stack([vectors[term.operand] for term in query.terms])),
        kinds=tuple(map(_kind, query.terms)),
    )
    vector = np.asarray(method(parts))
    if vector.shape != parts.vectors.shape[1:]:
        raise ValueError(f"The method gave {vector.shape}: expected {parts.vectors.shape[1:]}.")
    return Resolved(normalise(vector), query.pictures, parts)


def _kind(term: Term) -> str:
    """What is said has about the vector of its words."""
    is_said = isinstance(term.operand, Picture) and f"{term.operand.id} ".startswith(f"{SPEECH} ")
    return PICTURE if isinstance(term.operand, Picture) and not is_said else TEXT


def _embed(
    texts: tuple[str, ...], embed_texts: Callable[[Sequence[str]], np.ndarray]
) -> dict[Text | Picture | Written, np.ndarray]:
    if not texts:
        return {}
    rows = np.asarray(embed_texts(texts))
    if rows.ndim != 2 or len(rows) != len(texts):
        raise ValueError(f"{len(texts)} texts were embedded as {rows.shape}: expected ({len(texts)}, D).")
    return {Text(text): row for text, row in zip(texts, rows, strict=True)}


def _look_up(
    term: Term,
    wanted: str,
    picture: Callable[[str], np.ndarray],
    given: Mapping[str, np.ndarray],
    ids: Collection[str],
) -> np.ndarray:
    if wanted in GIVEN:
        if wanted not in given:
            raise QueryPictureError(f"[{wanted}] stands for {_OF[wanted]}: give one with the query.", term, wanted)
        return np.asarray(given[wanted])
    try:
        return np.asarray(picture(wanted))
    except (CollectionError, KeyError) as error:
        if wanted in ids:
            raise  # it is there, and something else is wrong
        near = _near(wanted, ids)
        if near:
            hint = f"did you mean {' or '.join(bracket(each) for each in near)}?"
        else:
            hint = f"ids look like {bracket(next(iter(ids)))}." if ids else "give the id of one of its pictures."
        raise QueryPictureError(
            f"No picture {bracket(wanted)} in the collection; {hint}", term, wanted, near
        ) from error


def _near(wanted: str, ids: Collection[str]) -> tuple[str, ...]:
    """Up to three ids: those that hold the wanted one, then those spelt like it, whatever the case."""
    known = {each.lower(): each for each in islice((UPLOAD, *ids), _COMPARED)}
    low = wanted.lower()
    holding = islice((name for name in known if low in name), 3)
    close = [*holding, *difflib.get_close_matches(low, known, n=3, cutoff=0.6)]
    return tuple(known[name] for name in dict.fromkeys(close))[:3]
