"""A corpus: sentences as lists of words, read anew in each pass and never held as a whole."""

from __future__ import annotations

import gzip
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vse.errors import TextError
from vse.modalities.text.tokenizer import tokenize

_LONGEST = 1 << 14  # bytes of a line that are one sentence, fewer than the 10,000 words that gensim reads of one


@dataclass(frozen=True)
class Corpus:
    """Sentences by what they are called; each pass calls `texts` anew."""

    name: str
    texts: Callable[[], Iterator[str]]

    def __iter__(self) -> Iterator[list[str]]:
        for text in self.texts():
            if words := tokenize(text):
                yield words


def text_corpus(paths: Sequence[Path]) -> Corpus:
    """The lines of text files, plain or .gz.

    Raises:
        TextError: while it is read, for a file that cannot be read or is no text.
    """
    return Corpus(", ".join(path.name for path in paths), lambda: (line for path in paths for line in _lines(path)))


def _lines(path: Path) -> Iterator[str]:
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rb") as file:
            while line := file.readline(_LONGEST):
                yield _decoded(line, path)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise TextError(f"The text '{path}' cannot be read ({reason}): check the path and the file.") from error


def _decoded(line: bytes, path: Path) -> str:
    """The line as text; a piece that a long line was cut into may begin and end within a character."""
    text = line.decode("utf-8", "replace")
    if b"\0" in line or text.count("\ufffd") > 6 + len(text) // 10:
        raise TextError(f"'{path}' is no text file: give a text in UTF-8, plain or packed as .gz.")
    return text


def counted(corpus: Corpus, min_count: int) -> dict[str, int]:
    """Word -> how often it comes, those that come often enough, the most frequent first.

    Raises:
        TextError: when fewer than two different words are left, of which nothing can be learnt.
    """
    counts: Counter[str] = Counter()
    has_context = False
    for words in corpus:
        counts.update(words)
        has_context = has_context or len(words) > 1
    kept = {word: count for word, count in counts.most_common() if count >= min_count}
    if not counts:
        raise TextError(f"The corpus {corpus.name} holds no words: give one with sentences.")
    if len(kept) < 2:
        raise TextError(f"Nothing can be learnt from {corpus.name}: two different words are needed that "
                        f"come {min_count} times or more, and {len(kept)} of {len(counts):,} do; give more "
                        "text or a smaller --min-count.")  # fmt: skip
    if not has_context:
        raise TextError(f"Nothing can be learnt from {corpus.name}: no sentence has two words; give whole ones, one "
                        "a line.")  # fmt: skip
    return kept
