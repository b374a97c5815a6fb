"""How many photographs a second a CNN takes in each way of running it that one might choose; printed, never asserted.

The weights are random: they take as long. ONNX Runtime and OpenVINO are measured where their packages are installed.
"""

from __future__ import annotations

import importlib.util
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from vse.evaluation.tables import figure, table
from vse.io.progress import Progress
from vse.modalities.image.backbones.build import build_backbone, folded

BATCH, ROUNDS = 32, 7
Run = Callable[[Tensor], np.ndarray]


@dataclass(frozen=True)
class Runtime:
    """A way of running the CNN.

    per_second: photographs, the median over the rounds; None when it cannot be run here, and `problem` says why.
    error: the most that a photograph's features are off those of float32 as the library runs it, as a share of their
        length.
    """

    name: str
    per_second: float | None = None
    error: float | None = None
    problem: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class _Averaged(nn.Module):
    """(N, 3, size, size) float32 -> (N, channels): the last layer averaged over positions."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        features: Tensor = self.network(images).mean(dim=(2, 3))
        return features


@dataclass(frozen=True)
class Ground:
    """What all ways are measured on: one CNN with random weights, of (N, 3, size, size) photographs."""

    name: str
    size: int

    def network(self, fold: bool = True) -> nn.Module:
        torch.manual_seed(0)
        backbone = build_backbone(self.name, size=self.size)
        return _Averaged((folded(backbone) if fold else backbone).network).eval()

    def images(self) -> Tensor:
        return torch.rand(BATCH, 3, self.size, self.size, generator=torch.Generator().manual_seed(0)) * 2 - 1


def _by_torch(network: nn.Module, channels_last: bool = True, dtype: torch.dtype = torch.float32) -> Run:
    order = torch.channels_last if channels_last else torch.contiguous_format
    network = network.to(dtype)
    network = network.to(memory_format=torch.channels_last) if channels_last else network

    def run(images: Tensor) -> np.ndarray:
        with torch.inference_mode():
            found: np.ndarray = network(images.to(dtype).contiguous(memory_format=order)).float().numpy()
        return found

    return run


def _compiled(ground: Ground) -> Run:
    return _by_torch(torch.compile(ground.network().to(memory_format=torch.channels_last)))  # type: ignore[arg-type]


def _exported(ground: Ground, folder: Path) -> Path:
    path = folder / "network.onnx"
    torch.onnx.export(ground.network(), (ground.images(),), path, dynamo=True, verbose=False)
    return path


def _onnx_runtime(ground: Ground) -> Run:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    with TemporaryDirectory() as folder:
        session = onnxruntime.InferenceSession(_exported(ground, Path(folder)), options, ["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda images: np.asarray(session.run(None, {name: images.numpy()})[0])


def _openvino(ground: Ground) -> Run:
    import openvino

    wanted = {"INFERENCE_NUM_THREADS": torch.get_num_threads(), "PERFORMANCE_HINT": "LATENCY"}
    with TemporaryDirectory() as folder:
        core = openvino.Core()
        model = core.compile_model(core.read_model(_exported(ground, Path(folder))), "CPU", wanted)
    return lambda images: np.array(model(images.numpy())[0])


# Each with the packages it needs beside those of requirements.txt.
WAYS: dict[str, tuple[Callable[[Ground], Run], tuple[str, ...]]] = {
    "float32, as the library has it": (lambda ground: _by_torch(ground.network(fold=False), channels_last=False), ()),
    "channels last": (lambda ground: _by_torch(ground.network(fold=False)), ()),
    "channels last, norms folded": (lambda ground: _by_torch(ground.network()), ()),
    "channels last, norms folded, bfloat16": (lambda ground: _by_torch(ground.network(), dtype=torch.bfloat16), ()),
    "torch.compile": (_compiled, ()),
    "ONNX Runtime": (_onnx_runtime, ("onnxruntime", "onnx", "onnxscript")),
    "OpenVINO": (_openvino, ("openvino", "onnx", "onnxscript")),
}


def measure(ground: Ground, rounds: int = ROUNDS, progress: Progress | None = None) -> list[Runtime]:
    """Every way in turn, so many rounds; each way's first batch, in which it may compile, is not counted.

    Args:
        progress: called with (ways made ready, ways).

    Raises:
        CheckpointError: for a name that no library knows, or that is no CNN.
    """
    images = ground.images()
    truth = _by_torch(ground.network(fold=False), channels_last=False)(images)
    ready: dict[str, Run] = {}
    found: dict[str, Runtime] = {}
    for name, (make, needs) in WAYS.items():
        made = _made(name, make, needs, ground, images, truth)
        found[name] = made[0]
        if made[1] is not None:
            ready[name] = made[1]
        if progress:
            progress(len(found), len(WAYS))
    seconds: dict[str, list[float]] = {name: [] for name in ready}
    for _ in range(rounds):
        for name, run in ready.items():
            begun = time.perf_counter()
            run(images)
            seconds[name].append(time.perf_counter() - begun)
    return [
        Runtime(name, round(BATCH / statistics.median(seconds[name]), 1), way.error) if name in ready else way
        for name, way in found.items()
    ]


def _made(
    name: str,
    make: Callable[[Ground], Run],
    needs: tuple[str, ...],
    ground: Ground,
    images: Tensor,
    truth: np.ndarray,
) -> tuple[Runtime, Run | None]:
    if missing := [package for package in needs if importlib.util.find_spec(package) is None]:
        return Runtime(name, problem=f"not installed: pip install {' '.join(missing)}"), None
    try:
        run = make(ground)
        error = _largest_error(run(images), truth)
    except Exception as failure:  # a compiler that is not there, a processor that cannot: whatever they make of it
        reason = (str(failure).splitlines() or [""])[0]
        return Runtime(name, problem=f"cannot be run here ({type(failure).__name__}: {reason})"), None
    return Runtime(name, error=error), run


def _largest_error(found: np.ndarray, truth: np.ndarray) -> float:
    return float((np.linalg.norm(found - truth, axis=1) / np.linalg.norm(truth, axis=1)).max())


def runtimes_table(rows: list[Runtime]) -> str:
    """Markdown."""
    cells = (
        [row.name, figure(row.per_second), f"{row.error:.0e}"] if row.per_second else [row.name, row.problem, ""]
        for row in rows
    )
    return "\n".join(table(["runtime", "photographs a second", "largest error"], cells))
