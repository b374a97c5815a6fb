"""Which caption of an answer says most of what was asked."""

from __future__ import annotations

from collections.abc import Sequence

from vse.search.query import Query, Text
from vse.words.content_words import content_of

_MODERATE = 60  # characters of a caption that is read at a glance


def words_asked(query: Query) -> set[str]:
    """The content words of a query, without those that are taken away."""
    added = (term.operand.text for term in query.terms if term.weight > 0 and isinstance(term.operand, Text))
    return {word for text in added for word in content_of(text)}


def most_telling(captions: Sequence[str], asked: set[str], nearness: Sequence[float] | None = None) -> str:
    """The caption with most of the words asked; empty where there is none.

    Of equals the nearest one, where `nearness` tells for each, else the longest that is read at a glance.
    """
    if not captions:
        return ""
    held = [len(content_of(each) & asked) for each in captions]
    best = [row for row, count in enumerate(held) if count == max(held)]
    if nearness is not None:
        return captions[max(best, key=lambda row: nearness[row])]
    short = [captions[row] for row in best if len(captions[row]) <= _MODERATE]
    return max(short, key=len) if short else min((captions[row] for row in best), key=len)
