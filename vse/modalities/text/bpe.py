"""Byte pairs: merges learnt from captions, for the tokenizer of open_clip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from open_clip.tokenizer import SimpleTokenizer

Pair = tuple[str, str]
END = "</w>"  # what the last symbol of a word ends with


def learn_merges(words: Counter[tuple[str, ...]], count: int) -> list[Pair]:
    """At most `count` merges of neighbouring symbols, the most frequent pair first (Sennrich et al. 2016).

    They are fewer where every word has become one symbol. Of equally frequent pairs the first in alphabetical order
    is taken, so that the same words give the same merges. A pair that spells a symbol which is there already is left
    apart: two ways to one symbol would number it twice.

    Args:
        words: how often each word comes, a word being its symbols.
    """
    merges: list[Pair] = []
    known = {symbol for word in words for symbol in word}
    while len(merges) < count:
        pairs: Counter[Pair] = Counter()
        for word, times in words.items():
            for pair in pairwise(word):
                pairs[pair] += times
        new = [(-times, pair) for pair, times in pairs.items() if "".join(pair) not in known]
        if not new:
            break
        best = min(new)[1]
        merges.append(best)
        known.add("".join(best))
        merged: Counter[tuple[str, ...]] = Counter()
        for word, times in words.items():
            merged[_merge(word, best)] += times
        words = merged
    return merges


def _merge(word: tuple[str, ...], pair: Pair) -> tuple[str, ...]:
    out: list[str] = []
    for symbol in word:
        if out and (out[-1], symbol) == pair:
            out[-1] += symbol
        else:
            out.append(symbol)
    return tuple(out)


def count_words(texts: Iterable[str], tokenizer: SimpleTokenizer) -> Counter[tuple[str, ...]]:
    """How often each word comes in the texts, cleaned and split as the tokenizer does, as the symbols of its bytes."""
    words: Counter[tuple[str, ...]] = Counter()
    for text, times in Counter(texts).items():
        for word in tokenizer.pat.findall(tokenizer.clean_fn(text)):
            symbols = [tokenizer.byte_encoder[byte] for byte in word.encode("utf-8")]
            words[(*symbols[:-1], symbols[-1] + END)] += times
    return words
