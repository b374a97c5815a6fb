"""Words said within a caption of the picture: "dog" as "a dog on the beach", "cat" as "a cat on the beach".

The difference of the two sentences is a difference of one word in the very context of the picture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from vse.search.query import Query, Text


def with_word_swapped(caption: str, minus: str, plus: str) -> str | None:
    """The caption with `plus` where it says `minus`, as whole words in any case; None where it does not say it.

    "a" and "an" before it follow the new word.
    """
    pattern = re.compile(rf"(?:\b(an?)(\s+))?(?<!\w){re.escape(minus)}(?!\w)", re.IGNORECASE)

    def swapped(found: re.Match[str]) -> str:
        if not found[1]:
            return plus
        article = "an" if plus[:1].lower() in "aeiou" else "a"
        return (article.capitalize() if found[1][0].isupper() else article) + found[2] + plus

    text, count = pattern.subn(swapped, caption)
    return text if count else None


def in_caption(captions: Sequence[str], minus: str, plus: str) -> tuple[str, str] | None:
    """The first caption that says `minus`, and the same with `plus` instead; None where none says it."""
    for caption in captions:
        text = with_word_swapped(caption, minus, plus)
        if text is not None:
            return caption, text
    return None


def operands_in_captions(query: Query, captions: Sequence[str]) -> dict[str, str]:
    """What to embed instead of a query's words; a word that is missing here is embedded as it is.

    The first word taken away goes with the first that is added, the second with the second.

    Args:
        captions: of the query's picture, the best first.
    """
    said: dict[str, str] = {}
    for old, new in zip(*minus_and_plus(query), strict=False):
        found = in_caption(captions, old, new)
        if found and old not in said and new not in said:
            said[old], said[new] = found
    return said


def minus_and_plus(query: Query) -> tuple[list[str], list[str]]:
    """The words that a query takes away, and those that it adds."""
    words = [(term.weight, term.operand.text) for term in query.terms if isinstance(term.operand, Text)]
    return [text for weight, text in words if weight < 0], [text for weight, text in words if weight > 0]


def captions_swapped(captions: Sequence[str], minus: Sequence[str], plus: Sequence[str]) -> list[str]:
    """Captions of a picture as if it showed what the sum asks for.

    The first word of `minus` becomes the first of `plus`, the second the second; a caption that says a word for which
    nothing is added is left out, and one that says none of them stays as it is.
    """
    swapped = list(captions)
    for old, new in zip_longest(minus, plus[: len(minus)]):
        told = [(caption, with_word_swapped(caption, old, new or "")) for caption in swapped]
        swapped = [text or caption for caption, text in told if text is None or new]
    return swapped
