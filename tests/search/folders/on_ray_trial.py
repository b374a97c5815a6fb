"""Two nodes of Ray on this machine encode a folder, and are killed: a long trial, as it takes Ray and some minutes.

`python -m pytest tests/search/folders/on_ray_trial.py`, or with all the others `python -m tests.trials`.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import FakeEncoder
from tests.demo_fixtures import ROOT, free_port
from tests.photo_folders import write_jpeg
from vse.io.progress import progress_bar
from vse.search.folders import Store, index_photos
from vse.search.folders.on_ray import PART, OnRay

pytest.importorskip("ray")
COUNT, COPIES = 2000, 20  # more than PART files have one size, so copies may be encoded once more
HEAD, OTHER = "127.0.0.2", "127.0.0.3"
_READY_SECONDS = 120


class Counted(FakeEncoder):
    """Takes its time, and notes every photograph that it encoded in a file that all share."""

    def __init__(self, notes: Path, seconds: float) -> None:
        super().__init__()
        self.notes, self.seconds = notes, seconds

    def encode_images(self, images: object, progress: object = None) -> np.ndarray:
        images = list(images)  # type: ignore[call-overload]
        time.sleep(self.seconds * len(images))
        vectors = super().encode_images(images, progress)
        with self.notes.open("ab") as notes:
            notes.write(b"." * len(images))
        return vectors


class Cluster:
    """Two nodes of one processor each, a group of processes each."""

    def __init__(self, folder: Path) -> None:
        token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex()}
        cores = {"OMP_NUM_THREADS": "1", "RAY_USAGE_STATS_ENABLED": "0"}
        self.variables = {**os.environ, **token, **cores, "PYTHONPATH": str(ROOT)}
        self.folder, self.address = folder, f"{HEAD}:{free_port()}"
        self.nodes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, node: str) -> None:
        port = self.address.rpartition(":")[2]
        head = ["--head", "--port", port, "--include-dashboard", "false", "--temp-dir", str(self.folder)]
        command = [str(Path(sys.executable).parent / "ray"), "start", "--block", "--num-cpus", "1"]
        command += ["--node-ip-address", node, "--object-store-memory", "200000000"]
        command += head if node == HEAD else ["--address", self.address]
        log = self.folder / f"{node}.log"
        with log.open("wb") as out:
            self.nodes[node] = subprocess.Popen(
                command, env=self.variables, cwd=self.folder, stdout=out, stderr=out, start_new_session=True
            )
        wait(lambda: b"will now block" in log.read_bytes(), f"{node} to start")

    def kill(self, node: str) -> None:
        process = self.nodes.pop(node)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait(done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + _READY_SECONDS
    while not done():
        assert time.monotonic() < end, f"waited too long for {what}"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    import tempfile

    with tempfile.TemporaryDirectory(prefix="vse-ray-", dir="/tmp") as folder:  # its sockets need a short path
        made = Cluster(Path(folder))
        try:
            made.start(HEAD)
            made.start(OTHER)
            yield made
        finally:
            for node in list(made.nodes):
                made.kill(node)


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2,000 small JPEGs of their own, some with facts, and 20 copies; three files that are none."""
    folder = tmp_path_factory.mktemp("photographs")
    rng = np.random.default_rng(0)
    for number in range(COUNT):
        path = folder / f"{number // 500}" / f"p{number:04}.jpg"
        if number % 10 == 0:
            rgb = (number % 256, number // 256 * 30, 90)
            write_jpeg(path, rgb, taken=f"2021:07:{1 + number % 28:02} 10:00:00", camera=f"Camera {number}")
        else:
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(rng.integers(0, 256, (24, 32, 3), dtype=np.uint8)).save(path)
    for number in range(20):
        (folder / f"copy{number}.jpg").write_bytes((folder / f"0/p{number:04}.jpg").read_bytes())
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "text.jpg").write_bytes(b"Dear diary")
    (folder / "1/cut.jpg").write_bytes((folder / "1/p0501.jpg").read_bytes()[:200])
    return folder


@pytest.fixture(scope="module")
def plain(photographs: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """What the plain index keeps."""
    store = Store(tmp_path_factory.mktemp("plain"))
    report = index_photos(FakeEncoder(), photographs, store=store)
    assert (report.encoded, report.recognised, len(report.skipped)) == (COUNT, 20, 3)
    return kept(store.path)


def kept(path: Path) -> dict[str, dict]:
    """All that a cache keeps, by table."""
    with closing(sqlite3.connect(path)) as db:
        tables = ("files", "vectors", "facts", "thumbnails")
        by = {table: 2 if table == "vectors" else 1 for table in tables}
        return {
            table: {row[: by[table]]: row[by[table] :] for row in db.execute(f"SELECT * FROM {table}")}
            for table in tables
        }


def assert_same(found: dict[str, dict], plain: dict[str, dict]) -> None:
    ours, theirs = found.pop("vectors"), dict(plain)
    vectors = theirs.pop("vectors")
    assert found == theirs
    assert ours.keys() == vectors.keys()
    for key, (blob,) in vectors.items():
        np.testing.assert_allclose(
            np.frombuffer(ours[key][0], np.float16), np.frombuffer(blob, np.float16), atol=1e-3, rtol=0
        )


class Run:
    """A process that indexes the folder on the cluster."""

    def __init__(self, cluster: Cluster, photographs: Path, home: Path, seconds: float = 0.02) -> None:
        self.home, self.notes = home, home / "notes"
        self.notes.touch()
        command = [sys.executable, "-m", "tests.search.folders.on_ray_trial", cluster.address, str(photographs)]
        command += [str(home), str(seconds)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=cluster.variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    @property
    def encoded(self) -> int:
        return self.notes.stat().st_size

    def ended(self, code: int = 0) -> str:
        out, errors = self.process.communicate(timeout=400)
        assert self.process.returncode == code, errors
        return out + errors

    @property
    def store(self) -> Path:
        return Store(self.home).path


@contextmanager
def run(*arguments: object) -> Iterator[Run]:
    made = Run(*arguments)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
            made.process.wait()


def rows(path: Path) -> int:
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT count(*) FROM vectors").fetchone()[0]


def again(cluster: Cluster, photographs: Path, home: Path) -> str:
    with run(cluster, photographs, home, 0.0) as second:
        return second.ended()


def encoded(said: str) -> int:
    """What the report of a run says."""
    found = re.search(r"encoded=(\d+)", said)
    assert found, said
    return int(found[1])


def test_a_node_that_is_killed_costs_what_it_had_in_hand(cluster, photographs, plain, tmp_path):
    with run(cluster, photographs, tmp_path) as job:
        wait(lambda: job.encoded > COUNT // 4, "a quarter to be encoded")
        cluster.kill(OTHER)
        said = job.ended()
    cluster.start(OTHER)
    twice = job.encoded - COUNT
    print(f"a node was killed: {twice} of {COUNT} photographs were encoded twice")
    assert f"encoded={COUNT}, recognised=20" in said
    assert 0 <= twice <= PART + COPIES
    assert_same(kept(job.store), plain)
    assert encoded(again(cluster, photographs, tmp_path)) == 0
    assert list(tmp_path.glob("parts/*/*.parquet")) == []  # not even of a worker that outlived its node


def test_a_job_that_is_killed_goes_on_from_its_parts(cluster, photographs, plain, tmp_path):
    with run(cluster, photographs, tmp_path) as job:
        wait(lambda: job.encoded > COUNT // 2, "half to be encoded")
        job.process.kill()
        job.process.wait()
    before = rows(job.store)
    time.sleep(5)  # until its workers have ended, which may write a part meanwhile
    said = again(cluster, photographs, tmp_path)
    twice = job.encoded - COUNT
    print(f"the job was killed with {before} in the index: {twice} of {COUNT} photographs were encoded twice")
    assert encoded(said) <= COUNT - before
    assert 0 <= twice <= 2 * PART + COPIES
    assert_same(kept(job.store), plain)
    assert list(tmp_path.glob("parts/*/*.parquet")) == []


def test_a_cluster_that_is_killed_with_its_job_costs_what_it_had_in_hand(cluster, photographs, plain, tmp_path):
    with run(cluster, photographs, tmp_path) as job:
        wait(lambda: job.encoded > COUNT // 2, "half to be encoded")
        job.process.kill()
        for node in (HEAD, OTHER):
            cluster.kill(node)
        job.process.wait()
    before, parts = rows(job.store), len(list(tmp_path.glob("parts/*/*.parquet")))
    cluster.start(HEAD)
    cluster.start(OTHER)
    again(cluster, photographs, tmp_path)
    twice = job.encoded - COUNT
    print(f"all was killed with {before} in the index and {parts} parts: {twice} of {COUNT} were encoded twice")
    assert 0 <= twice <= 2 * PART + COPIES
    assert_same(kept(job.store), plain)


def test_ctrl_c_keeps_what_is_done(cluster, photographs, plain, tmp_path):
    with run(cluster, photographs, tmp_path) as job:
        wait(lambda: rows(job.store) > COUNT // 4, "a quarter to be kept")
        job.process.send_signal(signal.SIGINT)
        said = job.ended(130)
    assert "Traceback" not in said
    before = job.encoded
    assert before - 2 * PART <= rows(job.store) <= before
    again(cluster, photographs, tmp_path)
    twice = job.encoded - COUNT
    print(f"Ctrl-C: {twice} of {COUNT} photographs were encoded twice")
    assert 0 <= twice <= 2 * PART + COPIES
    assert_same(kept(job.store), plain)
    assert "encoded=0, recognised=0, kept=2020" in again(cluster, photographs, tmp_path)  # starts no work at all


def main(address: str, folder: str, home: str, seconds: str) -> None:
    """Index a folder on a cluster; the cache and the notes of what was encoded lie in `home`."""
    with progress_bar("indexing", "photo") as bar:
        report = index_photos(
            FakeEncoder(),
            folder,
            lambda step: bar(step.done, step.total),
            store=Store(Path(home)),
            spread=OnRay(partial(Counted, Path(home) / "notes", float(seconds)), address),
        )
    print(report)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what runs in its background ignore it
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
