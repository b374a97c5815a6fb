"""Work done in pieces: lists of a size, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")
Progress = Callable[[int, int], None]  # (done, of so many; 0 when unknown)
Shows = Callable[[str], AbstractContextManager[Progress | None]]  # a step's title -> its progress while it is open


def batched(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` values, the last one shorter."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch


class Bar:
    """How far some work is, as a bar on stderr: itself the `Progress` to give to the work.

    Nothing is shown before the work first says how far it is, which may be from where it broke off.
    """

    def __init__(self, title: str, unit: str) -> None:
        self.title, self.unit = title, unit
        self.done = self.total = 0
        self._bar: Any = None

    def __call__(self, done: int, total: int, title: str | None = None) -> None:
        """`title`, where it is another than before, begins a bar of its own."""
        from tqdm import tqdm

        if title not in (None, self.title):
            self.close()
            self.title = title
        self.done, self.total = done, total
        if self._bar is None:
            of_bytes = self.unit == "B"
            self._bar = tqdm(
                desc=self.title, total=total or None, initial=done, unit=self.unit, unit_scale=of_bytes, leave=False
            )
        self._bar.total = total or None
        self._bar.update(done - self._bar.n)
        if done == total:  # between two updates that tqdm draws, the end would not be seen
            self._bar.refresh()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
        self._bar = None


@contextmanager
def progress_bar(title: str, unit: str) -> Iterator[Bar]:
    """A bar that goes away when the work ends; of bytes where `unit` is "B"."""
    bar = Bar(title, unit)
    try:
        yield bar
    finally:
        bar.close()


@contextmanager
def silent(_: str) -> Iterator[None]:
    """For work in steps that nobody watches."""
    yield None
