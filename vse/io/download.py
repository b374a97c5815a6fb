"""One way to fetch a file: streamed, resumed where it broke off, checked, and put in its place whole.

A download lies beside its target as `<name>.part`, with `<name>.part.json` saying of which file on the server it is
a part. It goes on from there by an HTTP range request (RFC 9110, section 14) with If-Range, so that a server that
has changed the file, or knows no ranges, sends all of it again.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vse.errors import CheckpointError, DownloadError, NotServedError
from vse.io.atomic import write_text
from vse.io.configs import from_json, read_json
from vse.io.progress import Progress

TIMEOUT_SECONDS = 30
MOST_BREAKS = 5  # that one call goes on after by itself
_CHUNK = 1 << 18
_HASHES: dict[str, Callable[[], Any]] = {"SHA-256": hashlib.sha256, "MD5": partial(hashlib.md5, usedforsecurity=False)}


@dataclass(frozen=True)
class _Origin:
    """Of which file on the server a part is: its ETag or date ("" when the server gives neither), its bytes (or 0)."""

    url: str
    validator: str
    total: int


def fetch(
    url: str,
    to: Path,
    sha256: str | None = None,
    size: int | None = None,
    progress: Progress | None = None,
    *,
    md5: str | None = None,
) -> Path:
    """Download a file, or go on with a download that broke off; nothing is asked when `to` is there and right.

    Args:
        url: http or https.
        to: where it goes; its folder is made.
        sha256: what the file hashes to, hexadecimal; the beginning of it is enough.
        size: how many bytes it has.
        progress: called with (bytes done, bytes in all or 0 when unknown). What it raises ends the download, which a
            later call goes on with.
        md5: the same as sha256, where a source states no better hash: against damage, not against malice.

    Raises:
        NotServedError: when the server has no such file.
        DownloadError: when the network, the server or the disk refuses, or the file is another than asked for.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise DownloadError(f"{url!r} cannot be downloaded: expected an address that begins with https://.")
    hashes = {"SHA-256": sha256, "MD5": md5}
    if to.is_file() and not _fault(to, hashes, size):
        return to
    part = to.with_name(f"{to.name}.part")
    with _locked(part):
        total = _complete(url, part, size, progress)
        if fault := _fault(part, hashes, size or total or None):
            _forget(part)
            raise DownloadError(f"{url} {fault}; what came was thrown away, try again.")
        with _disk(to):
            os.replace(part, to)
            _forget(part)
    return to


class Remote(io.RawIOBase):
    """A file on a server, of which only the pieces that are read come, by range requests; best behind a buffer.

    Args:
        url: http or https.
        progress: called with (bytes read, 0).

    Raises:
        NotServedError: when the server has no such file.
        DownloadError: when it cannot be reached, or knows no ranges; also while it is read.
    """

    def __init__(self, url: str, progress: Progress | None = None) -> None:
        self.url, self.progress = url, progress
        self._at = self._done = 0
        self._size = 1
        self._piece(0, 1)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        piece = self._piece(self._at, min(self._at + len(buffer), self._size))
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _piece(self, start: int, end: int) -> bytes:
        if end <= start:
            return b""
        headers = {"User-Agent": "vse", "Accept-Encoding": "identity", "Range": f"bytes={start}-{end - 1}"}
        with _opened(urllib.request.Request(self.url, headers=headers)) as response:
            said = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
            if response.status != 206 or not said or int(said[1]) != start:
                raise DownloadError(f"{self.url}: the server gives no pieces of files: try another address.")
            self._size = int(said[2])
            piece = b"".join(_chunks(response))
        if len(piece) != end - start:
            raise DownloadError(f"{self.url} broke off: try again.")
        self._done += len(piece)
        if self.progress:
            self.progress(self._done, 0)
        return piece


def _complete(url: str, part: Path, size: int | None, progress: Progress | None) -> int:
    """Stream until the part is whole; how many bytes the server said the file has, or 0."""
    breaks = 0
    while True:
        before = _length(part)
        origin = _origin(part, url)
        if origin and 0 < origin.total == before:  # killed between the last byte and the renaming
            return origin.total
        total = _stream(url, part, origin, size, progress)
        now = _length(part)
        if not total or now >= total:
            return total
        breaks += 1
        if now <= before or breaks > MOST_BREAKS:
            came = f"{now / 1e6:.1f} of {total / 1e6:.1f} MB"
            raise DownloadError(f"The download of {url} broke off after {came}: try again, it goes on from there.")


def _stream(url: str, part: Path, origin: _Origin | None, size: int | None, progress: Progress | None) -> int:
    """One request, to its end or to where it breaks; how many bytes the file has, or 0 when the server does not say."""
    offset = _length(part) if origin else 0
    headers = {"User-Agent": "vse", "Accept-Encoding": "identity"}
    if origin and offset:
        headers |= {"Range": f"bytes={offset}-", "If-Range": origin.validator}
    with _opened(urllib.request.Request(url, headers=headers)) as response:
        goes_on = response.status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {offset}-")
        if response.status == 206 and not goes_on:
            _forget(part)
            raise DownloadError(f"{url}: the server sent another part than asked for: try again, it starts anew.")
        done = offset if goes_on else 0
        length = response.headers.get("Content-Length", "")
        total = done + int(length) if length.isdigit() else 0
        if size and total and total != size:
            _forget(part)
            raise DownloadError(f"{url} has {total} bytes, expected {size}: it is another file.")
        with _disk(part):
            write_text(_note(part), json.dumps(asdict(_Origin(url, _validator(response), total))))
            file = part.open("ab" if goes_on else "wb", buffering=0)
        with file:
            for chunk in _chunks(response):
                _write(file, chunk, part)
                done += len(chunk)
                if progress:
                    progress(done, total)
            with suppress(OSError):  # not every file system can
                os.fsync(file.fileno())
    return total


@contextmanager
def _opened(request: urllib.request.Request) -> Iterator[http.client.HTTPResponse]:
    url, host = request.full_url, urlsplit(request.full_url).netloc
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        kind = NotServedError if error.code in (401, 403, 404, 410) else DownloadError
        error.close()
        raise kind(f"{url} cannot be downloaded: {host} answers {error.code} {error.reason}.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        said = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        advice = "check the network connection and try again"
        raise DownloadError(f"{url} cannot be downloaded: {host} cannot be reached ({said}); {advice}.") from error
    with response:
        yield response


def _chunks(response: http.client.HTTPResponse) -> Iterator[bytes]:
    """What comes until the end or the break, which the length tells apart."""
    while True:
        try:
            chunk = response.read1(_CHUNK)
        except (OSError, http.client.HTTPException):
            return
        if not chunk:
            return
        yield chunk


def _validator(response: http.client.HTTPResponse) -> str:
    """A strong ETag, or else the date of the last change."""
    etag = response.headers.get("ETag", "")
    return etag if etag and not etag.startswith("W/") else response.headers.get("Last-Modified", "")


def _note(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _origin(part: Path, url: str) -> _Origin | None:
    """What the part is a part of, if it can be gone on with for this address."""
    try:
        origin = from_json(_Origin, read_json(_note(part)))
    except CheckpointError:
        return None
    return origin if origin.url == url and origin.validator and _length(part) <= (origin.total or 1 << 62) else None


def _length(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)


def _fault(path: Path, hashes: Mapping[str, str | None], size: int | None) -> str:
    """What is wrong with a file, or ""."""
    if size is not None and path.stat().st_size != size:
        return f"has {path.stat().st_size} bytes, expected {size}"
    for name, expected in hashes.items():
        if expected:
            with path.open("rb") as file:
                came = hashlib.file_digest(file, _HASHES[name]).hexdigest()
            if not came.startswith(expected.lower()):
                return f"has the {name} {came[: len(expected)]}, expected {expected.lower()}"
    return ""


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    """Errors of the disk as a sentence."""
    try:
        yield
    except OSError as error:
        raise DownloadError(
            f"{path} cannot be written ({error.strerror or error}): make room, or choose another folder with VSE_CACHE."
        ) from error


def _write(file: io.FileIO, chunk: bytes, path: Path) -> None:
    """All of it; unbuffered, so that an error of the disk comes here and not when the file is closed."""
    rest = memoryview(chunk)
    with _disk(path):
        while rest:
            rest = rest[file.write(rest) :]


@contextmanager
def _locked(part: Path) -> Iterator[None]:
    """Nobody else writes this part meanwhile, where the system has file locks."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    path = part.with_name(f"{part.name}.lock")
    with _disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DownloadError(f"{part} is being downloaded already: wait until that is done.") from error
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
