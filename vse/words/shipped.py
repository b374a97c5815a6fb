"""The word vectors that ship, by name."""

from __future__ import annotations

from functools import lru_cache

from vse.errors import TextError
from vse.io.paths import WORDS
from vse.words.table import KEPT, WordVectors, load_words


def shipped_words() -> tuple[str, ...]:
    """The names, in alphabetical order."""
    return tuple(sorted(path.stem for path in WORDS.glob(f"*{KEPT}")))


@lru_cache(maxsize=16)
def open_words(name: str) -> WordVectors:
    """
    Raises:
        TextError: for a name that none of them has.
    """
    if name not in shipped_words():
        raise TextError(f"No word vectors {name!r} ship: there are {', '.join(shipped_words())}.")
    return load_words(WORDS / f"{name}{KEPT}")
