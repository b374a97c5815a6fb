"""The text tower: word vectors through a recurrent network into the joint space."""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, normalize
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from vse.modalities.text.characters import READERS
from vse.modalities.text.config import TextConfig
from vse.modalities.text.spelling import inflected, misspelt, scrambled, spelled
from vse.modalities.text.vocabulary import UNKNOWN

_SPECIAL = UNKNOWN + 1  # ids of padding and of the unknown word, which have no letters


class TextTower(nn.Module):
    """Words -> GRU or LSTM -> affine map of its states -> unit vector.

    Inputs are ids (N, L) int64 padded with 0 and lengths (N,), and letters (U, M) where words are to be read by them:
    an id that is no row of the embedding counts on into the rows of `letters`. The sentence is the last state, or with
    the pooling "mean" the mean of the states at all words.

    A tower that reads letters needs the words themselves in order to learn, and only then, see `learn_letters_of`.
    """

    def __init__(self, config: TextConfig, vocabulary_size: int, dim: int) -> None:
        super().__init__()
        self.config = config
        self.pooling = config.pooling
        known = _SPECIAL if config.tower == "characters" else vocabulary_size
        self.embedding = nn.Embedding(known, config.word_dim, padding_idx=0)
        self.reader = None if config.tower == "words" else READERS[config.letters](config.word_dim, config.filters)
        cell = nn.GRU if config.cell == "gru" else nn.LSTM
        self.recurrent = cell(config.word_dim, config.hidden, batch_first=True, bidirectional=config.bidirectional)
        self.affine = nn.Linear(config.hidden * (2 if config.bidirectional else 1), dim)
        self.learn_letters_of(())

    def learn_letters_of(self, words: Sequence[str]) -> None:
        """Take the words of the vocabulary by their ids."""
        self.words, self._known = tuple(words), frozenset(words)

    def features(self, inputs: tuple[Tensor, ...]) -> Tensor:
        """-> (N, width): the pooled states."""
        ids, lengths, *letters = inputs
        if self.reader is not None and not letters and self.words:
            ids, *letters = self.by_letters(ids)
        if self.training and self.config.word_dropout:
            dropped = (torch.rand(ids.shape, device=ids.device) < self.config.word_dropout) & (ids != 0)
            ids = ids.masked_fill(dropped, UNKNOWN)
        return self.read(dropout(self.vectors(ids, *letters), self.config.embedding_dropout, self.training), lengths)

    def read(self, words: Tensor, lengths: Tensor) -> Tensor:
        """Vectors of words (N, L, word_dim) and how many there are of each sentence (N,) -> (N, width)."""
        packed = pack_padded_sequence(words, lengths.cpu(), batch_first=True, enforce_sorted=False)
        states, state = self.recurrent(packed)
        if self.pooling == "mean":
            padded, counts = pad_packed_sequence(states, batch_first=True)
            return padded.sum(dim=1) / counts[:, None].to(padded)
        hidden = state[0] if isinstance(state, tuple) else state
        return torch.cat(tuple(hidden), dim=-1)

    def vectors(self, ids: Tensor, letters: Tensor | None = None) -> Tensor:
        """Ids (N, L) -> (N, L, word_dim): of the embedding, and of the letters (U, M) for ids behind its rows."""
        if letters is None or self.reader is None or not len(letters):
            return self.embedding(ids)
        known = self.embedding.num_embeddings
        found = self.reader(letters)
        at = (ids - known).clamp(min=0)
        return torch.where((ids < known)[..., None], self.embedding(ids.clamp(max=known - 1)), found[at])

    def by_letters(self, ids: Tensor) -> tuple[Tensor, ...]:
        """Ids of the vocabulary -> ids (N, L) that count on into letters (U, M), and the letters.

        Of a "mixed" tower only a share is read so, and only while it learns. While a tower learns some words are
        written otherwise, and some are scrambled, as others are dropped: what means nothing is to be passed over.
        """
        config, known = self.config, self.embedding.num_embeddings
        chosen = ids >= _SPECIAL
        if config.tower == "mixed":
            share = config.spelled if self.training else 0.0
            chosen &= torch.rand(ids.shape, device=ids.device) < share
        places = chosen.nonzero(as_tuple=True)
        texts = [self.words[id] for id in ids[places].tolist()]
        if self.training:
            rng = random.Random(int(torch.randint(2**31, ()).item()))
            texts = [self._written(text, rng) for text in texts]
        row_of = {text: row for row, text in enumerate(dict.fromkeys(texts))}
        rows = torch.tensor([known + row_of[text] for text in texts], dtype=ids.dtype, device=ids.device)
        letters = torch.from_numpy(spelled(list(row_of))).to(ids.device)
        return ids.index_put(places, rows), letters

    def _written(self, word: str, rng: random.Random) -> str:
        config, chance = self.config, rng.random()
        if chance < config.slips:
            written = misspelt(word, rng)
        elif chance < config.slips + config.forms:
            written = inflected(word, rng)
        else:
            written = scrambled(word, rng) if rng.random() < config.word_dropout else word
        return word if written in self._known else written

    def embed(self, features: Tensor) -> Tensor:
        """(N, width) -> (N, dim) unit rows."""
        return normalize(self.affine(features), dim=-1)

    def forward(self, inputs: tuple[Tensor, ...]) -> Tensor:
        return self.embed(self.features(inputs))
