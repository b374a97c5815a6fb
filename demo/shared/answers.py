"""What was asked and what is shown: the values between handlers and view."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from vse.data.item import Item
from vse.modalities.text.unknown import UnknownWord
from vse.search.explain import WordShare

Kind = Literal["words", "item", "upload"]


@dataclass(frozen=True)
class Query:
    """`value` is a text for "words", an id for "item", and a file's path for "upload"."""

    kind: Kind
    value: str


@dataclass(frozen=True)
class Visit:
    """What one visitor asks now: a query, and how many answers to it."""

    query: Query
    k: int


@dataclass(frozen=True)
class ImageAnswer:
    """A picture of the collection; `score` is the model's similarity, `rank` counts from 1.

    `top` is the share in percent of scores at random that are as high (see `demo.shared.percentiles`), None
    where unknown.
    `there` is where another model puts it: a rank from 1, 0 for none of its first ones, None where none was asked.
    """

    item: Item
    score: float
    rank: int
    top: float | None = None
    there: int | None = None


@dataclass(frozen=True)
class CaptionAnswer:
    """As ImageAnswer, for a caption; `own` says that it was written for the very picture that was asked about."""

    text: str
    item: Item
    score: float
    rank: int
    own: bool
    top: float | None = None
    there: int | None = None


@dataclass(frozen=True)
class Answer:
    """All that one query gives.

    `item` is the picture that was asked about, where it is one of the collection; `unknown` are words of the query
    that the model has never seen; `problem` is a sentence that stands instead of an answer; `model` names who
    answers; `why` is what each word of the query adds to the scores of the pictures, where that was asked for.
    """

    query: Query
    images: tuple[ImageAnswer, ...] = ()
    captions: tuple[CaptionAnswer, ...] = ()
    item: Item | None = None
    unknown: tuple[UnknownWord, ...] = ()
    problem: str = ""
    milliseconds: float = 0.0
    model: str = ""
    why: tuple[WordShare, ...] = field(default=(), compare=False)
