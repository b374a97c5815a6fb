"""What a machine can have in the way of the page: it starts, or says in one sentence what to set."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from demo import main
from demo.main import StartError
from vse.io import installed, paths
from vse.io.installed import InstallationError, check_installed


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setattr(main.tempfile, "tempdir", str(tmp_path))
    for name in ("GRADIO_TEMP_DIR", "GRADIO_SERVER_PORT", "GRADIO_SERVER_NAME", "no_proxy", "NO_PROXY"):
        os.environ.pop(name, None)


@pytest.mark.parametrize(
    ("arguments", "variables", "sentence"),
    [
        (["--port", "99999"], {}, "The port 99999 came, but ports go from 1 to 65535"),
        (["--port", "-1"], {}, "The port -1 came, but ports go from 1 to 65535"),
        ([], {"GRADIO_SERVER_PORT": "abc"}, "GRADIO_SERVER_PORT is 'abc': set it to a number"),
        ([], {"GRADIO_NUM_PORTS": ""}, "GRADIO_NUM_PORTS is '': set it to a number"),
        (["--host", "192.0.2.1"], {}, "'192.0.2.1' is no address of this machine"),
        ([], {"GRADIO_SERVER_NAME": "no such host"}, "'no such host' is no address of this machine"),
        ([], {"GRADIO_TEMP_DIR": "/dev/null/uploads"}, "set GRADIO_TEMP_DIR to a folder that can"),
    ],
)
def test_what_nobody_can_serve_is_told(arguments: list[str], variables: dict[str, str], sentence: str):
    os.environ |= variables
    with pytest.raises(StartError, match=sentence):
        main.prepare(main.parse(arguments))


def test_a_port_that_is_taken_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"^The port {port} is taken: choose another with --port, or name none"):
            main.prepare(main.parse(["--port", str(port)]))


def test_the_page_s_own_address_needs_no_proxy():
    os.environ["no_proxy"] = "example.org"
    main.prepare(main.parse(["--host", "127.0.0.1"]))
    assert os.environ["no_proxy"].split(",")[:3] == ["example.org", "localhost", "127.0.0.1"]


def test_a_user_without_a_home_has_a_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in ("VSE_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        os.environ.pop(name, None)

    def homeless(self: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", homeless)
    assert paths.cache_folder().parent == tmp_path


def test_numba_s_cache_is_moved_from_a_folder_that_is_read_only(monkeypatch: pytest.MonkeyPatch):
    os.environ.pop("NUMBA_CACHE_DIR", None)
    installed.keep_numba_s_cache()
    assert "NUMBA_CACHE_DIR" not in os.environ
    monkeypatch.setattr(installed.os, "access", lambda path, mode: False)
    installed.keep_numba_s_cache()
    assert os.environ["NUMBA_CACHE_DIR"] == str(paths.cache_folder() / "numba")


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("numpy>=999", r'^numpy [\d.]+ is installed, but numpy>=999 is needed: run pip install --upgrade "numpy>=999"'),
        ("numpy<1", "is installed, but numpy<1 is needed"),
        ("no-such-package>=1", "^The package no-such-package is not installed: run pip install"),
    ],
)
def test_a_version_that_does_not_fit_is_told(wanted: str, sentence: str):
    with pytest.raises(InstallationError, match=sentence):
        check_installed(["numpy>=1", wanted])


def test_what_is_installed_here_fits():
    assert len(installed.requirements()) >= 10
    check_installed()
