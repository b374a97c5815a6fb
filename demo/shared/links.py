"""What `?q=` in the page's address means: a query of the language, of which a plain text is the simplest."""

from __future__ import annotations

from collections.abc import Mapping

from vse.errors import VSEError
from vse.search.query import Query, QuerySyntaxError, Term, Text, parse


def asked(parameters: Mapping[str, str]) -> str:
    return parameters.get("q", "").strip()


def plain_text(query: str) -> str | None:
    """The text that a query says and nothing else; None for arithmetic, and for what the language does not allow."""
    try:
        parsed = parse(query)
    except QuerySyntaxError:
        return None
    except VSEError:  # no query at all: whoever searches for it says what is wrong
        return query
    return parsed.texts[0] if parsed.is_plain else None


def written(text: str) -> str:
    """A text as a query that reads back as that text, in quotes where it would be read as arithmetic."""
    try:
        return str(Query((Term(1, Text(text)),)))
    except VSEError:
        return text
