"""What was asked and what is shown: the values between handlers and view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vse.records import Item, UnknownWord

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
    """A picture of the collection; `score` is the model's similarity, `rank` counts from 1."""

    item: Item
    score: float
    rank: int


@dataclass(frozen=True)
class CaptionAnswer:
    """A caption; `own` says that it was written for the very picture that was asked about."""

    text: str
    item: Item
    score: float
    rank: int
    own: bool


@dataclass(frozen=True)
class Answer:
    """All that one query gives.

    `item` is the picture that was asked about, where it is one of the collection; `unknown` are words of the query
    that the model has never seen; `problem` is a sentence that stands instead of an answer.
    """

    query: Query
    images: tuple[ImageAnswer, ...] = ()
    captions: tuple[CaptionAnswer, ...] = ()
    item: Item | None = None
    unknown: tuple[UnknownWord, ...] = ()
    problem: str = ""
    milliseconds: float = 0.0
