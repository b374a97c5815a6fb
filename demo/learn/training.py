"""Runs that visitors began: one at a time, each in a process of its own, in the order in which they came."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
import time
from typing import Any

from vse.errors import TrainingError
from vse.training.films.settings import FilmSettings

from . import worker

SETTING = "VSE_LIVE_TRAINING"  # an environment variable: 0 trains nothing for visitors, who see what is recorded
LIMIT = 120.0  # seconds that a run may take
PATIENCE = 20.0  # seconds after which a run ends whose page asks no more
MOST = 20  # runs that wait
OFF = "This server trains nothing for visitors: the recorded runs play all the same."
FULL = "Too many runs are waiting: play a recorded one, and try again in a minute."
TOO_LONG = "The run was ended after two minutes: choose fewer epochs or larger batches."
FAILED = "The run ended before it was done; the server's log says why."
_LOOK = 0.2  # seconds between two looks at a process

_log = logging.getLogger(__name__)


class Run:
    """A visitor's run: what has come of it so far.

    frames: of each epoch, from before the first on. film: the whole, once it is done. problem: why it ended otherwise.
    """

    def __init__(self, owner: str | None, settings: FilmSettings) -> None:
        self.owner, self.settings = owner, settings
        self.frames: list[dict[str, Any]] = []
        self.film: dict[str, Any] | None = None
        self.problem = ""
        self.stopped, self.ended = threading.Event(), threading.Event()
        self.seen = time.monotonic()  # when its page last asked for news

    def stop(self) -> None:
        """End it at the next look."""
        self.stopped.set()

    @property
    def is_left(self) -> bool:
        """Whether nobody waits for it any more."""
        return self.stopped.is_set() or time.monotonic() - self.seen > PATIENCE


class Queue:
    """The runs of all visitors. A visitor has one: a new one takes the place of the last."""

    def __init__(self) -> None:
        self._waiting: list[Run] = []
        self._running: Run | None = None
        self._lock = threading.Lock()

    def begin(self, owner: str | None, settings: FilmSettings) -> Run:
        """Put a run in the queue.

        Raises:
            TrainingError: where runs are turned off, or too many wait.
        """
        if os.environ.get(SETTING, "1") in ("", "0"):
            raise TrainingError(OFF)
        self.stop(owner)
        run = Run(owner, settings)
        with self._lock:
            self._drop_left()
            if len(self._waiting) >= MOST:
                raise TrainingError(FULL)
            self._waiting.append(run)
        self._next()
        return run

    def place(self, run: Run) -> int:
        """How many come before it; 0 for one that runs or has ended. Asking is what keeps a run alive."""
        run.seen = time.monotonic()
        with self._lock:
            self._drop_left()
            return self._waiting.index(run) + 1 if run in self._waiting else 0

    def stop(self, owner: str | None) -> None:
        """End the run of a visitor, whether it waits or is under way."""
        with self._lock:
            own = [each for each in (*self._waiting, self._running) if each is not None and each.owner == owner]
            for each in own:
                each.stop()
            self._drop_left()

    def _drop_left(self) -> None:
        for each in self._waiting:
            if each.is_left:
                each.ended.set()
        self._waiting = [each for each in self._waiting if not each.is_left]

    def _next(self) -> None:
        with self._lock:
            self._drop_left()
            if self._running is None and self._waiting:
                self._running = self._waiting.pop(0)
                threading.Thread(target=self._supervise, args=(self._running,), daemon=True).start()

    def _supervise(self, run: Run) -> None:
        try:
            _carry_out(run)
        except Exception:
            _log.exception("A run failed")
            run.problem = FAILED
        finally:
            run.ended.set()
            with self._lock:
                self._running = None
            self._next()


def _carry_out(run: Run) -> None:
    """Start the process, take what it sends, and end it when it is done, stopped, left or too slow."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=worker.train, args=(run.settings, theirs), daemon=True, name="a visitor's run")
    process.start()
    theirs.close()
    until = time.monotonic() + LIMIT
    try:
        while run.film is None and not run.problem and not run.is_left:
            if time.monotonic() > until:
                run.problem = TOO_LONG
            elif ours.poll(_LOOK):
                _take(run, ours.recv())
    except EOFError:
        run.problem = FAILED
    finally:
        process.kill()
        process.join()
        ours.close()


def _take(run: Run, message: dict[str, Any]) -> None:
    if "frame" in message:
        run.frames.append(message["frame"])
    else:
        run.film, run.problem = message.get("film"), message.get("problem", "")
