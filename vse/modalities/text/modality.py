"""Texts as inputs: strings -> ids of words (N, L) with lengths (N,)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from vse.modalities.base import Modality
from vse.modalities.text.config import TextConfig
from vse.modalities.text.tower import TextTower
from vse.modalities.text.vocabulary import PADDING, Vocabulary


@dataclass(frozen=True)
class Words:
    """How a model reads texts: the words it knows, and how many of a text count."""

    vocabulary: Vocabulary
    max_words: int


def read_text(text: str, words: Words, strict: bool) -> list[int]:
    """A sentence -> ids, at least one; without `strict` one without a known word is read as unknown words.

    Raises:
        TextError: for an empty or overlong text, or one without a single known word.
    """
    ids, _ = words.vocabulary.encode_batch([text], words.max_words, strict)
    return [int(each) for each in ids[0]]


def collate_texts(ids: Sequence[list[int]], words: Words) -> tuple[Tensor, Tensor]:
    """Ids -> (N, longest) int64, padded, and lengths (N,) int64."""
    padded = pad_sequence([torch.tensor(each) for each in ids], batch_first=True, padding_value=PADDING)
    return padded, torch.tensor([len(each) for each in ids])


def text_tower(config: TextConfig, dim: int, vocabulary_size: int) -> TextTower:
    return TextTower(config, vocabulary_size, dim)


MODALITY = Modality("text", "caption", read_text, collate_texts, text_tower, length=len, words=str)
