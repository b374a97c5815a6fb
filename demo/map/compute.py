"""From a query, a click or a lasso to what the map shows of it: plain functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from vse.data import Collection
from vse.data.item import Item
from vse.encoders.similarity import cosine
from vse.errors import QueryError
from vse.io.paths import DEFAULT_WAY
from vse.maps.projection import WORD, title_of
from vse.modalities import IMAGE, RECIPE, SPEECH, TEXT
from vse.modalities.recipe.recipe import Recipe
from vse.modalities.text.tokenizer import check_text
from vse.search.arithmetic import name_of_way, way_named
from vse.search.query import Picture, Resolved, Term, Text, Written
from vse.search.query.evaluate import Parts

from ..shared.address import Page
from ..shared.answering import answer
from ..shared.answers import Answer
from ..shared.question import Question, picture_query, words_query
from ..shared.spoken import recording_of, said_in
from .axes import Ends
from .store import DEFAULT_LAYOUT, Map

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

ANSWERS = 10  # ringed and numbered on the map
NEAR = 6  # pictures shown beside a recipe, or beside what was said
SHOWN = 60  # pictures in the gallery under it
NOT_ON_MAP = "The click named nothing on the map: reload the page and try again."
_MOST_WORDS = 1000  # that a selection may name


@dataclass(frozen=True)
class Seen:
    """What one visitor's Map tab shows.

    ends: of the axes, where they were asked for.
    text: the query in its box.
    taken: the shared query that the box was filled from, so that it is filled again when that changes.
    drawn: the models, the layout and the collection whose maps the browser has; empty before the first.
    visible: whether the tab is the one in front.
    """

    layout: str = DEFAULT_LAYOUT
    ends: Ends | None = None
    text: str = ""
    taken: str | None = None
    drawn: tuple[str, ...] = ()
    visible: bool = False

    @property
    def drawn_as(self) -> str:
        """The layout of the map that the browser has; empty before the first."""
        return self.drawn[-1] if self.drawn else ""


@dataclass(frozen=True, eq=False)
class Step:
    """Where a sum stands after one more term, and what the term was: "[scene-0042]", "− dog", "+ cat"."""

    label: str
    point: np.ndarray


@dataclass(frozen=True, eq=False)
class Parallelogram:
    """Where the parts of a - b + c stand on a map.

    labels: of a, b and c. corners: (3, 2) float32, about where they stand. closes: (2,), where the parallelogram of
    these three closes in the plane. apart: how far that is from where the sum itself stands, as a share of the map's
    longer side. around_it, around_sum: of the answers, how many are among as many pictures nearest in the plane to the
    corner, and to where the sum stands.
    """

    labels: tuple[str, str, str]
    corners: np.ndarray
    closes: np.ndarray
    apart: float
    around_it: int
    around_sum: int
    answers: int


@dataclass(frozen=True, eq=False)
class OnMap:
    """An answer on a map.

    steps: one a term of the query, of which the last is where it lands; none for an answer that holds a problem.
    scores: (N,) float32, the cosine of every row of the map with the query.
    shape: of a sum a - b + c.
    """

    answer: Answer
    steps: tuple[Step, ...] = ()
    scores: np.ndarray | None = None
    shape: Parallelogram | None = None


@dataclass(frozen=True)
class Picked:
    """What was clicked: a picture, one of its captions (counted from 0), its recipe, its spoken caption, or a word."""

    item: Item | None = None
    caption: int | None = None
    word: str = ""
    recipe: Recipe | None = None
    said: str = ""

    def vector(self, searcher: Searcher) -> np.ndarray:
        """(dim,): the point that was clicked; of what was said, for a model that does not hear, that of its words."""
        if self.item is not None and self.recipe is not None:
            return searcher.vector_of(self.item.id, RECIPE)
        if self.item is not None and self.said and SPEECH in searcher.indexes:
            return searcher.vector_of(self.item.id, SPEECH)
        if self.said:
            return searcher.encoder.encode_texts([self.said], strict=False)[0]
        if self.item is not None and self.caption is None:
            return searcher.vector_of(self.item.id)
        text = self.word if self.item is None else self.item.captions[self.caption or 0]
        return searcher.encoder.encode_texts([text], strict=False)[0]


@dataclass(frozen=True)
class Selected:
    """What a box or a lasso holds: pictures first, then those whose captions or recipes alone are in it; each once."""

    items: tuple[Item, ...] = ()
    pictures: int = 0
    captions: int = 0
    words: tuple[str, ...] = ()
    recipes: int = 0


def text_to_ask(view: Seen, page: Page, example: str) -> str:
    """What the box should hold: what the page asked last, where that is new; else what it held; else an example."""
    return page.query if page.query and view.taken != page.query else view.text or example


def asked(view: Seen, page: Page, text: str) -> Seen:
    return replace(view, text=text, taken=page.query)


def ask_map(drawn: Map, text: str) -> OnMap:
    """The answer of a map's model, and the way there; what is wrong with the query is told in the answer."""
    found = replace(answer(drawn.searcher, Question(text, ANSWERS)), model=drawn.model)
    if found.resolved is None:
        return OnMap(found)
    every = np.concatenate([cloud.vectors for cloud in drawn.clouds])
    scores = cosine(found.resolved.vector[None], every)[0]
    return OnMap(found, tuple(path_of(drawn, found.resolved)), scores)


def path_of(drawn: Map, resolved: Resolved) -> Iterator[Step]:
    """Where the sum of the first term, of the first two, ... stands; sums that cancel out stand nowhere."""
    parts = resolved.parts
    method = way_named(name_of_way(DEFAULT_WAY, drawn.searcher.collection)).method(drawn.searcher.means)
    for count in range(1, len(parts.terms) + 1):
        some = Parts(parts.terms[:count], parts.weights[:count], parts.vectors[:count], parts.kinds[:count])
        try:
            vector = resolved.vector if count == len(parts.terms) else method(some)
        except QueryError:
            continue
        modality = modality_of(drawn, some.terms)
        yield Step(label_of(parts.terms[count - 1], count == 1), drawn.place(vector[None], modality)[0])


def modality_of(drawn: Map, terms: Sequence[Term]) -> str:
    """A sum with a recipe stands among recipes where there are such, one with a picture among pictures, words of the
    map among words, and other texts among captions."""
    recipes = (term for term in terms if isinstance(term.operand, Written))
    if drawn.cloud(RECIPE) and next(recipes, None):
        return RECIPE
    texts = [term.operand.text for term in terms if isinstance(term.operand, Text)]
    if any(isinstance(term.operand, Picture) for term in terms):
        return IMAGE
    words = drawn.cloud(WORD)
    if words and set(texts) <= set(words.ids):
        return WORD
    return TEXT if drawn.cloud(TEXT) else IMAGE


def label_of(term: Term, first: bool) -> str:
    """A term as the path names it."""
    if isinstance(term.operand, Written):
        operand = term.operand.recipe.title or "the recipe"
    else:
        operand = f"[{term.operand.id}]" if isinstance(term.operand, Picture) else term.operand.text
    size = "" if abs(term.weight) == 1 else f"{abs(term.weight):g} × "
    sign = "− " if term.weight < 0 else "" if first else "+ "
    return f"{sign}{size}{operand}"


def question_about(data: Any) -> Question:
    """What asks about what was clicked: a picture, that of a caption, a recipe, a recording, or a word.

    Raises:
        QueryError, TextError: when it is neither.
    """
    kind, value = named(data)
    if kind == title_of(WORD):
        return Question(words_query(check_text(value).strip()))
    if kind in (title_of(RECIPE), title_of(SPEECH)):
        return Question(picture_query(f"{RECIPE if kind == title_of(RECIPE) else SPEECH} {value}"))
    return Question(picture_query(value if kind == title_of(IMAGE) else value.rpartition("#")[0]))


def picked(data: Any, collection: Collection) -> Picked:
    """What a click named; a browser may send anything.

    Raises:
        QueryError, CollectionError, SpeechError, TextError: when it is not a picture, a caption, a recipe or a
            recording of the collection, or a word.
    """
    kind, value = named(data)
    if kind == title_of(WORD):
        return Picked(word=check_text(value).strip())
    if kind == title_of(IMAGE):
        return Picked(collection.item(value))
    if kind == title_of(RECIPE):
        item = collection.item(value)
        if not item.inputs.get(RECIPE):
            raise QueryError(NOT_ON_MAP)
        return Picked(item, recipe=item.inputs[RECIPE][0])
    if kind == title_of(SPEECH):
        recording_of(collection, value)
        return Picked(collection.item(value), said=said_in(collection)[value])
    item_id, _, number = value.rpartition("#")
    item = collection.item(item_id)
    if number.isdecimal() and len(number) < 6 and int(number) < len(item.captions):
        return Picked(item, int(number))
    raise QueryError(NOT_ON_MAP)


def neighbours(found: Picked, searcher: Searcher) -> tuple[Item, ...]:
    """The pictures nearest to a recipe or a recording that was clicked, its own among them."""
    hits = searcher.nearest_images(found.vector(searcher), NEAR)
    return tuple(searcher.collection.item(hit.item_id) for hit in hits)


def named(data: Any) -> tuple[str, str]:
    """The kind of what was clicked, and its id.

    Raises:
        QueryError: when it is not {"kind": "picture", "caption", "recipe", "spoken caption" or "word", "id": a text}.
    """
    kind, value = (data.get("kind"), data.get("id")) if isinstance(data, Mapping) else (None, None)
    if isinstance(kind, str) and isinstance(value, str) and kind in map(title_of, (WORD, IMAGE, TEXT, RECIPE, SPEECH)):
        return kind, value
    raise QueryError(NOT_ON_MAP)


def selected(data: Any, collection: Collection) -> Selected:
    """What a box or a lasso holds, as ids of pictures, ids of the pictures of captions and of recipes, and words.

    Raises:
        QueryError: when it is not {"pictures": ids, "captions": ids, "recipes": ids, "words": texts}, or more than
            the map can hold.
        CollectionError: for a picture that is not there.
    """
    given = data if isinstance(data, Mapping) else {}
    names = ("pictures", "captions", "recipes", "words")
    pictures, captions, recipes, words = (given.get(name, []) for name in names)
    most = len(collection)
    for ids, limit in ((pictures, most), (captions, most), (recipes, most), (words, _MOST_WORDS)):
        if not isinstance(ids, list) or len(ids) > limit or not all(isinstance(each, str) for each in ids):
            raise QueryError("The selection named something that is not on the map: reload the page and try again.")
    items = [collection.item(each) for each in dict.fromkeys([*pictures, *captions, *recipes])]
    return Selected(tuple(items), len(set(pictures)), len(captions), tuple(dict.fromkeys(words)), len(recipes))


def words_of(data: Any) -> str:
    """The query of a chip.

    Raises:
        QueryError: when it is none.
    """
    value = data.get("value") if isinstance(data, Mapping) else None
    if not isinstance(value, str):
        raise QueryError("The click named no query: reload the page and try again.")
    return value
