"""Reading pretrained word vectors: GloVe's text format and word2vec's text and binary formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from vse.errors import TextError

_BLOCK = 1 << 20
_LONGEST_WORD = 10_000  # bytes; beyond it a binary file is certainly not one
_MOST_DIMENSIONS = 100_000
_ADVICE = "download the file again"


def load_word_vectors(path: str | Path, words: Iterable[str]) -> dict[str, np.ndarray]:
    """The vectors of those `words` that the file has: word -> (D,) float32, not normalised.

    The file is read as a stream and never held whole; reading stops when every word is found. Words are compared
    as they are, case included; of a word that comes twice the first vector counts. The format is told by the
    content: a first line of two whole numbers is word2vec's header, and control characters after it mean binary.

    Raises TextError when the file is missing, is empty, or has a malformed line or entry, which it names.
    """
    wanted = {word.encode("utf-8", "surrogatepass"): word for word in words}
    found: dict[str, np.ndarray] = {}
    try:
        with Path(path).open("rb") as file:
            for entry, vector in _entries(file, str(path), frozenset(wanted)):
                if wanted[entry] not in found:
                    found[wanted[entry]] = vector
                    if len(found) == len(wanted):
                        break
    except OSError as error:
        raise TextError(f"The word vectors '{path}' cannot be read ({error.strerror}): check the path.") from error
    return found


def dimensions(path: str | Path) -> int:
    """How many numbers a vector of the file has. Raises TextError as `load_word_vectors`."""
    try:
        with Path(path).open("rb") as file:
            header = file.readline(_BLOCK).split()
            if len(header) == 2 and all(part.isdigit() for part in header):
                return int(header[1])
            return len(header) - 1
    except OSError as error:
        raise TextError(f"The word vectors '{path}' cannot be read ({error.strerror}): check the path.") from error


def _entries(file: BinaryIO, name: str, wanted: frozenset[bytes]) -> Iterator[tuple[bytes, np.ndarray]]:
    first = file.readline(_BLOCK)
    if not first.strip():
        raise TextError(f"The word vectors '{name}' begin with an empty line: {_ADVICE}.")
    header = first.split()
    if len(header) != 2 or not all(part.isdigit() for part in header):
        file.seek(0)
        yield from _text(file, name, wanted, dim=len(first.split(b" ")) - 1, count=None)
        return
    count, dim = int(header[0]), int(header[1])
    if not 1 <= dim <= _MOST_DIMENSIONS:
        raise TextError(f"Line 1 of '{name}' announces {dim} dimensions: {_ADVICE}.")
    begin = file.tell()
    sample = file.read(1024)
    file.seek(begin)
    binary = any(byte < 9 or 13 < byte < 32 for byte in sample)
    yield from _binary(file, name, wanted, dim, count) if binary else _text(file, name, wanted, dim, count)


def _text(
    file: BinaryIO, name: str, wanted: frozenset[bytes], dim: int, count: int | None
) -> Iterator[tuple[bytes, np.ndarray]]:
    """Lines of a word and `dim` numbers. Only b"\\n" ends a line: GloVe has words with other line separators."""
    offset = 1 if count is None else 2
    lines = 0
    for lines, raw in enumerate(file, start=1):
        line = raw.rstrip(b" \r\n")
        spaces = line.count(b" ")
        if spaces < dim or dim < 1:
            raise TextError(
                f"Line {lines + offset - 1} of '{name}' has {spaces} numbers after its word and {max(dim, 1)} were "
                f"expected: {_ADVICE}."
            )
        # Some of GloVe's words hold spaces themselves, so the numbers are counted from the end.
        word = line.partition(b" ")[0] if spaces == dim else line.rsplit(b" ", dim)[0]
        if word in wanted:
            try:
                vector = np.array([float(part) for part in line.rsplit(b" ", dim)[1:]], dtype=np.float32)
            except ValueError as error:
                raise TextError(f"Line {lines + offset - 1} of '{name}' has {error}: {_ADVICE}.") from error
            yield word, _finite(vector, f"Line {lines + offset - 1}", name)
    if count is not None and lines < count:
        raise TextError(f"'{name}' ends after line {lines + 1} and {count} vectors were announced: {_ADVICE}.")


def _binary(
    file: BinaryIO, name: str, wanted: frozenset[bytes], dim: int, count: int
) -> Iterator[tuple[bytes, np.ndarray]]:
    """Entries of a word, a space and `dim` little-endian float32; a newline may come before each word."""
    buffer, at = b"", 0
    for number in range(1, count + 1):
        space = buffer.find(b" ", at)
        while space < 0 or len(buffer) < space + 1 + 4 * dim:
            more = file.read(_BLOCK)
            if not more:
                raise TextError(f"'{name}' ends within entry {number} of {count}: {_ADVICE}.")
            buffer, at = buffer[at:] + more, 0
            space = buffer.find(b" ")
            if space > _LONGEST_WORD or (space < 0 and len(buffer) > _LONGEST_WORD):
                raise TextError(f"Entry {number} of '{name}' has no word of a sensible length: {_ADVICE}.")
        word = buffer[at:space].lstrip(b"\n")
        if word in wanted:
            yield word, _finite(np.frombuffer(buffer, "<f4", dim, space + 1).copy(), f"Entry {number}", name)
        at = space + 1 + 4 * dim


def _finite(vector: np.ndarray, where: str, name: str) -> np.ndarray:
    if not np.isfinite(vector).all():
        raise TextError(f"{where} of '{name}' has a number that is not finite: {_ADVICE}.")
    return vector.astype(np.float32, copy=False)
