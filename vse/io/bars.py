"""A progress bar in the terminal for work that tells how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vse.io.progress import Progress


@contextmanager
def progress_bar(title: str, unit: str) -> Iterator[Progress]:
    """What to give to the work; the bar goes away when the work ends."""
    from tqdm import tqdm

    with tqdm(desc=title, unit=unit, leave=False) as bar:

        def tell(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield tell
