"""What every source of training batches gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from vse.errors import TrainingError

Inputs = Any  # what a tower takes: a tensor (N, ...), or a tuple of such


@dataclass
class Batch:
    """One step's tensors for one process; B items with K inputs of a modality each, an item's own beside each other.

    Of the B items `items`, the first, are the process's own, which its towers read: all, unless several train.
    inputs: by modality, items * K of them. relevant: by pair of modalities (B, B, K) bool: input k of item j in the
    second is true of item i in the first, and so no negative for it; where there is none, an item's own are.
    targets: by name (B, ...), what an objective needs. operands: by modality, 2 * items inputs: what arithmetic takes
    away from each item, then what it adds. texts: captions of things that no other input is of, as many of a thing as
    the items have.
    """

    items: int
    inputs: dict[str, Inputs]
    relevant: dict[tuple[str, str], Tensor] = field(default_factory=dict)
    targets: dict[str, Tensor] = field(default_factory=dict)
    operands: dict[str, Inputs] = field(default_factory=dict)
    texts: Inputs | None = None

    def to(self, device: torch.device) -> Batch:
        """The same on another device."""

        def moved(values: dict[Any, Any]) -> dict[Any, Any]:
            return {name: tuple(each.to(device) for each in value) if isinstance(value, tuple) else value.to(device)
                    for name, value in values.items()}  # fmt: skip

        return Batch(
            self.items,
            moved(self.inputs),
            moved(self.relevant),
            moved(self.targets),
            moved(self.operands),
            None if self.texts is None else moved({"text": self.texts})["text"],
        )


class BatchSource(Protocol):
    """The batches of any epoch and step, from the seed alone, so that a resumed run draws the same.

    widths: the targets that it can give, and how wide each is.
    """

    steps_per_epoch: int
    widths: dict[str, int]

    def batch(self, epoch: int, step: int, rank: int = 0, world: int = 1) -> Batch:
        """The batch of a step, or for one of `world` processes: those items first that it is to read.

        Raises:
            TrainingError: when a batch has no equal parts for so many processes.
        """


def part(items: int, rank: int, world: int, unit: int = 1) -> slice:
    """Which of the items of a batch are for a process; every `unit` of them stay together.

    Raises:
        TrainingError: when there are no equal parts for so many processes.
    """
    size, left = divmod(items, world)
    if left or size % unit:
        raise TrainingError(f"A batch of {items} has no equal parts for {world} processes; choose another batch size.")
    return slice(rank * size, (rank + 1) * size)


def own_first(rows: np.ndarray, mine: slice) -> np.ndarray:
    """The rows of a batch (B, ...), in their order but for where it begins: at those of a process."""
    return np.roll(rows, -mine.start, axis=0)


def trimmed(ids: np.ndarray, lengths: np.ndarray) -> tuple[Tensor, Tensor]:
    """Word ids (..., L) and lengths (...) -> (N, longest) and (N,) int64."""
    flat = lengths.reshape(-1).astype(np.int64)
    kept = ids.reshape(len(flat), -1)[:, : flat.max()].astype(np.int64)
    return torch.from_numpy(kept), torch.from_numpy(flat)


def words_used(ids: Tensor, vocabulary: int) -> Tensor:
    """(N, C, L) int64 word ids of C captions a picture, padded with 0 -> (N, V) float, 1 for a word that is used."""
    used = torch.zeros(len(ids), vocabulary).scatter_(1, ids.flatten(1), 1.0)
    used[:, 0] = 0
    return used
