"""Sums of words: king - man + woman."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from vse.errors import TextError
from vse.modalities.text.tokenizer import tokenize
from vse.words.table import unit_rows

MOST_TERMS = 20


@dataclass(frozen=True)
class Term:
    """A word with its sign, 1 or -1."""

    sign: int
    word: str


def read_sum(text: str) -> list[Term]:
    """
    Raises:
        TextError: for what is no sum of single words with + and - between.
    """
    parts = re.split(r"\s([+\-−])\s", f"{text} ")
    terms = [
        Term(1 if sign == "+" else -1, _word(part, text))
        for sign, part in zip(["+", *parts[1::2]], parts[::2], strict=True)
    ]
    if len(terms) > MOST_TERMS:
        raise TextError(f"The sum has {len(terms)} words and at most {MOST_TERMS} are read: shorten it.")
    return terms


def _word(part: str, text: str) -> str:
    words = tokenize(part)
    if len(words) != 1:
        raise TextError(f"{text!r} is no sum of words: write one like king - man + woman.")
    return words[0]


def sum_vector(terms: Sequence[Term], vector_of: Callable[[str], np.ndarray]) -> np.ndarray:
    """(D,) float32: the sum of the unit vectors, as 3CosAdd takes it (Levy & Goldberg 2014, eq. 1).

    Raises:
        TextError: for a word that has no vector.
    """
    rows = unit_rows(np.stack([vector_of(term.word) for term in terms]))
    return np.asarray([term.sign for term in terms], np.float32) @ rows
