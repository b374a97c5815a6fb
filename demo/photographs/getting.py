"""Photographs for those who have none at hand: fetched once for all visitors, in the background, and then opened."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vse.data.open_photographs import ADDRESS, get_photographs
from vse.data.readers.items_jsonl import ITEMS
from vse.io.paths import cache_folder
from vse.io.progress import Progress

from ..shared.jobs import Job, Report

SETTING = "VSE_PHOTOGRAPHS"  # an environment variable: 1 fetches them when the app starts
TITLE, SIZE = "Get 862 photographs to try it with", "130 MB"
THERE = "Open the photographs that were fetched"
GOES_ON = "What came is kept: the next try goes on from there."
_MB = 1_000_000


class Getting:
    """The folder of the photographs in the cache, and fetching it.

    Args:
        opened: opens a folder once it is whole.
        address: the server.
    """

    def __init__(self, opened: Callable[[Path], object], address: str = ADDRESS) -> None:
        self.address = address
        self.job: Job[Path] | None = None
        self._opened, self._lock = opened, threading.Lock()

    @property
    def folder(self) -> Path:
        return cache_folder() / "photographs"

    @property
    def is_there(self) -> bool:
        """Whether they were fetched before."""
        return (self.folder / ITEMS).is_file()

    @property
    def is_working(self) -> bool:
        return self.job is not None and not self.job.is_ready()

    def start(self) -> Job[Path]:
        """Begin, or go on where a try before ended; whoever asks meanwhile joins."""
        with self._lock:
            if self.job is None or self.job.is_ready():
                self.job = Job(self._get, "Fetching photographs", f"Fetching photographs was cancelled. {GOES_ON}")
            return self.job.start()

    def cancel(self) -> None:
        if self.job is not None:
            self.job.cancel()

    def _get(self, report: Report) -> Path:
        @contextmanager
        def shows(step: str) -> Iterator[Progress]:
            def progress(done: int, total: int) -> None:
                if step == "captions":
                    report(f"Fetching the captions: {done / _MB:,.1f} MB", 0, 0)
                else:
                    report(f"Fetching photographs: {done:,} of {total:,}", done, total)

            yield progress

        if not self.is_there:
            get_photographs(self.folder, shows, self.address)
        self._opened(self.folder)
        return self.folder
