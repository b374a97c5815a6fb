"""A word that a model does not know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class UnknownWord:
    """A word of a query that a model has never seen, and the known words spelt most like it.

    read_as: the known word that it is read as, which is none of the suggestions then; "" where there is none.
    """

    word: str
    suggestions: tuple[str, ...]
    read_as: str = ""
