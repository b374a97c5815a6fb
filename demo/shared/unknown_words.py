"""Words that a model has never read: marked where they stand, and known ones offered instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape

from vse.modalities.text.unknown import UnknownWord
from vse.search.query import Query, Text

_WORDS_SHOWN = 5
_LONGEST = 80  # characters of a corrected text that a button can hold

Corrected = Callable[[str, str], str]


def pattern(word: str) -> str:
    """A regular expression for a word that stands alone."""
    return rf"(?<!\w){re.escape(word)}(?!\w)"


def replaced(text: str, word: str, near: str) -> str:
    """The text with a word replaced wherever it stands alone, in any case."""
    return re.sub(pattern(word), lambda _: near, text, flags=re.IGNORECASE)


def marked(text: str, unknown: Sequence[UnknownWord]) -> str:
    """A text as HTML with its unknown words marked."""
    if not unknown:
        return escape(text)
    either = "|".join(pattern(each.word) for each in sorted(unknown, key=lambda each: -len(each.word)))
    parts = re.split(f"({either})", text, flags=re.IGNORECASE)
    mark = '<span class="unread" title="The model has never read this word">{}</span>'
    return "".join(mark.format(escape(part)) if at % 2 else escape(part) for at, part in enumerate(parts))


def chip(label: str, query: str, title: str = "") -> str:
    """A button that asks a query."""
    told = f' title="{escape(title)}"' if title else ""
    return f'<button type="button" class="chip" data-words="{escape(query)}"{told}>{escape(label)}</button>'


def unknown_note(unknown: Sequence[UnknownWord], near: str) -> str:
    """Which words were passed over; `near` is the HTML that offers others."""
    if not unknown:
        return ""
    words = ", ".join(f"<b>{escape(word.word)}</b>" for word in unknown[:_WORDS_SHOWN])
    more = len(unknown) - _WORDS_SHOWN
    rest = f" and {more:,} more" if more > 0 else ""
    text = f"Skipped {words}{rest}: the model has never read {'it' if len(unknown) == 1 else 'them'}."
    return f'<p class="note">{text} {near}</p>'


def suggestions(unknown: Sequence[UnknownWord], corrected: Corrected, whole: str = "") -> str:
    """Buttons that ask again with an unknown word replaced by a known one that is spelt like it.

    Args:
        corrected: (an unknown word, a known one) -> the query that is asked then.
        whole: the query with every one of several words replaced, where there is such a query.
    """
    offered = [each for each in unknown if each.suggestions][:_WORDS_SHOWN]
    if not offered:
        return ""
    several = len(unknown) > 1
    groups = [_group(each, corrected, f"Instead of {each.word}" if several else "Near words") for each in offered]
    if len(offered) > 1 and whole and len(whole) <= _LONGEST:
        groups.append(f'<span class="near">All at once: {chip(whole, whole)}</span>')
    return " ".join(groups)


def _group(unknown: UnknownWord, corrected: Corrected, lead: str) -> str:
    chips = " ".join(
        chip(near, corrected(unknown.word, near), f"Ask with {near} instead of {unknown.word}")
        for near in unknown.suggestions
    )
    return f'<span class="near">{escape(lead)}: {chips}</span>'


def near_queries(query: Query, unknown: Sequence[UnknownWord]) -> str:
    """Buttons that ask a query again with an unknown word replaced by a known one that is spelt like it."""
    whole = query
    for each in unknown:
        whole = corrected(whole, each.word, each.suggestions[0]) if each.suggestions else whole
    return suggestions(unknown, lambda word, other: str(corrected(query, word, other)), str(whole))


def corrected(query: Query, word: str, other: str) -> Query:
    """The query with a word replaced in its texts, and in no picture's id."""
    terms = (
        replace(term, operand=Text(replaced(term.operand.text, word, other)))
        if isinstance(term.operand, Text)
        else term
        for term in query.terms
    )
    return Query(tuple(terms))
