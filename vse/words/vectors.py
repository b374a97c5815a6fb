"""Reading word vectors: GloVe's text format, word2vec's text and binary formats, and this project's safetensors."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import json
import lzma
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from vse.errors import TextError
from vse.modalities.text.tokenizer import tokenize

KEPT = ".safetensors"  # the one format that keeps all that was learnt
WORDS, VECTORS, ABOUT = "words", "vectors", "about"
_BLOCK = 1 << 20
_LONGEST_WORD = 10_000  # bytes; beyond it a binary file is certainly not one
_MOST_DIMENSIONS = 100_000
_EXAMPLES = 3  # words that a message shows
_ADVICE = "download the file again"
_UNREADABLE = (OSError, EOFError, ValueError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)


def load_word_vectors(path: str | Path, words: Iterable[str]) -> dict[str, np.ndarray]:
    """The vectors of those `words` that the file has: word -> (D,) float32, not normalised.

    The file is read as a stream and never held whole; it may be packed with gzip, bzip2 or xz, or alone in a zip file.
    Reading stops when every word is found. A word that the file does not have as it is gets the vector of the first
    one that differs in capitals alone; of a word that comes twice the first vector counts. The format is told by the
    content: a first line of two whole numbers is word2vec's header, and control characters after it mean binary.

    Raises TextError when the file is missing or holds no vectors, has a malformed line or entry, which it names, or
    has none of the words.
    """
    wanted = {word.encode("utf-8", "surrogatepass"): word for word in words}
    if not wanted:
        return {}
    found: dict[bytes, np.ndarray] = {}
    in_capitals: dict[bytes, np.ndarray] = {}
    first: list[str] = []
    for word, vector in entries(path, frozenset(wanted), first):
        if word not in wanted:
            in_capitals.setdefault(_small(word), vector)
        elif word not in found:
            found[word] = vector
            if len(found) == len(wanted):
                break
    if not found and not in_capitals:
        raise TextError(
            f"'{path}' has none of the {len(wanted):,} words asked for, such as {_shown(wanted.values())}; its "
            f"own begin with {_shown(first)}: give vectors of words of the same language."
        )
    found = in_capitals | found
    return {wanted[key]: found[key] for key in wanted if key in found}


def first_words(path: str | Path, count: int, is_wanted: Callable[[str], bool]) -> tuple[str, ...]:
    """The first so many words of the file that are wanted and are words as `tokenize` makes them: frequent ones first.

    Raises TextError as `load_word_vectors`.
    """
    found: dict[str, None] = {}
    for raw, _ in entries(path, _Everything(), []):
        word = raw.decode("utf-8", "replace")
        if tokenize(word) == [word] and is_wanted(word):
            found[word] = None
        if len(found) == count:
            break
    return tuple(found)


def all_vectors(path: str | Path) -> tuple[tuple[str, ...], np.ndarray]:
    """Every word of the file with its vector, (N, D) float32; of a word that comes twice the first vector counts.

    Raises TextError as `load_word_vectors`.
    """
    found: dict[str, np.ndarray] = {}
    for raw, vector in entries(path, _Everything(), []):
        found.setdefault(raw.decode("utf-8", "replace"), vector)
    if not found:
        raise TextError(f"'{path}' holds no word vectors: {_ADVICE}.")
    return tuple(found), np.stack(list(found.values()))


class _Everything(frozenset[bytes]):
    def __contains__(self, word: object) -> bool:
        return True


def dimensions(path: str | Path) -> int:
    """How many numbers a vector of the file has. Raises TextError as `load_word_vectors`."""
    if Path(path).suffix == KEPT:
        return int(read_kept(path)[1].shape[1])
    with _opened(path) as file:
        first = _first_line(file, str(path)).split()
        header = _header(first)
        if (dim := header[1] if header else len(first) - 1) < 1:
            raise TextError(f"Line 1 of '{path}' has no numbers after its word: {_ADVICE}.")
        return dim


def entries(path: str | Path, wanted: frozenset[bytes], first: list[str]) -> Iterator[tuple[bytes, np.ndarray]]:
    """The words of the file, in its order, that are wanted or are in small letters, each with its vector (D,) float32.

    `first` gets the file's first few words. Raises TextError as `load_word_vectors`.
    """
    if Path(path).suffix != KEPT:
        with _opened(path) as file:
            yield from _entries(file, str(path), wanted, first)
        return
    words, vectors, _, _ = read_kept(path)
    for word, vector in zip(map(str.encode, words), vectors, strict=True):
        _note(first, word)
        if word in wanted or _small(word) in wanted:
            yield word, vector


def read_kept(path: str | Path) -> tuple[tuple[str, ...], np.ndarray, dict[str, Any], dict[str, np.ndarray]]:
    """Of a safetensors file: the words, their vectors (N, D) float32, what is said about them, and further arrays.

    Raises:
        TextError: for a file that cannot be read or holds something else.
    """
    try:
        with safe_open(path, "numpy") as file:
            about = json.loads((file.metadata() or {})[ABOUT])
            words = tuple(bytes(file.get_tensor(WORDS)).decode().split("\n"))
            arrays = {key: file.get_tensor(key) for key in file.keys() if key != WORDS}  # noqa: SIM118
            vectors = arrays.pop(VECTORS).astype(np.float32)
        if len(words) != len(vectors) or not isinstance(about.get("name"), str):
            raise ValueError(f"{len(words)} words with {vectors.shape} vectors")
    except (OSError, SafetensorError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise TextError(f"The word vectors '{path}' cannot be read ({error}): check the path and the file.") from error
    return words, vectors, about, arrays


@contextmanager
def _opened(path: str | Path) -> Iterator[io.BufferedReader]:
    """The bytes of the vectors, out of what they are packed in, behind a mark of UTF-8.

    Raises TextError for what cannot be read, also while the block reads.
    """
    try:
        with ExitStack() as files:
            file: Any = files.enter_context(Path(path).open("rb"))
            magic = file.peek(6)[:6]
            if magic.startswith(b"PK\x03\x04"):
                archive = files.enter_context(zipfile.ZipFile(file))
                file = archive.open(_only_member(archive, path))
            for begin, unpacked in ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\0", lzma.open)):
                if magic.startswith(begin):
                    file = unpacked(file)
            text = files.enter_context(io.BufferedReader(file, 1 << 16))
            if (mark := text.peek(3)[:3])[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
                raise TextError(f"'{path}' is UTF-16 text: save it as UTF-8.")
            if mark == codecs.BOM_UTF8:
                text.read(3)
            yield text
    except _UNREADABLE as error:
        reason = getattr(error, "strerror", None) or error
        raise TextError(f"The word vectors '{path}' cannot be read ({reason}): check the path and the file.") from error


def _only_member(archive: zipfile.ZipFile, path: str | Path) -> str:
    names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX/")]
    if len(names) != 1:
        raise TextError(f"'{path}' holds {len(names)} files ({', '.join(names[:5])}): unpack it and give one of them.")
    return names[0]


def _first_line(file: io.BufferedReader, name: str) -> bytes:
    """The first line that is not blank."""
    while line := file.readline(_BLOCK):
        if line.strip():
            return line
    raise TextError(f"'{name}' holds no word vectors, it is empty: {_ADVICE}.")


def _header(parts: list[bytes]) -> tuple[int, int] | None:
    """(words, dimensions) of word2vec's first line; None for any other line."""
    return (int(parts[0]), int(parts[1])) if len(parts) == 2 and all(part.isdigit() for part in parts) else None


def _entries(
    file: io.BufferedReader, name: str, wanted: frozenset[bytes], first: list[str]
) -> Iterator[tuple[bytes, np.ndarray]]:
    """The words that are wanted, or are in small letters; `first` gets the file's first few words."""
    line = _first_line(file, name)
    header = _header(line.split())
    if header is None:
        yield from _text(chain([line], file), name, wanted, first, dim=len(line.split()) - 1, count=None)
        return
    count, dim = header
    if not 1 <= dim <= _MOST_DIMENSIONS:
        raise TextError(f"Line 1 of '{name}' announces {dim} dimensions: {_ADVICE}.")
    if _is_binary(file.peek(1024)[:1024]):
        yield from _binary(file, name, wanted, first, dim, count)
    else:
        yield from _text(file, name, wanted, first, dim, count)


def _is_binary(begin: bytes) -> bool:
    """Whether these bytes are no text: control characters, or no ASCII where the first number of a text would stand."""
    return any(byte < 9 or 13 < byte < 32 for byte in begin) or not begin.partition(b" ")[2][:16].isascii()


def _text(
    lines: Iterable[bytes], name: str, wanted: frozenset[bytes], first: list[str], dim: int, count: int | None
) -> Iterator[tuple[bytes, np.ndarray]]:
    """Lines of a word and `dim` numbers. Only b"\\n" ends a line: GloVe has words with other line separators."""
    offset = 1 if count is None else 2
    words = 0
    for number, raw in enumerate(lines, start=offset):
        line = raw.rstrip(b" \t\r\n")
        if not line:
            continue
        words += 1
        spaces = line.count(b" ")
        # Some of GloVe's words hold spaces themselves, so the numbers are counted from the end.
        parts = [line.partition(b" ")[0]] if spaces == dim else line.rsplit(None, dim)
        if dim < 1 or (spaces != dim and len(parts) <= dim):
            raise TextError(
                f"Line {number} of '{name}' has {len(parts) - 1} numbers after its word and {max(dim, 1)} were "
                f"expected: {_ADVICE}."
            )
        word = parts[0].strip()
        _note(first, word)
        if word in wanted or _small(word) in wanted:
            try:
                vector = np.array([float(part) for part in line.rsplit(None, dim)[1:]], dtype=np.float32)
            except ValueError as error:
                raise TextError(f"Line {number} of '{name}' has {error}: {_ADVICE}.") from error
            yield word, _finite(vector, f"Line {number}", name)
    if count is not None and words < count:
        raise TextError(f"'{name}' ends after line {words + 1} and {count} vectors were announced: {_ADVICE}.")


def _small(word: bytes) -> bytes:
    """In small letters, and composed as the words of a vocabulary are."""
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFKC", word.decode("utf-8", "replace")).lower().encode("utf-8")


def _note(first: list[str], word: bytes) -> None:
    if len(first) < _EXAMPLES:
        first.append(word[:40].decode("utf-8", "replace"))


def _shown(words: Iterable[str]) -> str:
    return ", ".join(repr(word) for word in list(words)[-_EXAMPLES:])


def _binary(
    file: io.BufferedReader, name: str, wanted: frozenset[bytes], first: list[str], dim: int, count: int
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
        _note(first, word)
        if word in wanted or _small(word) in wanted:
            yield word, _finite(np.frombuffer(buffer, "<f4", dim, space + 1).copy(), f"Entry {number}", name)
        at = space + 1 + 4 * dim


def _finite(vector: np.ndarray, where: str, name: str) -> np.ndarray:
    if not np.isfinite(vector).all():
        raise TextError(f"{where} of '{name}' has a number that is not finite: {_ADVICE}.")
    return vector.astype(np.float32, copy=False)
