"""The text tower: word vectors through a recurrent network into the joint space."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, normalize
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from vse.modalities.text.config import TextConfig
from vse.modalities.text.vocabulary import UNKNOWN


class TextTower(nn.Module):
    """Words -> GRU or LSTM -> affine map of its states -> unit vector: (N, L) int64 ids -> (N, dim).

    The sentence is the last state, or with the pooling "mean" the mean of the states at all words.
    """

    def __init__(self, config: TextConfig, vocabulary_size: int, dim: int) -> None:
        super().__init__()
        self.word_dropout = config.word_dropout
        self.embedding_dropout = config.embedding_dropout
        self.pooling = config.pooling
        self.embedding = nn.Embedding(vocabulary_size, config.word_dim, padding_idx=0)
        cell = nn.GRU if config.cell == "gru" else nn.LSTM
        self.recurrent = cell(config.word_dim, config.hidden, batch_first=True, bidirectional=config.bidirectional)
        self.affine = nn.Linear(config.hidden * (2 if config.bidirectional else 1), dim)

    def features(self, inputs: tuple[Tensor, Tensor]) -> Tensor:
        """Ids (N, L) int64 padded with 0 and lengths (N,) -> (N, width): the pooled states."""
        ids, lengths = inputs
        if self.training and self.word_dropout:
            dropped = (torch.rand(ids.shape, device=ids.device) < self.word_dropout) & (ids != 0)
            ids = ids.masked_fill(dropped, UNKNOWN)
        words = dropout(self.embedding(ids), self.embedding_dropout, self.training)
        packed = pack_padded_sequence(words, lengths.cpu(), batch_first=True, enforce_sorted=False)
        states, state = self.recurrent(packed)
        if self.pooling == "mean":
            padded, counts = pad_packed_sequence(states, batch_first=True)
            return padded.sum(dim=1) / counts[:, None].to(padded)
        hidden = state[0] if isinstance(state, tuple) else state
        return torch.cat(tuple(hidden), dim=-1)

    def embed(self, features: Tensor) -> Tensor:
        """(N, width) -> (N, dim) unit rows."""
        return normalize(self.affine(features), dim=-1)

    def forward(self, inputs: tuple[Tensor, Tensor]) -> Tensor:
        return self.embed(self.features(inputs))
