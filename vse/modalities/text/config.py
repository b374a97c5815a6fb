"""The architecture of a text tower."""

from __future__ import annotations

from dataclasses import dataclass

from vse.io.configs import one_of, within

SENTENCES = ("last", "mean")


CELLS = ("gru", "lstm")


@dataclass(frozen=True)
class TextConfig:
    """The text tower: word embeddings, then a recurrent net; its last state is the sentence, or the mean of all.

    Each step of training leaves out a share of the words, `word_dropout`, and of the numbers in the embeddings of the
    others, `embedding_dropout`.
    """

    word_dim: int = 128
    hidden: int = 256
    cell: str = "gru"
    bidirectional: bool = True
    word_dropout: float = 0.05
    max_words: int = 40
    pooling: str = "last"
    embedding_dropout: float = 0.0

    def __post_init__(self) -> None:
        one_of("cell", self.cell, CELLS)
        within(1, 65_536, word_dim=self.word_dim, hidden=self.hidden, max_words=self.max_words)
        within(0, 1, word_dropout=self.word_dropout, embedding_dropout=self.embedding_dropout)
        one_of("pooling", self.pooling, SENTENCES)
