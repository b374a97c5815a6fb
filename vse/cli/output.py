"""What a command prints, wherever it goes: a terminal of another encoding, a pipe whose reader leaves, a full disk."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from typing import Any, TextIO


class _Steady:
    """A stream whose reader may leave, as `head` does: what is printed then goes nowhere, and the work goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with self._unheard():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with self._unheard():
            self._stream.flush()

    @contextmanager
    def _unheard(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            # What waits in the buffer would fail again when the interpreter ends, and be reported in several lines.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
            if not isinstance(error, BrokenPipeError):
                raise


@contextmanager
def steady_output() -> Iterator[None]:
    """Print as `_Steady` does; characters that a terminal's encoding lacks are written as escapes."""
    streams: tuple[Any, ...] = (sys.stdout, sys.stderr)
    for stream in streams:
        with suppress(AttributeError):  # none, or one that a program put in its place
            stream.reconfigure(errors="backslashreplace")
    with redirect_stdout(_Steady(sys.stdout)):
        try:
            yield
        finally:
            with suppress(OSError):
                sys.stdout.flush()


@contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    """Whoever ends the program, half-written files are removed as after Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
