"""Work done in pieces: lists of a size, and who is told how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
Progress = Callable[[int, int], None]  # (done, of so many; 0 when unknown)


def batched(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` values, the last one shorter."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch


@contextmanager
def progress_bar(title: str, unit: str) -> Iterator[Progress]:
    """What to give to the work; the bar goes away when the work ends."""
    from tqdm import tqdm

    with tqdm(desc=title, unit=unit, leave=False) as bar:

        def tell(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield tell
