"""The app as people start it: a process of its own, on a free port, with a tiny model."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from vse.data import Collection

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Served:
    """Where the app answers, what it shows, and what it writes on standard error."""

    address: str
    collection: Collection
    log: Path

    @property
    def uploads(self) -> Path:
        """The folder that holds the folder of what visitors bring."""
        return self.log.parent / "uploads"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(folder: Path) -> dict[str, str]:
    """Of a process that keeps its caches and uploads below `folder`."""
    return {**os.environ, "VSE_CACHE": str(folder / "cache"), "GRADIO_TEMP_DIR": str(folder / "uploads")}


@contextmanager
def running(arguments: Sequence[str], folder: Path) -> Iterator[str]:
    """The address of an app that is ready; stopped afterwards."""
    port = free_port()
    command = [sys.executable, str(ROOT / "app.py"), "--port", str(port), *arguments]
    log = folder / "app.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            command, cwd=folder, env=environment(folder), stdout=subprocess.PIPE, stderr=errors, text=True
        )
        with process:
            try:
                assert process.stdout is not None
                if not any(line.startswith("Ready") for line in process.stdout):
                    pytest.fail(f"The app stopped before it was ready: {log.read_text()}")
                yield f"http://127.0.0.1:{port}/"
            finally:
                process.terminate()
