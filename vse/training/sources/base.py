"""What every source of training batches gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor


@dataclass
class Batch:
    """One step's tensors; B pictures with K captions each."""

    images: Tensor  # (B, 3, S, S)
    ids: Tensor  # (B * K, L)
    lengths: Tensor  # (B * K,)
    truth: Tensor | None  # (B, B, K) bool
    operand_ids: Tensor | None  # (2 B, L): the minus words, then the plus words
    operand_lengths: Tensor | None
    partner: Tensor  # (B,)
    words: Tensor | None  # (B, V): which words the captions of each picture use


class Lessons(Protocol):
    """The batches of any epoch and step, from the seed alone, so that a resumed run draws the same.

    per_epoch: steps in an epoch. vocabulary: how many ids of words there are.
    """

    per_epoch: int
    vocabulary: int

    def order(self, epoch: int) -> np.ndarray:
        """Rows in the epoch's order; every `batch_size` of them are a batch."""

    def get(self, order: np.ndarray, epoch: int, step: int) -> Batch:
        """The batch of a step of the epoch with that order."""


def trimmed(ids: np.ndarray, lengths: np.ndarray) -> tuple[Tensor, Tensor]:
    """Word ids (..., L) and lengths (...) -> (N, longest) and (N,) int64."""
    flat = lengths.reshape(-1).astype(np.int64)
    kept = ids.reshape(len(flat), -1)[:, : flat.max()].astype(np.int64)
    return torch.from_numpy(kept), torch.from_numpy(flat)
