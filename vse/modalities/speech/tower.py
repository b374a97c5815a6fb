"""The speech tower: convolutions and a GRU over a spectrogram, into the joint space (Merkx, Frank & Ernestus 2019)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, gelu, normalize
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from vse.modalities.speech.config import SpeechConfig

_KERNEL, STRIDE = 5, 2
_NARROW = 128  # the width through which words are named


class SpeechTower(nn.Module):
    """Spectrograms -> convolutions -> GRU -> attention over its states -> affine map -> unit vector.

    Inputs are frames (N, T, bands) float32, padded with 0, and how many of each there are, (N,) int64. What is padded
    changes nothing. A second head names the words in their order (CTC, Graves et al. 2006). Where there is a text tower
    beside this one, it may read what was named, as likely as each word is, see `likely_words`.

    Args:
        words: that the second head names.
    """

    def __init__(self, config: SpeechConfig, dim: int, words: Sequence[str] = ()) -> None:
        super().__init__()
        self.config, self.words = config, tuple(words)
        widths = (config.bands, *config.channels)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(inner, outer, _KERNEL, stride=STRIDE, padding=_KERNEL // 2) for inner, outer in pairwise(widths)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(width) for width in config.channels)
        between = config.dropout if config.layers > 1 else 0.0
        self.recurrent = nn.GRU(
            widths[-1], config.hidden, config.layers, batch_first=True, bidirectional=True, dropout=between
        )
        self.attention = nn.Linear(2 * config.hidden, 1)
        self.affine = nn.Linear(2 * config.hidden, dim)
        # 0 stands for no word
        self.naming = nn.Sequential(nn.Linear(2 * config.hidden, _NARROW), nn.Linear(_NARROW, 1 + len(words)))

    def states(self, inputs: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """-> (N, T', 2 * hidden), the states of the GRU, and (N,) how many there are of each: T halved three times."""
        x, lengths = inputs
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            x = convolution(x.transpose(1, 2)).transpose(1, 2)
            lengths = (lengths - 1) // STRIDE + 1
            there = torch.arange(x.shape[1], device=x.device) < lengths[:, None]
            x = gelu(norm(x)) * there[..., None]
        x = dropout(x, self.config.dropout, self.training)
        packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.recurrent(packed)[0], batch_first=True)
        return states, lengths

    def pooled(self, states: Tensor, lengths: Tensor) -> Tensor:
        """-> (N, 2 * hidden): the mean of the states, each weighed by the attention that it asks for."""
        weights = self.attention(states)[..., 0].float()
        there = torch.arange(states.shape[1], device=states.device) < lengths[:, None]
        weights = weights.masked_fill(~there, -torch.inf).softmax(dim=1)
        return (weights[..., None] * states).sum(dim=1)

    def features(self, inputs: tuple[Tensor, Tensor]) -> Tensor:
        """-> (N, 2 * hidden)."""
        return self.pooled(*self.states(inputs))

    def embed(self, features: Tensor) -> Tensor:
        """(N, 2 * hidden) -> (N, dim) unit rows."""
        return normalize(self.affine(features), dim=-1)

    def named(self, states: Tensor, lengths: Tensor) -> list[tuple[str, ...]]:
        """The words that were likeliest at each state, those alike beside each other once."""
        best = self.naming(states).argmax(dim=-1)
        found = []
        for row, length in zip(best, lengths.tolist(), strict=True):
            distinct = torch.unique_consecutive(row[:length]).tolist()
            found.append(tuple(self.words[id - 1] for id in distinct if id))
        return found

    def likely_words(self, states: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """-> (N, L, W) how likely each of `words` was at each place of a sentence, rows that sum to 1, and (N,) how
        many places there are. A place is a run of states at which the same word is the likeliest.

        A recording without a word has one place, of zeros.
        """
        likely = self.naming(states).float().softmax(dim=-1)
        best = likely.detach().argmax(dim=-1)
        best = best.masked_fill(torch.arange(best.shape[1], device=best.device) >= lengths[:, None].to(best.device), 0)
        before = torch.cat([torch.zeros_like(best[:, :1]), best[:, :-1]], dim=1)
        places = ((best != 0) & (best != before)).cumsum(dim=1)
        counts = places[:, -1]
        longest = max(1, int(counts.max()))
        rows, at = (best != 0).nonzero(as_tuple=True)
        flat = likely.new_zeros(len(best) * longest, likely.shape[-1] - 1)
        flat = flat.index_add(0, rows * longest + places[rows, at] - 1, likely[rows, at, 1:])
        found = flat.view(len(best), longest, -1)
        return found / found.sum(dim=-1, keepdim=True).clamp(min=1e-6), counts.clamp(min=1)

    def forward(self, inputs: tuple[Tensor, Tensor]) -> Tensor:
        return self.embed(self.features(inputs))
