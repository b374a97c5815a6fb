"""Word vectors from letters: a convolutional net after Kim et al. 2016, and a recurrent one."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import relu
from torch.nn.utils.rnn import pack_padded_sequence

from vse.modalities.text.spelling import SYMBOLS

LETTER_DIM = 24


class Highway(nn.Module):
    """(N, D) -> (N, D): of each number a share is carried over as it is (Srivastava et al. 2015)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.new = nn.Linear(width, width)
        self.gate = nn.Linear(width, width)
        nn.init.constant_(self.gate.bias, -2.0)  # at first most is carried, as Kim et al. begin

    def forward(self, rows: Tensor) -> Tensor:
        share = torch.sigmoid(self.gate(rows))
        return share * relu(self.new(rows)) + (1 - share) * rows


class CharacterCNN(nn.Module):
    """Letters (N, M) -> (N, dim): filters of several widths, the maximum of each over the word, a highway layer.

    Kim et al. 2016, "Character-Aware Neural Language Models", section 3.2, over bytes.
    """

    WIDTHS = (1, 2, 3, 4, 5)

    def __init__(self, dim: int, filters: int) -> None:
        super().__init__()
        self.letters = nn.Embedding(SYMBOLS, LETTER_DIM, padding_idx=0)
        each = max(1, filters // sum(self.WIDTHS))
        self.convolutions = nn.ModuleList(nn.Conv1d(LETTER_DIM, each * width, width) for width in self.WIDTHS)
        self.highway = Highway(each * sum(self.WIDTHS))
        self.affine = nn.Linear(each * sum(self.WIDTHS), dim)

    def forward(self, letters: Tensor) -> Tensor:
        columns, lengths = self.letters(letters).transpose(1, 2), (letters > 0).sum(dim=1)
        found = []
        for width, convolution in zip(self.WIDTHS, self.convolutions, strict=True):
            values = convolution(columns)
            behind = torch.arange(values.shape[2], device=letters.device) > (lengths - width).clamp(min=0)[:, None]
            found.append(values.masked_fill(behind[:, None], -torch.inf).amax(dim=2))
        return self.affine(self.highway(torch.tanh(torch.cat(found, dim=1))))


class CharacterGRU(nn.Module):
    """Letters (N, M) -> (N, dim): a GRU reads them both ways, and its last states are mapped (Ling et al. 2015)."""

    def __init__(self, dim: int, filters: int) -> None:
        super().__init__()
        self.letters = nn.Embedding(SYMBOLS, LETTER_DIM, padding_idx=0)
        self.recurrent = nn.GRU(LETTER_DIM, max(1, filters // 2), batch_first=True, bidirectional=True)
        self.affine = nn.Linear(2 * max(1, filters // 2), dim)

    def forward(self, letters: Tensor) -> Tensor:
        packed = pack_padded_sequence(
            self.letters(letters), (letters > 0).sum(dim=1).cpu(), batch_first=True, enforce_sorted=False
        )
        return self.affine(torch.cat(tuple(self.recurrent(packed)[1]), dim=1))


READERS = {"cnn": CharacterCNN, "gru": CharacterGRU}
