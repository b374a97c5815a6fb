"""What is shown of a question: the values between what answers and what draws."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from vse.data.item import Item
from vse.modalities.recipe.recipe import Recipe
from vse.modalities.text.unknown import UnknownWord
from vse.search.explain import WordShare
from vse.search.negation import Negation
from vse.search.query import Query, Resolved
from vse.search.unlike import Unlike

from .question import Question
from .spoken import Spoken

CAPTIONS_SHOWN = 10
RECIPES_SHOWN = 5


@dataclass(frozen=True)
class PictureHit:
    """A picture of the collection; `score` is the model's similarity, NaN without one, `rank` counts from 1.

    percentile: the share in percent of the model's scores for pairs at random that lie below; None where unknown.
    rank_in_other: where another model puts it, from 1; 0 for none of its first ones, None where none was asked.
    fit: how well it fits the query, from 0 to 1; None where unknown.
    alike: duplicates of it that are folded under it.
    caption: the one that says most of what was asked; empty where it has none.
    written: what the model writes for a picture without captions, where it has learnt to; empty otherwise.
    """

    item: Item
    score: float
    rank: int
    percentile: float | None = None
    rank_in_other: int | None = None
    fit: float | None = None
    alike: tuple[Item, ...] = ()
    caption: str = ""
    written: str = ""

    @property
    def is_scored(self) -> bool:
        """Whether it was compared with anything; filters alone compare nothing."""
        return not math.isnan(self.score)


@dataclass(frozen=True)
class CaptionHit:
    """As PictureHit, for a caption; `own` says that it was written for the very picture that was asked about."""

    text: str
    item: Item
    score: float
    rank: int
    own: bool
    percentile: float | None = None
    rank_in_other: int | None = None
    fit: float | None = None

    @property
    def number(self) -> int:
        """Which of the captions of its picture it is, from 0."""
        return self.item.captions.index(self.text)


@dataclass(frozen=True)
class RecipeHit:
    """As CaptionHit, for a recipe."""

    recipe: Recipe
    item: Item
    score: float
    rank: int
    own: bool


@dataclass(frozen=True)
class Part:
    """What a part of a sum answers by itself."""

    title: str
    query: Query
    pictures: tuple[PictureHit, ...]


@dataclass(frozen=True)
class Answer:
    """All that one model gives for one question.

    query: the question as it was read; None where it cannot be read.
    captions, recipes: those nearest to a picture that was asked about; of captions none where there are
        recipes. item: that picture, where it is of the collection.
    parts: what the parts of a sum answer by themselves, where that was asked for.
    unknown: words of the query that the model cannot read. spelt: those that it reads as others or by their letters.
    placed: those that it has never read, but has by the vectors of others.
    negation: what is told of words that negate, and the sum offered instead; None where none does.
    unlike: what is told of a visitor's picture that is unlike those that the model is made for.
    written: what the model writes for the point that a picture or a sum is, where it has learnt to; empty otherwise.
    spoken: what is told of a recording that was asked with. heard: the words that were made out of one in a sum, too.
    problem: a sentence that stands instead of an answer. pointer: two lines that point at the mistake in the query,
        where it has a place.
    model: who answers. can_fold: whether duplicates are known of the collection.
    resolved: the query as vectors. why: what each word adds to the scores, where that was asked for.
    """

    question: Question
    query: Query | None = None
    pictures: tuple[PictureHit, ...] = ()
    captions: tuple[CaptionHit, ...] = ()
    recipes: tuple[RecipeHit, ...] = ()
    item: Item | None = None
    parts: tuple[Part, ...] = ()
    unknown: tuple[UnknownWord, ...] = ()
    spelt: tuple[UnknownWord, ...] = ()
    placed: tuple[str, ...] = ()
    negation: Negation | None = None
    unlike: Unlike | None = None
    spoken: Spoken | None = None
    heard: tuple[str, ...] | None = None
    written: str = ""
    problem: str = ""
    pointer: str = ""
    milliseconds: float = 0.0
    model: str = ""
    can_fold: bool = False
    resolved: Resolved | None = field(default=None, compare=False, repr=False)
    why: tuple[WordShare, ...] = field(default=(), compare=False, repr=False)

    @property
    def ranks(self) -> dict[str, int]:
        """The rank of each picture found, by its id."""
        return {each.item.id: each.rank for each in self.pictures}
