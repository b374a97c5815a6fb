"""Text in: checking what people type, splitting it into words, and the vocabulary that numbers the words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from vse.errors import TextError
from vse.io.configs import from_json
from vse.modalities.text.negation import negates
from vse.modalities.text.tokenizer import check_text, tokenize
from vse.modalities.text.unknown import UnknownWord

PADDING, UNKNOWN = 0, 1


_SPECIAL = ("<pad>", "<unk>")  # the tokenizer drops < and >, so no word can be one of these


_NAMED = 5  # unknown words that get suggestions or are named in a message: each costs a pass over the vocabulary
_SHORT = 5  # letters of a word of which at most one edit is undone
_LEAST = 4  # letters of a word that is read as another


@dataclass(frozen=True)
class Vocabulary:
    """The words a model knows: `words[i]` has index i; index 0 is padding, index 1 every unknown word.

    The last `placed` of them it has never read: their vectors are where a map from other word vectors takes them.

    Raises ValueError when the first two words are not the two special ones, a word comes twice, or fewer words are
    there than are placed.
    """

    words: tuple[str, ...]
    placed: int = 0
    _index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index = {word: i for i, word in enumerate(self.words)}
        if tuple(self.words[:2]) != _SPECIAL or len(index) != len(self.words):
            raise ValueError(f"The words must begin with {' and '.join(_SPECIAL)} and differ from each other.")
        if not 0 <= self.placed <= len(index) - len(_SPECIAL):
            raise ValueError(f"{self.placed} of {len(index) - len(_SPECIAL)} words are placed.")
        object.__setattr__(self, "words", tuple(self.words))
        object.__setattr__(self, "_index", {word: i for word, i in index.items() if i > UNKNOWN})

    @classmethod
    def build(cls, texts: Iterable[str], min_count: int = 1) -> Vocabulary:
        """Every word that comes at least `min_count` times, the most frequent first, equals in alphabetical order."""
        counts = Counter(word for text in texts for word in tokenize(text))
        kept = sorted((-count, word) for word, count in counts.items() if count >= min_count)
        return cls(_SPECIAL + tuple(word for _, word in kept))

    @classmethod
    def of(cls, words: Iterable[str]) -> Vocabulary:
        """Of these words in their order, each once."""
        return cls((*_SPECIAL, *dict.fromkeys(word for word in words if word not in _SPECIAL)))

    def joined(self, other: Vocabulary) -> Vocabulary:
        """These words, which keep their indices, and behind them those of another that are not among them."""
        return Vocabulary(self.words + tuple(word for word in other.words[len(_SPECIAL) :] if word not in self))

    @property
    def read(self) -> Vocabulary:
        """Without the words that are only placed."""
        return Vocabulary(self.words[: len(self.words) - self.placed])

    @property
    def listed(self) -> tuple[str, ...]:
        """The words without the two special ones."""
        return self.words[len(_SPECIAL) :]

    def __len__(self) -> int:
        """The number of indices: the known words and the two special ones."""
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._index

    def encode(self, text: str) -> list[int]:
        """The indices of a text's words, at least one of them known.

        Raises TextError as `check_text`, and when the text has no word at all or none that is known.
        """
        tokens = words_in(text)
        ids = [self._index.get(token, UNKNOWN) for token in tokens]
        if max(ids) == UNKNOWN:
            raise TextError(self._none_known(tokens))
        return ids

    def encode_or_spell(self, text: str, strict: bool = True) -> list[int | str]:
        """The indices of a text's words, and in the place of an index the word itself where it is spelt.

        A word that is not known is read as the known word that it is a slip of, see `slip_of`, and is spelt where it
        is none and all its letters are those of known words.

        Raises:
            TextError: with `strict`, as `encode`, but for a text with no word that is known or spelt.
        """
        tokens = words_in(text) if strict else tokenize(text)
        read = [self._index[token] if token in self._index else self._read_otherwise(token) for token in tokens]
        if strict and all(each == UNKNOWN for each in read):
            raise TextError(self._none_known(tokens))
        return read or [UNKNOWN]

    def _read_otherwise(self, word: str) -> int | str:
        return self._index.get(self.slip_of(word), word if self.spells(word) else UNKNOWN)

    def spells(self, word: str) -> bool:
        """Whether all letters of a word are those of known words; never of one that negates: "without" is no "with"."""
        return self.alphabet.issuperset(word) and not negates(word)

    @cached_property
    def slip_of(self) -> Callable[[str], str]:
        """A word that is not known -> the known word that it is an edit away from, the most frequent of several; "".

        Words of fewer than four letters are an edit away from too many others, and those that negate are not misspelt.
        """

        def found(word: str) -> str:
            long = len(word) >= _LEAST and not negates(word)
            return next((near for edits, near in self._near(word) if edits == 1), "") if long else ""

        return lru_cache(maxsize=10_000)(found)

    @cached_property
    def alphabet(self) -> frozenset[str]:
        """The letters of the known words."""
        return frozenset("".join(self.words[len(_SPECIAL) :]))

    def encode_batch(self, texts: Sequence[str], max_words: int, strict: bool = True) -> tuple[np.ndarray, np.ndarray]:
        """Texts -> indices (N, L) int64 padded with 0, and lengths (N,) int64; L is the longest, at least 1.

        Only the first `max_words` words count. With `strict` a text raises TextError as in `encode`; without, one
        that has no known word is encoded as unknown words, which keeps a whole data set from failing on it.
        """
        if max_words < 1:
            raise ValueError(f"max_words came as {max_words}: give at least 1.")
        rows = [self.encode(text) if strict else self._encode_any(text) for text in texts]
        lengths = np.array([min(len(row), max_words) for row in rows], dtype=np.int64)
        ids = np.full((len(rows), max(lengths.max(initial=1), 1)), PADDING, dtype=np.int64)
        for row, values in enumerate(rows):
            ids[row, : lengths[row]] = values[:max_words]
        return ids, lengths

    def _encode_any(self, text: str) -> list[int]:
        return self.ids(tokenize(text)) or [UNKNOWN]

    def ids(self, words: Sequence[str]) -> list[int]:
        """The index of each word, as `tokenize` gives them."""
        return [self._index.get(word, UNKNOWN) for word in words]

    def unknown(self, text: str) -> tuple[UnknownWord, ...]:
        """The words of a text that are not known, each once, in order.

        The first five come with up to three known words that are spelt like them; later ones with none, so that a
        long text stays quick. Words that negate come with none, since they are not misspelt. Raises nothing: an empty
        text has no unknown words.
        """
        new = dict.fromkeys(token for token in tokenize(text) if token not in self._index)
        return tuple(UnknownWord(word, self._suggest(word) if i < _NAMED else ()) for i, word in enumerate(new))

    def placed_in(self, text: str) -> tuple[str, ...]:
        """The words of a text that the model knows without having read them, each once, in order."""
        first = len(self.words) - self.placed
        return tuple(word for word in dict.fromkeys(tokenize(text)) if self._index.get(word, UNKNOWN) >= first)

    def _suggest(self, word: str) -> tuple[str, ...]:
        """At most three known words: its plural or singular, then those within an edit, or two of a long word.

        Of equally near ones those of the same letters come first, then the more frequent ones.
        """
        if negates(word):
            return ()
        close = [stem for stem in _stems(word) if stem in self._index]
        return tuple(dict.fromkeys([*close, *(each for _, each in self._near(word))]))[:3]

    def _near(self, word: str) -> list[tuple[int, str]]:
        """(edits, known word) of those within an edit, or two of a long word, the nearest first."""
        table, lengths = self._letters
        most = 1 if len(word) <= _SHORT else 2
        rows = np.flatnonzero(np.abs(lengths - len(word)) <= most)
        edits = osa_distances(word, table[rows, : len(word) + most], lengths[rows])
        is_near = (edits <= most) & (2 * edits < np.maximum(lengths[rows], len(word)))
        near = [(int(n), self.words[row]) for n, row in zip(edits[is_near], rows[is_near], strict=True)]
        return sorted(near, key=lambda each: (each[0], sorted(each[1]) != sorted(word)))  # stable: frequent ones first

    @cached_property
    def _letters(self) -> tuple[np.ndarray, np.ndarray]:
        """The code points of each word (W, longest) int32, padded with 0, and the lengths (W,); none of a special."""
        words = ("",) * len(_SPECIAL) + self.words[len(_SPECIAL) :]
        lengths = np.array([len(word) for word in words])
        table = np.zeros((len(words), max(lengths)), np.int32)
        for row, word in zip(table, words, strict=True):
            row[: len(word)] = [ord(letter) for letter in word]
        return table, lengths

    def _none_known(self, tokens: list[str]) -> str:
        unknown = self.unknown(" ".join([token for token in tokens if not negates(token)] or tokens))
        named = ", ".join(_shown(item.word) for item in unknown[:_NAMED])
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        near = list(dict.fromkeys(near for item in unknown for near in item.suggestions))
        if near:
            hint = f"did you mean {' or '.join(_shown(word) for word in near[:3])}?"
        else:
            hint = "use words from the captions it was trained on."
        return f"The model knows none of these words: {named}{more}; {hint}"

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain JSON values."""
        return {"words": list(self.words), **({"placed": self.placed} if self.placed else {})}

    @classmethod
    def from_json(cls, data: Any, where: object = "the vocabulary") -> Vocabulary:
        """The inverse of `to_json`; `where` the data come from begins a message.

        Raises CheckpointError when the words are missing or do not fit.
        """
        return from_json(cls, data, where)


def words_in(text: str) -> list[str]:
    """At least one word, as `tokenize` makes them.

    Raises:
        TextError: as `check_text`, and for a text of nothing but punctuation.
    """
    if tokens := tokenize(check_text(text)):
        return tokens
    raise TextError(f"The text {_shown(text)} holds no word, only punctuation: type at least one word.")


def osa_distances(word: str, letters: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The optimal string alignment distance (Boytsov 2011) of a word to each of N others: (N,) integers.

    The fewest insertions, deletions, substitutions and swaps of neighbours, no letter being edited twice.

    Args:
        letters: (N, L) code points, padded to L.
        lengths: (N,) of the words, at most L each.
    """
    count, width = letters.shape
    columns = np.ascontiguousarray(letters.T)
    cost = np.zeros((len(word) + 1, width + 1, count), np.int16)
    cost[:, 0], cost[0] = np.arange(len(word) + 1)[:, None], np.arange(width + 1)[:, None]
    for i, letter in enumerate(map(ord, word), start=1):
        for j in range(1, width + 1):
            best = np.minimum(cost[i - 1, j], cost[i, j - 1]) + 1
            best = np.minimum(best, cost[i - 1, j - 1] + (columns[j - 1] != letter))
            if i > 1 and j > 1:
                is_swap = (columns[j - 1] == ord(word[i - 2])) & (columns[j - 2] == letter)
                best = np.where(is_swap, np.minimum(best, cost[i - 2, j - 2] + 1), best)
            cost[i, j] = best
    return cost[len(word), lengths, np.arange(count)]


def _stems(word: str) -> list[str]:
    """The plural or singular that English would most simply make of a word."""
    made = [word + "s", word + "es"]
    if word.endswith("y"):
        made.append(word[:-1] + "ies")
    for ending, replacement in (("ies", "y"), ("es", ""), ("s", ""), ("'s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            made.append(word.removesuffix(ending) + replacement)
    return made


def _shown(word: str) -> str:
    word = word.strip()
    return f"'{word}'" if len(word) <= 40 else f"'{word[:37]}...'"
