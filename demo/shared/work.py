"""What is computed once, in a thread of its own, for every visitor, and only read afterwards."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from typing import Any, Generic, TypeVar

from vse.errors import VSEError

from .jobs import Report

T = TypeVar("T")
UNEXPECTED = "This could not be computed; the server's log says why."

_log = logging.getLogger(__name__)


class Work(Generic[T]):
    """One result; `status` is a few words about what is being done, `done` the share of it, or None where unknown."""

    def __init__(self, make: Callable[[Report], T]) -> None:
        self.status = ""
        self.done: float | None = None
        self._make = make
        self._result: Future[T] = Future()
        threading.Thread(target=self._run, daemon=True).start()

    def is_ready(self, wait: float = 0.0) -> bool:
        """Whether it has ended, well or not, after at most `wait` seconds."""
        with suppress(FutureTimeoutError):
            self._result.exception(wait)
            return True
        return False

    def value(self) -> T | None:
        """The result, as far as it is there now."""
        return self._result.result() if self.is_ready() and not self._result.exception() else None

    def result(self) -> T:
        """The result, waited for.

        Raises:
            VSEError: what went wrong.
        """
        return self._result.result()

    def problem(self) -> str:
        """What went wrong, in a sentence; empty where nothing did so far."""
        error = self._result.exception() if self.is_ready() else None
        if error is None:
            return ""
        return str(error) if isinstance(error, VSEError) else UNEXPECTED

    def _run(self) -> None:
        try:
            self._result.set_result(self._make(self._report))
        except BaseException as error:  # whoever asks for the result gets it
            if not isinstance(error, VSEError):
                _log.exception("A computation failed")
            self._result.set_exception(error)

    def _report(self, status: str, done: int, total: int) -> None:
        self.status, self.done = status, done / total if total else None


class Works:
    """The works of all visitors, by what they are of."""

    def __init__(self) -> None:
        self._works: dict[Hashable, Work[Any]] = {}
        self._lock = threading.Lock()

    def known(self, key: Hashable) -> Work[Any] | None:
        """The work of that key, where it was begun."""
        return self._works.get(key)

    def begin(self, key: Hashable, make: Callable[[Report], T], again: bool = False) -> Work[T]:
        """The work of that key, begun where nobody did before; with `again` also where it has failed."""
        with self._lock:
            work = self._works.get(key)
            if work is None or (again and work.problem()):
                work = self._works[key] = Work(make)
            return work
