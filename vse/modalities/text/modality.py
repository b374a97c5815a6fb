"""Texts as inputs: strings -> ids of words (N, L) with lengths (N,), and letters of words that are to be spelt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from vse.modalities.base import Modality
from vse.modalities.text.config import TextConfig
from vse.modalities.text.spelling import spelled
from vse.modalities.text.tower import TextTower
from vse.modalities.text.vocabulary import PADDING, UNKNOWN, Vocabulary


@dataclass(frozen=True)
class Words:
    """How a model reads texts: the words it knows, how many of a text count, and which kind its tower is."""

    vocabulary: Vocabulary
    max_words: int
    tower: str = "words"


Read = list[int] | list[int | str]


def read_text(text: str, words: Words, strict: bool) -> Read:
    """A sentence -> ids, at least one, and words in the place of ids where the tower is to read them by their letters.

    Without `strict` a sentence without a known word is read as unknown words.

    Raises:
        TextError: for an empty or overlong text, or one without a single word that can be read.
    """
    if words.tower == "words":
        ids, _ = words.vocabulary.encode_batch([text], words.max_words, strict)
        return [int(each) for each in ids[0]]
    read = words.vocabulary.encode_or_spell(text, strict)[: words.max_words]
    if words.tower == "characters":
        return [each if each == UNKNOWN or isinstance(each, str) else words.vocabulary.words[each] for each in read]
    return read


def collate_texts(read: Sequence[Read], words: Words) -> tuple[Tensor, ...]:
    """-> ids (N, longest) int64, padded, and lengths (N,) int64; where there are words to spell, their letters.

    The ids of those count on behind the ids that the tower has embeddings of; the letters are (U, M) int64.
    """
    spelt = {each: row for row, each in enumerate(dict.fromkeys(w for row in read for w in row if isinstance(w, str)))}
    first = UNKNOWN + 1 if words.tower == "characters" else len(words.vocabulary)
    rows = [torch.tensor([first + spelt[each] if isinstance(each, str) else each for each in row]) for row in read]
    padded = pad_sequence(rows, batch_first=True, padding_value=PADDING)
    lengths = torch.tensor([len(row) for row in read])
    return (padded, lengths, torch.from_numpy(spelled(list(spelt)))) if spelt else (padded, lengths)


def reading(config: TextConfig, vocabulary: Vocabulary) -> Words:
    return Words(vocabulary, config.max_words, config.tower)


def text_tower(config: TextConfig, dim: int, vocabulary_size: int) -> TextTower:
    return TextTower(config, vocabulary_size, dim)


MODALITY = Modality("text", "caption", read_text, collate_texts, text_tower, length=len, words=str, reading=reading)
