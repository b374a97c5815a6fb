"""The word vectors that are here, by name: those that ship, and real English where it was fetched or installed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from vse.errors import TextError
from vse.io.paths import WORDS
from vse.words.english import NAME, has_english, open_english
from vse.words.table import KEPT, WordVectors, load_words

# Of two languages, for translation: they are opened by their names, and not compared with the others.
TRANSLATED = ("english-for-spanish", "spanish")


def shipped_words() -> tuple[str, ...]:
    """The names of those that ship, in alphabetical order, but for those of TRANSLATED."""
    return tuple(sorted({path.stem for path in WORDS.glob(f"*{KEPT}")}.difference(TRANSLATED)))


def words_here() -> tuple[str, ...]:
    """The names of those that ship, and behind them that of real English where it is here."""
    return (*shipped_words(), *([NAME] if has_english() else []))


@lru_cache(maxsize=16)
def open_words(name: str) -> WordVectors:
    """
    Raises:
        TextError: for a name that none of them has.
    """
    if name == NAME:
        return open_english()
    if name not in (*shipped_words(), *TRANSLATED):
        raise TextError(f"There are no word vectors {name!r}: give one of {', '.join(words_here())}, or a file.")
    return load_words(WORDS / f"{name}{KEPT}", name)


def words_of(name_or_path: str) -> WordVectors:
    """Those of a name, or of a file.

    Raises:
        TextError: when there is neither, or the file cannot be read.
    """
    is_name = "/" not in name_or_path and not Path(name_or_path).suffix
    return open_words(name_or_path) if is_name else load_words(name_or_path)
