"""The architecture of a text tower."""

from __future__ import annotations

from dataclasses import dataclass

from vse.io.configs import one_of, within

SENTENCES = ("last", "mean")


CELLS = ("gru", "lstm")


TOWERS = ("words", "characters", "mixed")


LETTERS = ("cnn", "gru")


@dataclass(frozen=True)
class TextConfig:
    """The text tower: word vectors, then a recurrent net; its last state is the sentence, or the mean of all.

    The `tower` says where word vectors come from: from an embedding of the "words" of the vocabulary, from their
    "characters", which `letters` reads, a CNN or a GRU of so many `filters`, or "mixed": known words from the
    embedding, all others from their characters.

    Each step of training leaves out a share of the words, `word_dropout`, and of the numbers in the embeddings of the
    others, `embedding_dropout`. A mixed tower reads the share `spelled` of its known words by their characters, so that
    it learns to. Of words read so, the share `slips` is misspelt, and the share `forms` inflected or compounded.
    """

    word_dim: int = 128
    hidden: int = 256
    cell: str = "gru"
    bidirectional: bool = True
    word_dropout: float = 0.05
    max_words: int = 40
    pooling: str = "last"
    embedding_dropout: float = 0.0
    tower: str = "words"
    letters: str = "cnn"
    filters: int = 300
    spelled: float = 0.3
    slips: float = 0.4
    forms: float = 0.15

    def __post_init__(self) -> None:
        one_of("cell", self.cell, CELLS)
        one_of("tower", self.tower, TOWERS)
        one_of("letters", self.letters, LETTERS)
        within(1, 65_536, word_dim=self.word_dim, hidden=self.hidden, max_words=self.max_words, filters=self.filters)
        within(0, 1, word_dropout=self.word_dropout, embedding_dropout=self.embedding_dropout)
        within(0, 1, spelled=self.spelled, slips=self.slips, forms=self.forms)
        one_of("pooling", self.pooling, SENTENCES)
