"""Words with a vector each: what every method of learning them gives, and what is asked of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from vse.errors import TextError
from vse.io.atomic import write_bytes, write_text
from vse.words.vectors import ABOUT, KEPT, VECTORS, WORDS, all_vectors, read_kept

ENDINGS = (".txt", ".vec", ".bin", KEPT)


@dataclass(frozen=True)
class WordVectors:
    """Words, the frequent ones first, and a vector for each: (N, D) float32, not normalised.

    name: what people call the set, such as "skip-gram". about: how it was made: the method, its settings, its losses.
    more: arrays that the method needs for what has no vector yet, by name: see `vse.words.lab`.

    Raises:
        ValueError: when a word comes twice, or there are not as many vectors as words.
    """

    name: str
    words: tuple[str, ...]
    vectors: np.ndarray
    about: dict[str, Any] = field(default_factory=dict)
    more: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.index) != len(self.words) or self.vectors.shape[:1] != (len(self.words),):
            raise ValueError(f"{len(self.index)} different words came with {self.vectors.shape} vectors.")

    @cached_property
    def index(self) -> dict[str, int]:
        return {word: row for row, word in enumerate(self.words)}

    @cached_property
    def units(self) -> np.ndarray:
        """(N, D) float32 unit rows; a vector of nothing but zeros stays one."""
        return unit_rows(self.vectors)

    @property
    def dim(self) -> int:
        return int(self.vectors.shape[1])

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.index

    def __getitem__(self, word: str) -> np.ndarray:
        """(D,) float32.

        Raises:
            TextError: for a word that has no vector.
        """
        if word not in self.index:
            raise TextError(f"{self.name} has no vector for {word!r}: it has {len(self):,} words, such as "
                            f"{', '.join(map(repr, self.words[:3]))}.")  # fmt: skip
        return self.vectors[self.index[word]]

    def nearest(self, vector: np.ndarray, k: int = 10, without: Iterable[str] = ()) -> list[tuple[str, float]]:
        """The k words whose vectors point most in the direction of (D,), with their cosines, the nearest first."""
        scores = self.units @ unit_rows(vector[None])[0]
        scores[[self.index[word] for word in without if word in self.index]] = -np.inf
        k = min(k, len(scores))
        best = np.argpartition(-scores, k - 1)[:k] if k else np.zeros(0, int)
        best = best[np.lexsort((best, -scores[best]))]
        return [(self.words[row], float(scores[row])) for row in best if np.isfinite(scores[row])]

    def only(self, words: Sequence[str]) -> WordVectors:
        """Those of these words that there are, in the order in which they are given."""
        kept = tuple(dict.fromkeys(word for word in words if word in self.index))
        return WordVectors(self.name, kept, self.vectors[[self.index[word] for word in kept]], self.about)


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """(N, D) -> (N, D) float32 rows of length 1, those of nothing but zeros left as they are."""
    rows = np.asarray(rows, np.float32)
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), np.finfo(np.float32).tiny)


def load_words(path: str | Path, name: str = "") -> WordVectors:
    """The vectors of a file: GloVe's text, word2vec's text or binary, packed or not, or this project's safetensors.

    Raises:
        TextError: for a file that cannot be read or holds something else.
    """
    path = Path(path)
    if path.suffix == KEPT:
        words, vectors, about, more = read_kept(path)
        return WordVectors(name or about["name"], words, vectors, about, more)
    words, vectors = all_vectors(path)
    return WordVectors(name or path.name.split(".")[0], words, vectors)


def check_ending(path: str | Path) -> None:
    """
    Raises:
        TextError: for a file name that ends in none of the formats.
    """
    if Path(path).suffix not in ENDINGS:
        raise TextError(f"Word vectors cannot be written to '{path}': end it in .txt (GloVe), .vec or .bin "
                        f"(word2vec), or {KEPT}.")  # fmt: skip


def keeps_more(path: str | Path, found: WordVectors) -> bool:
    """Whether something of the vectors is lost in the format of the file."""
    return bool(found.more) and Path(path).suffix != KEPT


def save_words(path: str | Path, found: WordVectors) -> None:
    """Write the vectors in the format that the ending names: .txt GloVe's, .vec word2vec's text, .bin its binary one;
    with .safetensors all that is known, in half precision.

    Raises:
        TextError: for another ending.
        WriteError: when the file cannot be written.
    """
    path = Path(path)
    check_ending(path)
    if path.suffix == KEPT:
        text = np.frombuffer("\n".join(found.words).encode(), np.uint8)
        arrays = {VECTORS: found.vectors.astype(np.float16), WORDS: text, **found.more}
        about = json.dumps({**found.about, "name": found.name}, ensure_ascii=False)
        write_bytes(path, save({key: np.ascontiguousarray(value) for key, value in arrays.items()}, {ABOUT: about}))
        return
    header = f"{len(found)} {found.dim}\n"
    words = [word.replace(" ", "_") for word in found.words]  # as word2vec writes phrases: a blank ends a word
    if path.suffix == ".bin":
        both = zip(words, found.vectors.astype("<f4"), strict=True)
        entries = (word.encode() + b" " + row.tobytes() + b"\n" for word, row in both)
        write_bytes(path, header.encode() + b"".join(entries))
        return
    both = zip(words, found.vectors, strict=True)
    lines = (f"{word} {' '.join(f'{value:.6g}' for value in row)}\n" for word, row in both)
    write_text(path, (header if path.suffix == ".vec" else "") + "".join(lines))
