"""Negation, which vectors cannot express: "a beach without people" lies near beaches with people. A sum can be asked.

What the query says is divided by rules of word order, which read English as people type it and no grammar: the words
behind a negation up to "but", "with" or a comma are what is not wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from vse.errors import QueryError
from vse.modalities.text.negation import negates
from vse.search.query import Query, Term, Text, read
from vse.words.content_words import FUNCTION_WORDS

_PIECE = re.compile(r"[^\s,;:.!?()\"“”„«»]+|[,;:.!?()]")
# Where what is not wanted is at its end.
_ENDS = frozenset(["but", "with", "just", "only", "while", ";", ":", ".", "!", "?", "(", ")"])
_LISTS = frozenset(["or", "nor"])
_DETERMINERS = frozenset(["a", "an", "the"])
_PLACES = frozenset(["on", "in", "at", "by", "near", "under", "over", "behind", "beside", "inside", "outside"])
_NO_ONE = frozenset(["nobody", "no-one"])
_LONGEST = 80  # characters of a text that a sentence quotes


@dataclass(frozen=True)
class Negation:
    """What is told of a query that negates.

    sentence: that this space cannot negate, and what the query is read as.
    offered: the sum to ask instead; None where the query says only what is not wanted.
    """

    sentence: str
    offered: Query | None = None

    def __str__(self) -> str:
        return f"{self.sentence} Ask for the sum instead: {self.offered}" if self.offered else self.sentence


def negation_in(query: str | Query) -> Negation | None:
    """What to tell of a query whose words negate; None where none does. Quotes make no difference.

    "a beach without people" is offered `beach - people`; "no dogs" says nothing that could be searched for instead.

    Raises:
        TextError, QueryError: for a text that `vse.search.query.read` refuses.
    """
    parsed = read(query) if isinstance(query, str) else query
    text = next((text for text in parsed.texts if any(map(negates, _pieces(text)))), None)
    if text is None:
        return None
    words = _split(text)[1]
    if not words:
        word = next(filter(negates, _pieces(text)))
        return Negation(f"This space cannot negate: '{word}' leaves nothing out.")
    listed = " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
    shown = f"'{_shortened(text)}' is read as if it asked for {_shortened(listed)}"
    return Negation(f"This space cannot negate: {shown}.", _sum(parsed))


def _sum(query: Query) -> Query | None:
    """The query with what each text negates subtracted; None where that leaves no sum that can be asked."""
    terms: list[Term] = []
    for term in query.terms:
        if not isinstance(term.operand, Text):
            terms.append(term)
            continue
        wanted, unwanted = _split(term.operand.text)
        terms += [Term(term.weight, Text(wanted))] if wanted else []
        terms += [Term(-term.weight, Text(" ".join(_bare(words.split())))) for words in unwanted]
    try:
        offered = replace(query, terms=tuple(terms))
    except QueryError:  # none is left, too many, or too long
        return None
    return offered if len(terms) > 1 and any(term.weight > 0 for term in terms) else None


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _pieces(text: str) -> list[str]:
    """Words and marks, without quotes."""
    return _PIECE.findall(text)


def _split(text: str) -> tuple[str, tuple[str, ...]]:
    """What a text asks for and what it negates, without the words around it that say nothing alone.

    What is negated keeps its article.
    """
    pieces = _pieces(text)
    if not any(map(negates, pieces)):
        return text, ()
    asked: list[str] = []
    unwanted: list[list[str]] = []
    for words, is_negated in _stretches(pieces):
        if is_negated:
            unwanted.append(words)
        else:
            asked += words
    wanted, negated = _bare(asked), [kept for words in unwanted if (kept := _bare(words, _DETERMINERS))]
    if not wanted and len(negated) == 1:  # "no people on the beach" is about a beach
        negated[0], wanted = _at_a_place(negated[0])
    return " ".join(wanted), tuple(dict.fromkeys(" ".join(words) for words in negated))


def _stretches(pieces: list[str]) -> Iterator[tuple[list[str], bool]]:
    """Runs of words, and whether each is negated."""
    run: list[str] = []
    inside = False
    for at, piece in enumerate(pieces):
        word, rest = piece.lower(), pieces[at + 1 :]
        if negates(word) or word in _NO_ONE:
            yield run, inside
            run, inside = [], True
            if word in _NO_ONE:
                yield ["people"], True
                inside = False
        elif inside and run == [] and word == "one" and pieces[at - 1].lower() == "no":
            yield ["people"], True
            inside = False
        elif inside and (word in _LISTS or (word in ("and", ",") and _goes_on(word, run, rest))):
            yield run, True
            run = []
        elif inside and (word in _ENDS or word in ("and", ",")):
            yield run, True
            run, inside = [piece], False
        else:
            run.append(piece)
    yield run, inside


def _goes_on(link: str, before: list[str], after: list[str]) -> bool:
    """Whether what follows a comma or "and" is negated too: "without people, dogs or cars", "no hat and no coat".

    Behind "and" it is if it comes with an article just as what stands before it does, else something new begins.
    """
    if link == ",":
        return any(word.lower() in _LISTS | {"and"} for word in after)
    return bool(before and after) and _is_determined(before) == _is_determined(after)


def _is_determined(words: list[str]) -> bool:
    return words[0].lower() in _DETERMINERS


def _bare(words: list[str], but: frozenset[str] = frozenset()) -> list[str]:
    """Without marks, and without words at either end that say nothing alone, `but` for some at the front."""
    kept = [word for word in words if word[0] not in ",;:.!?()"]
    while kept and kept[0].lower() in FUNCTION_WORDS - but:
        kept = kept[1:]
    while kept and kept[-1].lower() in FUNCTION_WORDS:
        kept = kept[:-1]
    return kept


def _at_a_place(words: list[str]) -> tuple[list[str], list[str]]:
    """What stands before the first preposition of place, and what behind it."""
    at = next((at for at, word in enumerate(words) if word.lower() in _PLACES), len(words))
    return words[:at], _bare(words[at:])
