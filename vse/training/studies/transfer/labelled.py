"""Labelled photographs in two halves: what a probe learns from, and what it is measured on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection as Some
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vse.data import Collection
from vse.data.labels import Labels
from vse.errors import CollectionError

TEST = "test"


@dataclass(frozen=True)
class Labelled:
    """Photographs with a label each."""

    collection: Collection
    names: tuple[str, ...]  # of the labels, sorted
    of: np.ndarray  # (N,) int64: which label each photograph has
    is_test: np.ndarray  # (N,) bool

    @property
    def name(self) -> str:
        return self.collection.name

    @cached_property
    def train(self) -> np.ndarray:
        """The rows to learn from."""
        return np.flatnonzero(~self.is_test)

    @cached_property
    def test(self) -> np.ndarray:
        """The rows to measure on."""
        return np.flatnonzero(self.is_test)

    def about(self) -> dict[str, str | int]:
        """What a table says of it."""
        return {"name": self.name, "labels": len(self.names), "train": len(self.train), "test": len(self.test)}


def labelled(collection: Collection, least: int = 2, only: Some[str] = (), most: int = 0) -> Labelled:
    """The photographs of labels that have enough of them, in the halves of the reader, or in the splits of the folder.

    Args:
        least: photographs that a label must have in each half.
        only: these labels alone; all where none is named.
        most: labels, those with the most photographs first, and of as many the first by name; 0 for all.

    Raises:
        CollectionError: when the photographs have no labels, one of `only` is none of them, or fewer than two labels
            have enough.
    """
    if not isinstance(collection.annotations, Labels):
        raise CollectionError(f"{collection.name} has no labels; give a folder with labels.tsv.")
    names = np.array(collection.annotations.of_pictures)
    in_test = np.array([item.split == TEST for item in collection.items])
    if unknown := sorted(set(only) - set(names.tolist())):
        raise CollectionError(f"{collection.name} has no label {', '.join(unknown)}; see its labels.tsv.")
    halves = [Counter(names[rows].tolist()) for rows in (~in_test, in_test)]
    kept = sorted(name for name in set(only or names.tolist()) if min(half[name] for half in halves) >= least)
    if most:
        kept = sorted(sorted(kept, key=lambda name: (-sum(half[name] for half in halves), name))[:most])
    if len(kept) < 2:
        raise CollectionError(
            f"{collection.name} has {len(kept)} labels with {least} photographs to learn from and {least} to measure "
            "on; two are needed: give more photographs, or fewer as the least."
        )
    rows = np.flatnonzero(np.isin(names, kept))
    part = collection.of_rows(rows.tolist())
    return Labelled(part, tuple(kept), np.searchsorted(kept, names[rows]), in_test[rows])
