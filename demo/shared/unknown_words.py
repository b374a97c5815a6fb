"""Words that a model has never read: marked where they stand, and known ones offered instead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from vse.modalities.text.unknown import UnknownWord
from vse.search.query import Query, Text

from .answers import Answer

_WORDS_SHOWN = 5
_LONGEST = 80  # characters of a corrected text that a button can hold

Offer = tuple[str, str, str]  # of a button: its label, the query that it asks, its title


def pattern(word: str) -> str:
    """A regular expression for a word that stands alone."""
    return rf"(?<!\w){re.escape(word)}(?!\w)"


def replaced(text: str, word: str, near: str) -> str:
    """The text with a word replaced wherever it stands alone, in any case."""
    return re.sub(pattern(word), lambda _: near, text, flags=re.IGNORECASE)


def marked(text: str, unknown: Sequence[UnknownWord]) -> list[tuple[str, bool]]:
    """A text in parts, each with whether it is an unknown word."""
    if not unknown:
        return [(text, False)]
    either = "|".join(pattern(each.word) for each in sorted(unknown, key=lambda each: -len(each.word)))
    parts = re.split(f"({either})", text, flags=re.IGNORECASE)
    return [(part, at % 2 == 1) for at, part in enumerate(parts)]


def title_parts(answers: Sequence[Answer]) -> list[tuple[str, bool]]:
    """What was asked, in parts, each with whether it is a word that one of the models has never read."""
    unknown = {word.word: word for answer in answers for word in answer.unknown}
    query = next((answer.query for answer in answers if answer.query), None)
    text = query.texts[0] if query and query.is_plain and not query.filters else str(query or "")
    return marked(text, list(unknown.values()))


def offers(query: Query | None, unknown: Sequence[UnknownWord]) -> list[tuple[str, list[Offer]]]:
    """Queries with an unknown word replaced by a known one that is spelt like it, in groups that say instead of what.

    Where several words have near ones, the last group replaces all of them.
    """
    offered = [each for each in unknown if each.suggestions]
    if query is None or not offered:
        return []
    groups = [
        (
            f"Instead of {each.word}" if len(unknown) > 1 else "Near words",
            [
                (near, str(corrected(query, each.word, near)), f"Ask with {near} instead of {each.word}")
                for near in each.suggestions
            ],
        )
        for each in offered[:_WORDS_SHOWN]
    ]
    whole = query
    for each in offered:
        whole = corrected(whole, each.word, each.suggestions[0])
    if len(groups) > 1 and len(str(whole)) <= _LONGEST:
        groups.append(("All at once", [(str(whole), str(whole), "")]))
    return groups


def corrected(query: Query, word: str, other: str) -> Query:
    """The query with a word replaced in its texts, and in no picture's id."""
    terms = (
        replace(term, operand=Text(replaced(term.operand.text, word, other)))
        if isinstance(term.operand, Text)
        else term
        for term in query.terms
    )
    return replace(query, terms=tuple(terms))
