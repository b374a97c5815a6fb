"""Downloads that break off, go on, and are refused; the server is on this machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.file_server import Server, serving
from vse.errors import DownloadError, NotServedError
from vse.io.download import fetch

DATA = bytes(range(256)) * 4000  # a megabyte
SHA256 = hashlib.sha256(DATA).hexdigest()
NOWHERE = "http://127.0.0.1:9/file"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    with serving() as server:
        server.files["/file"] = DATA
        yield server


def stop_after(count: int):
    """A progress that raises once so many bytes have come."""

    def progress(done: int, total: int) -> None:
        if done >= count:
            raise KeyboardInterrupt("stopped")

    return progress


def half(server: Server, to: Path) -> int:
    """Break a download off on purpose; how many bytes of it lie there."""
    with pytest.raises(KeyboardInterrupt, match="stopped"):
        fetch(f"{server.url}/file", to, progress=stop_after(300_000))
    assert not to.exists()
    return to.with_name(f"{to.name}.part").stat().st_size


def test_a_file_comes_whole_and_alone(server: Server, tmp_path: Path):
    to, seen = tmp_path / "deep" / "file", []
    assert fetch(f"{server.url}/file", to, SHA256, len(DATA), lambda *n: seen.append(n)) == to
    assert to.read_bytes() == DATA
    assert [path.name for path in to.parent.iterdir()] == ["file"]
    assert seen[-1] == (len(DATA), len(DATA))
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def test_what_is_there_and_right_is_not_asked_for(server: Server, tmp_path: Path):
    to = tmp_path / "file"
    to.write_bytes(DATA)
    fetch(NOWHERE, to, SHA256[:8].upper(), len(DATA))
    to.write_bytes(DATA[:-1])
    fetch(f"{server.url}/file", to, SHA256)
    assert to.read_bytes() == DATA


def test_a_cancelled_download_goes_on(server: Server, tmp_path: Path):
    to, seen = tmp_path / "file", []
    done = half(server, to)
    assert 300_000 <= done < len(DATA)
    fetch(f"{server.url}/file", to, SHA256, progress=lambda *n: seen.append(n))
    assert server.asked == [("/file", None), ("/file", f"bytes={done}-")]
    assert seen[0][0] > done
    assert seen[-1] == (len(DATA), len(DATA))
    assert to.read_bytes() == DATA
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_dropped_connection_is_taken_up_again(server: Server, tmp_path: Path):
    server.breaks = [400_000, 100_000]
    fetch(f"{server.url}/file", tmp_path / "file", SHA256)
    assert [asked for _, asked in server.asked] == [None, "bytes=400000-", "bytes=500000-"]


def test_a_server_that_keeps_dropping_is_given_up_and_taken_up_later(server: Server, tmp_path: Path):
    server.breaks = [400_000, 0]
    with pytest.raises(DownloadError, match=r"broke off after 0\.4 of 1\.0 MB: try again, it goes on from there"):
        fetch(f"{server.url}/file", tmp_path / "file", SHA256)
    fetch(f"{server.url}/file", tmp_path / "file", SHA256)
    assert server.asked[-1] == ("/file", "bytes=400000-")
    assert (tmp_path / "file").read_bytes() == DATA


def test_a_server_without_ranges_sends_all_again(server: Server, tmp_path: Path):
    half(server, tmp_path / "file")
    server.ranges = False
    fetch(f"{server.url}/file", tmp_path / "file", SHA256)
    assert (tmp_path / "file").read_bytes() == DATA


@pytest.mark.parametrize("etag", ['"two"', None, 'W/"two"'])
def test_a_changed_file_is_fetched_from_its_beginning(server: Server, tmp_path: Path, etag: str | None):
    half(server, tmp_path / "file")
    server.etag, server.files["/file"] = etag, DATA[::-1]
    fetch(f"{server.url}/file", tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == DATA[::-1]


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_a_strong_etag_nothing_is_joined(server: Server, tmp_path: Path, etag: str | None):
    server.etag = etag
    half(server, tmp_path / "file")
    fetch(f"{server.url}/file", tmp_path / "file", SHA256)
    assert [asked for _, asked in server.asked] == [None, None]


def test_another_address_does_not_go_on_with_this_part(server: Server, tmp_path: Path):
    half(server, tmp_path / "file")
    server.files["/other"] = DATA[::-1]
    fetch(f"{server.url}/other", tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == DATA[::-1]


def test_a_kill_before_the_renaming_costs_no_second_download(server: Server, tmp_path: Path):
    with pytest.raises(KeyboardInterrupt, match="stopped"):
        fetch(f"{server.url}/file", tmp_path / "file", progress=stop_after(len(DATA)))
    fetch(f"{server.url}/file", tmp_path / "file", SHA256)
    assert len(server.asked) == 1
    assert (tmp_path / "file").read_bytes() == DATA


def test_a_redirection_keeps_the_range(server: Server, tmp_path: Path):
    server.breaks = [300_000]
    fetch(f"{server.url}/moved/file", tmp_path / "file", SHA256)
    assert server.asked[-2:] == [("/moved/file", "bytes=300000-"), ("/file", "bytes=300000-")]


def test_without_a_length_the_end_is_the_end(server: Server, tmp_path: Path):
    server.says_length, seen = False, []
    fetch(f"{server.url}/file", tmp_path / "file", SHA256, progress=lambda *n: seen.append(n))
    assert seen[-1] == (len(DATA), 0)


def test_another_file_than_asked_for_is_refused(server: Server, tmp_path: Path):
    with pytest.raises(DownloadError, match=f"has the SHA-256 {SHA256[:8]}, expected 00000000; what came was thrown"):
        fetch(f"{server.url}/file", tmp_path / "file", "0" * 8)
    with pytest.raises(DownloadError, match="has 1024000 bytes, expected 5: it is another file"):
        fetch(f"{server.url}/file", tmp_path / "file", size=5)
    server.says_length = False
    with pytest.raises(DownloadError, match="has 1024000 bytes, expected 5; what came was thrown away"):
        fetch(f"{server.url}/file", tmp_path / "file", size=5)
    assert list(tmp_path.iterdir()) == []


def test_no_network_and_no_such_file_are_told(server: Server, tmp_path: Path):
    with pytest.raises(
        DownloadError, match=r"127\.0\.0\.1:9 cannot be reached \(Connection refused\); check the network"
    ):
        fetch(NOWHERE, tmp_path / "file")
    with pytest.raises(NotServedError, match=r"answers 404 Not Found"):
        fetch(f"{server.url}/none", tmp_path / "file")
    with pytest.raises(DownloadError, match="expected an address that begins with https://"):
        fetch("file:///etc/hostname", tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_full_disk_is_told(server: Server, tmp_path: Path):
    (tmp_path / "file.part").symlink_to("/dev/full")
    with pytest.raises(DownloadError, match=r"file\.part cannot be written \(No space left on device\): make room"):
        fetch(f"{server.url}/file", tmp_path / "file")


def test_a_folder_that_cannot_be_made_is_told(server: Server, tmp_path: Path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(DownloadError, match="cannot be written"):
        fetch(f"{server.url}/file", tmp_path / "taken" / "file")


def test_two_downloads_of_one_file_do_not_mix(server: Server, tmp_path: Path):
    pytest.importorskip("fcntl")
    told: list[str] = []

    def again(done: int, total: int) -> None:
        with pytest.raises(DownloadError, match="is being downloaded already"):
            fetch(f"{server.url}/file", tmp_path / "file")
        told.append("refused")

    fetch(f"{server.url}/file", tmp_path / "file", SHA256, progress=again)
    assert told
    assert (tmp_path / "file").read_bytes() == DATA


def test_an_md5_is_checked_too(server: Server, tmp_path: Path):
    md5 = hashlib.md5(DATA).hexdigest()
    with pytest.raises(DownloadError, match=f"has the MD5 {md5}, expected {'0' * 32}; what came was thrown away"):
        fetch(f"{server.url}/file", tmp_path / "file", md5="0" * 32)
    assert fetch(f"{server.url}/file", tmp_path / "file", md5=md5.upper()).read_bytes() == DATA
    asked = len(server.asked)
    fetch(f"{server.url}/file", tmp_path / "file", md5=md5)
    assert len(server.asked) == asked
