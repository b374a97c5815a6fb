"""The settings of all methods, named as gensim names them, and as the papers do where gensim has none."""

from __future__ import annotations

from dataclasses import dataclass

from vse.io.configs import one_of, within

MODES = ("dm", "dbow", "both")


@dataclass(frozen=True)
class Settings:
    """How vectors are learnt; a method passes over what it has no use for.

    vector_size: numbers a vector has. window: how many words before and behind a word are its context. min_count: how
    often a word must come. epochs: passes over the corpus. negative: negatives that are drawn for each pair; they are
    drawn by frequency to the power of ns_exponent. sample: from which share of the corpus on a word is left out at
    random, the more often the more frequent it is. alpha: the learning rate at the beginning.
    min_n, max_n, bucket: letters of fastText's n-grams, and how many hashes they have.
    x_max, glove_alpha: beyond how many co-occurrences GloVe's weight is 1, and the power below that.
    mode: doc2vec's, PV-DM, PV-DBOW or both one behind the other.
    p, q: node2vec's, the larger the less often a walk returns, and the less it goes far; num_walks from each node of
    walk_length nodes each.
    """

    vector_size: int = 64
    window: int = 5
    min_count: int = 1
    epochs: int = 10
    negative: int = 5
    ns_exponent: float = 0.75
    sample: float = 1e-3
    alpha: float = 0.025
    seed: int = 0
    min_n: int = 3
    max_n: int = 6
    bucket: int = 20_000
    x_max: float = 100.0
    glove_alpha: float = 0.75
    mode: str = "both"
    p: float = 1.0
    q: float = 1.0
    num_walks: int = 20
    walk_length: int = 40

    def __post_init__(self) -> None:
        one_of("mode", self.mode, MODES)
        within(1, 65_536, vector_size=self.vector_size, window=self.window, epochs=self.epochs, min_n=self.min_n)
        within(self.min_n, 65_536, max_n=self.max_n)
        within(1, 1_000_000_000, min_count=self.min_count, bucket=self.bucket)
        within(1, 1_000_000, negative=self.negative, num_walks=self.num_walks, walk_length=self.walk_length)
        within(0, 1, sample=self.sample)
        within(1e-9, 1e9, alpha=self.alpha, x_max=self.x_max, p=self.p, q=self.q)
        within(-10, 10, ns_exponent=self.ns_exponent, glove_alpha=self.glove_alpha)
        within(0, 2**32 - 1, seed=self.seed)
