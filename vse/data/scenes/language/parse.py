"""What a sentence of the world's English says: the way back from words to a `Statement`.

It reads what the grammar of `captions` can write, whoever wrote it, and nothing else: a sentence with a word too many,
or in an order that the grammar does not have, makes no statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from vse.data.scenes.language.captions import PICTURES, TIME_ADJECTIVES, VERBS, WEATHER_ADJECTIVES
from vse.data.scenes.language.phrases import SEVERAL, plural_of
from vse.data.scenes.world.kinds import FAMILIES, KINDS
from vse.data.scenes.world.scene import Mention, Statement
from vse.data.scenes.world.world import ACTIONS, COLOURS, COUNT_WORDS, PLACES, RELATIONS, SIZES, TIMES, WEATHERS
from vse.modalities.text.tokenizer import tokenize

# Kinds of phrase, a letter each, so that the order of a sentence is a regular expression over letters:
# n noun  p plural  a "a", "one"  c a number of  s several  C colour  S size  A action  v what says nothing
# R relation  P place  T time  W weather  N noun of a place  D adjective of a time  E adjective of a weather
# i is, are  h there  b can be seen, to be seen  e we see  L a picture of  & and, with  t the
_Phrase = tuple[str, object]
_Words = tuple[str, ...]


@cache
def _lexicon() -> dict[_Words, list[_Phrase]]:
    found: dict[_Words, list[_Phrase]] = {}

    def add(letter: str, value: object, phrases: Iterable[str]) -> None:
        for phrase in phrases:
            entry = (letter, value)
            meanings = found.setdefault(tuple(tokenize(phrase)), [])
            if entry not in meanings:
                meanings.append(entry)

    for name, kind in KINDS.items():
        add("n", name, kind.nouns)
        add("p", name, map(plural_of, kind.nouns))
    for name, pairs in FAMILIES.items():
        add("n", name, (singular for singular, _ in pairs))
        add("p", name, (plural for _, plural in pairs))
    tables = {"C": COLOURS, "S": SIZES, "A": ACTIONS, "R": RELATIONS, "T": TIMES, "W": WEATHERS}
    for letter, table in tables.items():
        for name, phrases in table.items():
            add(letter, name, phrases)
    add("R", "beside", ("next to", "beside", "near", "alongside"))
    for name, place in PLACES.items():
        add("P", name, place.phrases)
        add("N", name, (place.noun,))
    for name, phrases in TIME_ADJECTIVES.items():
        add("D", name, phrases)
    for name, phrases in WEATHER_ADJECTIVES.items():
        add("E", name, phrases)
    for count, phrases in COUNT_WORDS.items():
        add("a" if count == 1 else "c", count, phrases)
    add("a", 1, ("an",))
    add("s", None, SEVERAL)
    for phrases in VERBS.values():
        add("v", None, (phrase for phrase in phrases if phrase not in ACTIONS))
    add("L", None, PICTURES)
    for letter, phrases in (("i", ("is", "are")), ("h", ("there",)), ("b", ("can be seen", "to be seen")),
                            ("e", ("we see",)), ("&", ("and", "with", "together with")), ("t", ("the",))):  # fmt: skip
        add(letter, None, phrases)
    return found


_PEOPLE = {name for kind in KINDS.values() if kind.is_person for name in (kind.name, *kind.families)}

_GROUP = "(?:a S?C?n|[cs]S?C?p)"
_FRAME = "P?T?W?"
_DOING = "[Av]?"
_SENTENCE = re.compile(
    "(?:"
    f"C?[np]{_FRAME}"  # a key word
    f"|[at]?N T?W?|a[DE]N"  # a place
    f"|L?{_GROUP}{_DOING}{_FRAME}"
    f"|L?{_GROUP}i{_DOING}{_FRAME}"
    f"|hi{_GROUP}{_DOING}{_FRAME}"
    f"|{_GROUP}b{_DOING}{_FRAME}"
    f"|[PTW]{_GROUP}i(?:[Av]|b){_FRAME}"
    f"|[PTW]hi{_GROUP}{_DOING}{_FRAME}"
    f"|e{_GROUP}{_DOING}{_FRAME}"
    f"|L?{_GROUP}{_DOING}[&R]{_GROUP}{_FRAME}"
    f"|hi{_GROUP}{_DOING}[&R]{_GROUP}{_FRAME}"
    f"|{_GROUP}i{_DOING}R{_GROUP}{_FRAME}"
    f"|R{_GROUP}i{_GROUP}{_DOING}{_FRAME}"
    ")".replace(" ", "")
)
_TURNED = re.compile(f"R({_GROUP})i".replace(" ", ""))


def parse(text: str) -> tuple[Statement, ...]:
    """The statements that a sentence can be read as, mostly one; none for what the grammar cannot write.

    "A big cat" is a tiger, or a cat that is big; "sheep", without a number, one or several.
    """
    found: list[Statement] = []
    for phrases in _readings(tuple(tokenize(text))):
        letters = "".join(letter for letter, _ in phrases)
        if _SENTENCE.fullmatch(letters):
            statement = _statement(letters, phrases)
            if statement not in found:
                found.append(statement)
    return tuple(found)


def _readings(words: _Words) -> Iterable[tuple[_Phrase, ...]]:
    """The ways to cut a sentence into phrases, those of longer phrases first."""
    if not words:
        yield ()
        return
    lexicon = _lexicon()
    for length in range(min(len(words), 6), 0, -1):
        for meaning in lexicon.get(words[:length], ()):
            for rest in _readings(words[length:]):
                yield (meaning, *rest)


def _statement(letters: str, phrases: tuple[_Phrase, ...]) -> Statement:
    said: dict[str, str] = {}
    mentions: list[dict[str, object]] = []
    waiting: dict[str, object] = {}
    names = {"P": "place", "N": "place", "T": "time", "D": "time", "W": "weather", "E": "weather", "R": "relation"}
    for letter, value in phrases:
        if letter in names:
            said[names[letter]] = str(value)
        elif letter in "ac":
            waiting["count"] = value
        elif letter == "s":
            waiting["several"] = True
        elif letter in "CS":
            waiting["colour" if letter == "C" else "size"] = value
        elif letter in "np":
            mentions.append({"noun": value, **waiting})
            if letter == "p" and "count" not in waiting:
                mentions[-1]["several"] = True
            waiting = {}
        elif letter == "A" and mentions[-1]["noun"] in _PEOPLE:  # of all else "standing" says nothing
            mentions[-1]["action"] = value
    if _TURNED.match(letters):  # "next to a cat is a dog": the dog is spoken of
        mentions.reverse()
    read = [Mention(**mention) for mention in mentions]  # type: ignore[arg-type]
    subject, other = (*read, None, None)[:2]
    return Statement(subject=subject, other=other, **said)
