"""Words as letters: their bytes as numbers, and the small changes that people make to how a word is written."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

LONGEST = 24  # bytes of a word that are read
SHORTEST = 5  # columns that there are at least, for the widest filter
BEGIN, END, FIRST = 1, 2, 3  # 0 is padding; byte b is FIRST + b
SYMBOLS = FIRST + 256

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Neighbours on a keyboard, where fingers slip to.
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {letter: row[max(at - 1, 0) : at] + row[at + 1 : at + 2] for row in _ROWS for at, letter in enumerate(row)}
_PREFIXES = ("mis", "un", "re", "super", "mini", "non")
_SUFFIXES = (
    "s", "es", "ed", "ing", "er", "ers", "y", "ies", "ly", "ish", "like", "less", "let", "lets", "'s",
    "field", "land", "side", "scape", "time", "way", "place", "ground", "top", "front", "bound", "ling",
)  # fmt: skip


def spelled(words: Sequence[str]) -> np.ndarray:
    """Words -> (N, M) int64: a mark, the bytes of the word in UTF-8, at most LONGEST, a mark, padding with 0."""
    read = [word.encode("utf-8", "replace")[:LONGEST] for word in words]
    rows = np.zeros((len(read), max([SHORTEST, *(len(letters) + 2 for letters in read)])), np.int64)
    for row, letters in zip(rows, read, strict=True):
        row[0], row[len(letters) + 1] = BEGIN, END
        row[1 : len(letters) + 1] = np.frombuffer(letters, np.uint8).astype(np.int64) + FIRST
    return rows


def misspelt(word: str, rng: random.Random) -> str:
    """The word with one slip: a letter left out, doubled, put in, exchanged for another, or swapped with the next one.

    A slip of a long word leaves its first letter alone, as people's mostly do (Pollock & Zamora 1983). A word of a
    single letter stays as it is.
    """
    if len(word) < 2:
        return word
    at = rng.randrange(1 if len(word) > 3 else 0, len(word))
    kind = rng.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        at = min(at, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    near = _BESIDE.get(word[at]) if rng.random() < 0.5 else None
    new = rng.choice(near or _LETTERS)
    if kind == 2:
        return word[:at] + rng.choice((new, word[at])) + word[at:]
    return word[:at] + new + word[at + 1 :]


def inflected(word: str, rng: random.Random) -> str:
    """The word with an ending, a beginning or a second part that mostly leave what it shows: misplace, snowland."""
    if rng.random() < 0.15:
        return rng.choice(_PREFIXES) + word
    ending = rng.choice(_SUFFIXES)
    stem = word[:-1] if word[-1] in "ey" and ending in ("es", "ed", "ing", "er", "ers", "y", "ies", "ish") else word
    doubles = len(stem) > 2 and stem == word and word[-1] in "bdgmnpt" and ending in ("ed", "ing", "er", "y", "ies")
    return stem + (word[-1] if doubles and rng.random() < 0.5 else "") + ending


def scrambled(word: str, rng: random.Random) -> str:
    """Letters in no order, some of them exchanged: a word that means nothing."""
    letters = [rng.choice(_LETTERS) if rng.random() < 0.5 else letter for letter in word]
    rng.shuffle(letters)
    return "".join(letters)
