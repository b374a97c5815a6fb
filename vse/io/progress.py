"""Work done in pieces: lists of a size, and who is told how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
Progress = Callable[[int, int], None]  # (done, of so many; 0 when unknown)


def batched(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` values, the last one shorter."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch
