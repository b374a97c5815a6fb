"""The architecture of a recipe tower."""

from __future__ import annotations

from dataclasses import dataclass

from vse.io.configs import one_of, within

PARTS = ("both", "ingredients", "instructions")
INSTRUCTIONS = ("learnt", "skip")


@dataclass(frozen=True)
class RecipeConfig:
    """The recipe tower: a bidirectional LSTM over the ingredients, and an LSTM over the steps.

    Each ingredient is the mean of the vectors of its words; each step is the last state of a GRU over its words, of
    `sentence` units. The GRU is "learnt" with the rest, or it is "skip": learnt before, to predict the steps before and
    after each, and frozen, see `vse.training.skip_instructions`. `parts` says which of the two lists the tower reads.
    At most `max_lines` lines of a list and `max_words` words of a line count. Each step of training leaves out a share
    of the words, `word_dropout`.
    """

    word_dim: int = 96
    sentence: int = 128
    hidden: int = 192
    parts: str = "both"
    instructions: str = "learnt"
    max_lines: int = 24
    max_words: int = 24
    word_dropout: float = 0.05

    def __post_init__(self) -> None:
        one_of("parts", self.parts, PARTS)
        one_of("instructions", self.instructions, INSTRUCTIONS)
        within(1, 65_536, word_dim=self.word_dim, sentence=self.sentence, hidden=self.hidden)
        within(1, 1000, max_lines=self.max_lines, max_words=self.max_words)
        within(0, 1, word_dropout=self.word_dropout)
