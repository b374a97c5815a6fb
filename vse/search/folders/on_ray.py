"""Encoding on many machines, with Ray Data: `OnRay` is the `spread` of `vse.search.folders.index_photos`.

Only paths are given out. Each worker reads photographs from the folder, which all machines reach under the same path,
encodes them and writes a part (`vse.search.folders.parts`) beside the cache, which they reach as well; the process that
gave them out merges each part as soon as it hears of it. A machine that is lost costs what it had in hand: that is
given to another one, and a part that it had written is used.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import sys
import threading
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from threading import Event
from typing import Any

from vse.encoders.base import Encoder
from vse.errors import FingerprintError, VSEError
from vse.io.installed import from_extra
from vse.io.progress import batched
from vse.search.folders.encoding import Batch, Photographs
from vse.search.folders.parts import parts_folder, read_part, write_part
from vse.search.folders.reading import Found
from vse.search.stores.sqlite import Store

PART = 64  # photographs a part: what is lost of a worker that is killed is less
_TRIES = 4  # for a part whose workers are lost: its photographs may be to blame
_ANSWER_SECONDS = 5.0  # within which a cluster answers that is there
# Read when Ray is imported: nothing is told to its makers, and its core prints no notes.
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}


class ClusterError(VSEError):
    """A cluster of Ray that is not there, or whose work cannot go on."""


@dataclass(frozen=True)
class OnRay:
    """Encodes photographs on a cluster of Ray.

    load: how each worker gets the model, such as `partial(load_model, "photos-vse")`; it is pickled.
    address: HOST:PORT of its head; "" for a cluster of this machine alone, which ends with the work.
    """

    load: Callable[[], Encoder]
    address: str = ""

    def check(self) -> None:
        """Before any work.

        Raises:
            ClusterError: when Ray is not installed, or nobody answers at the address.
        """
        if self.address:  # how often and how long Ray asks an address where something else may answer
            os.environ.setdefault("RAY_NUM_REDIS_GET_RETRIES", "1")
            os.environ.setdefault("RAY_GCS_SERVER_REQUEST_TIMEOUT_SECONDS", "20")
        _ray()
        if not self.address:
            return
        host, _, port = self.address.rpartition(":")
        expected = "expected HOST:PORT of the head of a cluster, as ray start --head prints it"
        if not (host and port.isascii() and port.isdecimal() and 0 < int(port) < 65536) or "/" in host:
            raise ClusterError(f"The address {self.address!r} came for --ray; {expected}.")
        try:
            socket.create_connection((host, int(port)), _ANSWER_SECONDS).close()
        except (OSError, UnicodeError) as error:
            raise ClusterError(
                f"Nobody answers at {self.address} ({error}): start a cluster there with ray start --head, or give the "
                "address of one."
            ) from error

    def __call__(
        self, photographs: Photographs, files: Sequence[Found], store: Store, stop: Event
    ) -> Generator[Batch, None, None]:
        """As `vse.search.folders.indexing.Spread`.

        Raises:
            ClusterError: when the cluster cannot be reached, does not reach the photographs, or is lost.
        """
        self.check()
        home = parts_folder(store).absolute() / uuid.uuid4().hex[:12]
        by = photographs.encoder
        there = {each.name: getattr(photographs, each.name) for each in fields(photographs) if each.name != "encoder"}
        job = _Job(self.load, by.fingerprint, there, home, os.getcwd())
        given = [
            {"part": f"{number:06}.parquet", "files": [asdict(file) for file in chunk]}
            for number, chunk in enumerate(chunks(files))
        ]
        home.mkdir(parents=True)
        try:
            with _connected(self.address) as ray, closing(_parts(ray, job, given)) as parts:
                for name in parts:
                    with suppress(FileNotFoundError):  # another process merged it
                        yield read_part(home / name)[1]
                        (home / name).unlink(missing_ok=True)
                    if stop.is_set():
                        return
        finally:
            for tries in home.glob("*.tries"):
                tries.unlink(missing_ok=True)
            with suppress(OSError):  # parts lie there, which are merged next
                home.rmdir()


def chunks(files: Iterable[Found], size: int = PART) -> Iterator[list[Found]]:
    """At most `size` files each; those of one size together, as copies are, so that a content is encoded once."""
    of_size: dict[int, list[Found]] = {}
    for file in files:
        of_size.setdefault(file.size, []).append(file)
    chunk: list[Found] = []
    for alike in of_size.values():
        if chunk and len(chunk) + len(alike) > size:
            yield chunk
            chunk = []
        if len(alike) > size:
            yield from batched(alike, size)
        else:
            chunk = chunk + alike
    if chunk:
        yield chunk


@dataclass(frozen=True)
class _Job:
    """What each worker is told.

    load: gives a model, which has to be of this fingerprint. photographs: `Photographs` without the model.
    home: where the parts go. here: the folder from which relative paths lead.
    """

    load: Callable[[], Encoder]
    fingerprint: str
    photographs: dict[str, Any]
    home: Path
    here: str


class _Worker:
    """Lives on one of the machines, with the model."""

    def __init__(self, job: _Job) -> None:
        self.job, self.problem = job, ""
        try:
            self.photographs = self._ready()
        except VSEError as error:
            self.problem = f"{socket.gethostname()}, which is to encode photographs, cannot: {error}"

    def _ready(self) -> Photographs:
        """
        Raises:
            VSEError: when nothing can be done on this machine.
        """
        with suppress(OSError):  # told below where it matters
            os.chdir(self.job.here)
        for folder in (self.job.photographs["folder"], self.job.home):
            if not folder.is_dir():
                raise ClusterError(f"'{folder}' is not there; let all machines reach the photographs and the cache "
                                   "folder (VSE_CACHE) under the same paths.")  # fmt: skip
        encoder = self.job.load()
        if encoder.fingerprint != self.job.fingerprint:
            raise FingerprintError(f"the model there is another one ({encoder.fingerprint} instead of "
                                   f"{self.job.fingerprint}); give all machines the same files of it.")  # fmt: skip
        return Photographs(encoder, **self.job.photographs)

    def __call__(self, given: dict[str, Any]) -> dict[str, Any]:
        part, files = self.job.home / given["part"], [Found(**each) for each in given["files"]]
        if self.problem or part.exists():  # it exists where its worker was lost before it could say so
            return {"part": given["part"], "problem": self.problem}
        tries = part.with_suffix(".tries")
        with tries.open("ab") as noted:
            noted.write(b".")
        if tries.stat().st_size > _TRIES:
            problem = (f"{_TRIES} workers were lost while they read '{files[0].path}' and {len(files) - 1} more: "
                       "leave out what cannot be read with --exclude.")  # fmt: skip
            return {"part": given["part"], "problem": problem}
        write_part(part, self.job.fingerprint, self.photographs.encoder.dim, self._batch(files))
        tries.unlink(missing_ok=True)
        return {"part": given["part"], "problem": ""}

    def _batch(self, files: list[Found]) -> Batch:
        whole, known = Batch({}, {}, {}), _Either(self.photographs.known)
        for batch in replace(self.photographs, known=known).batches(files):
            known.new.update(batch.vectors)
            whole = whole | batch
        return whole


class _Either:
    """The digests that were known, and those that have become so."""

    def __init__(self, known: Any) -> None:
        self.known, self.new = known, set[str]()

    def __contains__(self, digest: object) -> bool:
        return digest in self.new or digest in self.known


def _ray() -> Any:
    """
    Raises:
        ClusterError: when it is not installed.
    """
    os.environ.update(_QUIET)
    with from_extra("ray", "ray[data]", "Encoding on many machines takes Ray", ClusterError):
        import pyarrow  # noqa: F401
        import ray
        import ray.data
    return ray


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """Ray, connected to a cluster until the block ends."""
    ray = _ray()
    main = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGTERM)
    alone = {"include_dashboard": False, "_node_ip_address": "127.0.0.1"}
    if not address:
        os.environ.setdefault("RAY_AUTH_MODE", "token")  # else anyone who reaches its ports may run programs on it
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex())
    try:
        with _quiet():
            ray.init(address or "local", log_to_driver=False, logging_level=logging.ERROR, **({} if address else alone))
    except (ray.exceptions.RayError, OSError, RuntimeError, ValueError) as error:
        raise ClusterError(
            f"No cluster of Ray can be used at {address or 'this machine'} ({_first_line(error)}): start one with "
            "ray start --head, with the same versions of Ray and Python."
        ) from error
    try:
        if main:
            signal.signal(signal.SIGTERM, before)  # which Ray replaces
        yield ray
    finally:
        ray.shutdown()


@contextmanager
def _quiet() -> Iterator[None]:
    """Ray's core says on standard error that it was told to say nothing."""
    sys.stderr.flush()
    nowhere, errors = os.open(os.devnull, os.O_WRONLY), os.dup(2)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(errors, 2)
        os.close(nowhere)
        os.close(errors)


def _parts(ray: Any, job: _Job, given: list[dict[str, Any]]) -> Generator[str, None, None]:
    """The names of the parts as they are written."""
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    most = max(1, int(ray.cluster_resources().get("CPU", 1)))
    rows = ray.data.from_items(given, override_num_blocks=len(given)).map(
        _Worker,
        fn_constructor_args=(job,),
        # A pool that may shrink: one of fixed size can wait for ever for a worker whose machine is lost.
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=most),
    )
    try:
        for block in rows.iter_batches(batch_size=None, prefetch_batches=0):
            for name, problem in zip(block["part"], block["problem"], strict=True):
                if problem:
                    raise ClusterError(str(problem))
                yield str(name)
    except ray.exceptions.RayError as error:
        raise ClusterError(f"The work on the cluster ended ({_first_line(error)}): what is done is kept, and the same "
                           "command goes on from there.") from error  # fmt: skip


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
