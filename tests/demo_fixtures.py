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

from demo.shared.starters import SCENE_TEXTS
from tests.conftest import tiny_checkpoint
from vse.data import Collection, load_collection

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


@pytest.fixture(scope="session")
def served(scenes_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app with 30 scenes and two tiny models that know their words, started once; "other" stands for the CLIP."""
    from vse.encoders.vse.checkpoint import save_checkpoint

    folder = tmp_path_factory.mktemp("app")
    collection = load_collection(scenes_folder)
    save_checkpoint(folder / "tiny", tiny_checkpoint(texts=[*collection.captions, *SCENE_TEXTS]))
    save_checkpoint(folder / "other", tiny_checkpoint(1, texts=[*collection.captions, *SCENE_TEXTS]))
    arguments = ["--model", str(folder / "tiny"), "--clip", str(folder / "other"), "--collection", str(scenes_folder)]
    with running(arguments, folder) as address:
        yield Served(address, collection, folder / "app.log")
