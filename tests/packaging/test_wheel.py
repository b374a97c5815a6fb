"""The wheel, as people get it: built, installed without a network, and asked from another folder."""

from __future__ import annotations

import json
import os
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.demo_fixtures import ROOT, environment, free_port
from tests.wheels import build_wheel, run
from vse import __version__


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="module")
def commands(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of an environment that holds the wheel, and sees the libraries of this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin/python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    run(*pip, "--no-deps", "--no-index", str(wheel), cwd=folder)
    packages = next(folder.glob("lib/*/site-packages"))
    (packages / "libraries.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return folder / "bin"


def test_the_wheel_holds_what_is_used_under_names_of_its_own(wheel: Path):
    with zipfile.ZipFile(wheel) as held:
        names = held.namelist()
    assert {name.partition("/")[0] for name in names} == {"vse", "vse_demo", f"vse_explorer-{__version__}.dist-info"}
    inside = {"vse": ROOT / "vse", "vse_demo": ROOT / "demo", "vse/assets": ROOT / "assets"}
    for prefix, folder in inside.items():
        here = {
            f"{prefix}/{path.relative_to(folder).as_posix()}"
            for path in folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts and "screenshots" not in path.parts
        }
        assert not here - set(names)
    assert not any("screenshots" in name for name in names)
    assert wheel.stat().st_size < 100e6


def test_a_search_from_another_folder(commands: Path, tmp_path: Path):
    answer = tmp_path / "answer.json"
    run(str(commands / "vse"), "search", "a dog on the beach", "--json", str(answer), cwd=tmp_path)
    assert json.loads(answer.read_text())
    assert run(str(commands / "vse"), "--version", cwd=tmp_path) == f"VSE Explorer {__version__}\n"
    assert "--images" in run(str(commands / "vse"), "app", "--help", cwd=tmp_path)


def test_the_page_starts_behind_proxies_and_without_a_usual_temporary_folder(commands: Path, tmp_path: Path):
    (tmp_path / "gradio").write_text("somebody else's")  # where Gradio would put uploads
    hostile = {
        **environment(tmp_path),
        "http_proxy": "http://127.0.0.1:9",
        "all_proxy": "socks5://127.0.0.1:9",
        "TMPDIR": str(tmp_path),
    }
    del hostile["GRADIO_TEMP_DIR"]
    started = [str(commands / "vse-app"), "--port", str(free_port())]
    with (tmp_path / "log").open("w") as log:
        page = subprocess.Popen(started, cwd=tmp_path, env=hostile, stdout=subprocess.PIPE, stderr=log, text=True)
    with page:
        assert page.stdout is not None
        try:
            assert any(line.startswith("Ready") for line in page.stdout), (tmp_path / "log").read_text()
        finally:
            page.terminate()
    assert not os.path.exists(tmp_path / ".gradio")
