"""What may be known of a collection besides which caption was written for which picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np


class Annotations(Protocol):
    """Facts about the items of a collection; rows of a modality are its inputs in the order of the items."""

    def relevance(self, query: str, candidate: str) -> np.ndarray | None:
        """(Q, C) bool: which inputs of a modality answer which of another; None where that is not known."""

    def held_out(self, modality: str) -> np.ndarray | None:
        """(N,) bool: the inputs that show what was kept out of training; None where that is not known."""

    def facets(self) -> dict[str, list[str]]:
        """Name -> one value an item; any number of values."""

    def subset(self, rows: Mapping[str, Sequence[int] | np.ndarray]) -> Annotations:
        """Of some rows only, by modality."""
