"""Building the wheel as people get it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.demo_fixtures import ROOT, environment

PARTS = (
    "LICENSE",
    "MANIFEST.in",
    "README.md",
    "assets",
    "demo",
    "pyproject.toml",
    "requirements.txt",
    "setup.py",
    "vse",
)


def build_wheel(folder: Path) -> Path:
    """Built in a folder of links, so that no earlier build is in the way and none is left behind."""
    folder.mkdir(exist_ok=True)
    for name in PARTS:
        (folder / name).symlink_to(ROOT / name)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist", cwd=folder)
    return next((folder / "dist").glob("*.whl"))


def run(*command: str, cwd: Path) -> str:
    """What a command prints; it has to end well."""
    done = subprocess.run(command, cwd=cwd, env=environment(cwd), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout
