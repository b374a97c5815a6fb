"""Vectors of words that nobody has read, from their n-grams (Bojanowski et al. 2017), without gensim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from vse.errors import TextError
from vse.words.table import WordVectors

NGRAMS, BUCKETS, RANGE = "ngrams", "buckets", "ngram_range"


def ngrams_of(word: str, min_n: int, max_n: int) -> Iterator[str]:
    """The n-grams of <word>; its marks alone are none."""
    marked = f"<{word}>"
    for begin in range(len(marked)):
        for end in range(begin + min_n, min(begin + max_n, len(marked)) + 1):
            if end - begin > 1 or marked[begin:end] not in "<>":
                yield marked[begin:end]


def hash_of(ngram: str) -> int:
    """FNV-1a of 32 bits over the bytes in UTF-8, which fastText takes as signed ones."""
    value = 2_166_136_261
    for byte in ngram.encode():
        value ^= byte if byte < 128 else byte | 0xFFFFFF00
        value = value * 16_777_619 & 0xFFFFFFFF
    return value


def ngram_arrays(words: Sequence[str], min_n: int, max_n: int, vectors: np.ndarray) -> dict[str, np.ndarray]:
    """What `vector_of` needs: of the n-grams' vectors (B, D) those that the words have, and their buckets."""
    used = {hash_of(each) % len(vectors) for word in words for each in ngrams_of(word, min_n, max_n)}
    buckets = np.array(sorted(used), np.int32)
    return {NGRAMS: vectors[buckets].astype(np.float16), BUCKETS: buckets,
            RANGE: np.array([min_n, max_n, len(vectors)], np.int32)}  # fmt: skip


def vector_of(found: WordVectors, word: str) -> np.ndarray:
    """(D,) float32: of a known word its own, of any other the mean of those of its n-grams that known words have, too.

    Raises:
        TextError: for a word without any such n-gram, and for vectors that have no n-grams.
    """
    if word in found:
        return found[word]
    if NGRAMS not in found.more:
        return found[word]  # which says that it is not there
    min_n, max_n, count = map(int, found.more[RANGE])
    hashes = [hash_of(each) % count for each in ngrams_of(word, min_n, max_n)]
    rows = np.searchsorted(found.more[BUCKETS], hashes).clip(max=len(found.more[BUCKETS]) - 1)
    known = rows[found.more[BUCKETS][rows] == hashes]
    if not len(known):
        raise TextError(f"{found.name} has no vector for {word!r}, which shares no letters in a row with a known word.")
    mean: np.ndarray = found.more[NGRAMS][known].astype(np.float32).mean(axis=0)
    return mean
