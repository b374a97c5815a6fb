"""Two axes that span the plane in the place of a map's layout: what is asked, examples, and what is known of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vse.data import Collection
from vse.data.recipes.annotations import dishes_of
from vse.data.scenes.annotations import scenes_of
from vse.errors import QueryError, VSEError
from vse.modalities import IMAGE

from ..shared.address import LONGEST

if TYPE_CHECKING:
    from vse.maps.axes import Axis
    from vse.maps.directions import Directions, Scored
    from vse.maps.projection import Cloud
    from vse.search.searcher import Searcher

BETWEEN = "|"  # the ends, where they are one text
Ends = tuple[str, str, str, str]  # from left to right, then from bottom to top
SCENES: tuple[Ends, ...] = (
    ("day", "night", "small", "big"),
    ("animal", "vehicle", "one", "four"),
    ("man", "woman", "child", "adult"),
    ("left of", "right of", "above", "below"),
)
RECIPES: tuple[Ends, ...] = (("salad", "dessert", "mushrooms", "strawberries"),)
PHOTOGRAPHS: tuple[Ends, ...] = (
    ("day", "night", "city", "mountain"),
    ("summer", "winter", "animal", "food"),
    ("man", "woman", "work", "sport"),
)
_PEOPLE = frozenset({
    "man", "men", "woman", "women", "boy", "boys", "girl", "girls", "male", "female", "lady", "gentleman", "he", "she",
})  # fmt: skip
CLEAR, CHANCE = 0.9, 0.6  # AUCs: from which on an axis sorts clearly, and up to which hardly at all
_KEPT = 8  # models whose directions are remembered
_directions: OrderedDict[tuple[str, str], dict[str, Directions]] = OrderedDict()


@dataclass(frozen=True, eq=False)
class Plane:
    """Two axes, from left to right and from bottom to top.

    scores: of each, its own AUC and that of the pair of values that it sorts best; None where no truth is known.
    directions: which facts the space has as directions; None as well.
    """

    axes: tuple[Axis, Axis]
    scores: tuple[tuple[Scored | None, Scored | None], ...] | None = None
    directions: dict[str, Directions] | None = None

    def place(self, vectors: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """Where vectors (M, D) of a modality with that mean stand: (M, 2) float32."""
        return np.stack([axis.along(vectors, mean) for axis in self.axes], axis=1)


def ends_of(text: str) -> Ends:
    """Of "day|night|small|big".

    Raises:
        QueryError: when there are not four, or one is empty.
    """
    ends = [each.strip() for each in text.split(BETWEEN)]
    if len(ends) != 4 or not all(ends) or len(text) > LONGEST:
        raise QueryError(
            "Two axes have four ends, left, right, bottom and top, none of them empty, too long or with a |, "
            "such as day|night|small|big."
        )
    return ends[0], ends[1], ends[2], ends[3]


def ends_from(data: Any) -> Ends:
    """What the browser sent.

    Raises:
        QueryError: when it is not {"ends": four texts}.
    """
    ends = data.get("ends") if isinstance(data, dict) else None
    if not isinstance(ends, list) or not all(isinstance(each, str) for each in ends):
        raise QueryError("The form named no axes: reload the page and try again.")
    return ends_of(BETWEEN.join(ends))


def examples(collection: Collection) -> tuple[Ends, ...]:
    """Axes to begin with; of Emoji Scenes the last ones fail."""
    if scenes_of(collection.annotations):
        return SCENES
    return RECIPES if dishes_of(collection.annotations) else PHOTOGRAPHS


def is_about_people(ends: Sequence[str]) -> bool:
    """Whether an end names a group of people, so that a plain word of warning is due."""
    return any(word in _PEOPLE for end in ends for word in end.lower().split())


def axes_of(searcher: Searcher, ends: Ends) -> tuple[Axis, Axis]:
    """
    Raises:
        QueryError, TextError: as `vse.maps.axes.axis_of`.
    """
    from vse.maps.axes import axis_of

    return axis_of(searcher, *ends[:2]), axis_of(searcher, *ends[2:])


def wrong_with(ends: Ends, searchers: Sequence[Searcher]) -> str:
    """Why some model cannot draw these axes; empty where all can."""
    for searcher in searchers:
        try:
            axes_of(searcher, ends)
        except VSEError as error:
            return str(error)
    return ""


def starting(searchers: Sequence[Searcher], collection: Collection) -> Iterator[Ends]:
    """Axes that may be drawn before any are asked for: the examples, and words of the captions."""
    from vse.maps.points import rows_of

    yield from examples(collection)
    for searcher in searchers:
        words = rows_of(searcher.encoder, collection).words
        if len(words) >= 4:
            yield words[0], words[1], words[2], words[3]


def plane_of(searcher: Searcher, ends: Ends) -> Plane:
    """The plane, with its scores where the truth is known.

    Raises:
        QueryError, TextError: as `axes_of`.
    """
    axes = axes_of(searcher, ends)
    if not scenes_of(searcher.collection.annotations):
        return Plane(axes)
    from vse.maps.directions import Truth

    truth = Truth(searcher)
    key = searcher.collection.key, searcher.encoder.fingerprint
    if key not in _directions:
        _directions[key] = truth.directions()
        while len(_directions) > _KEPT:
            _directions.popitem(last=False)
    return Plane(axes, tuple((truth.score(axis), truth.best(axis)) for axis in axes), _directions[key])


def mean_for(searcher: Searcher, cloud: Cloud | None, modality: str) -> np.ndarray:
    """(D,): what is taken off a modality: means as in sums, and of what sums know none the cloud's own."""
    from vse.maps.geometry import mean_of
    from vse.maps.projection import WORD
    from vse.modalities import TEXT

    if modality in (TEXT, WORD):
        return searcher.means.text
    return searcher.means.picture if modality == IMAGE or cloud is None else mean_of(cloud.vectors)
