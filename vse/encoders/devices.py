"""Where a model runs: the CPU through torch or ONNX Runtime, in 8 bits or not, or a GPU in half precision."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from typing import Any

from vse.errors import ConfigError
from vse.io.installed import install_extra

CPU, ONNX, INT8, CUDA, MPS, AUTO = "cpu", "onnx", "int8", "cuda", "mps", "auto"
DEVICES = (AUTO, CPU, ONNX, INT8, CUDA, MPS)
OF_ONNX = (ONNX, INT8)  # the second with convolutions in 8 bits
VARIABLE = "VSE_DEVICE"  # of the environment: where models run that are not told
_FAST = ("onnxruntime", "onnx", "onnxscript")


def best_device() -> str:
    """The quickest device of this machine that torch has: "cuda", "mps" or "cpu"."""
    import torch

    if torch.cuda.is_available():
        return CUDA
    return MPS if torch.backends.mps.is_available() else CPU


def chosen_device(device: str | None) -> str:
    """One of DEVICES but "auto"; where none is given, that of the environment, and else "cpu".

    "auto" is a GPU where there is one, else ONNX Runtime where it is installed, else torch on the CPU.

    Raises:
        ConfigError: for one that there is not, or that this machine has not.
    """
    wanted = device or os.environ.get(VARIABLE) or CPU
    if wanted == AUTO:
        best = best_device()
        return ONNX if best == CPU and not missing_packages() else best
    if wanted.partition(":")[0] not in DEVICES:
        raise ConfigError(f"No device {wanted!r}: give one of {', '.join(DEVICES)}.")
    if wanted in OF_ONNX and (missing := missing_packages()):
        raise ConfigError(f"ONNX Runtime is not installed: {install_extra('fast', ' '.join(missing))}.")
    if wanted.startswith((CUDA, MPS)) and best_device() != wanted.partition(":")[0]:
        raise ConfigError(f"torch finds no device {wanted!r} on this machine: give auto for the quickest there is.")
    return wanted


def missing_packages() -> list[str]:
    """Those of the extra [fast] that are not installed."""
    return [name for name in _FAST if find_spec(name) is None]


def torch_device(device: str) -> str:
    """Where torch keeps what such a device does not run."""
    return CPU if device in OF_ONNX else device


def half_precision(device: str) -> AbstractContextManager[Any]:
    """Half precision where it is quicker, on a GPU.

    On a CPU it is not: ViT-B-32 in bfloat16 took 5 times as long for pictures and 15 times for texts as in
    float32, on two cores of a Xeon without AMX.
    """
    import torch

    kind = device.partition(":")[0]
    return torch.autocast(kind, torch.float16) if kind in (CUDA, MPS) else nullcontext()
