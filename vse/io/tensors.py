"""Tensors of files: read whole, checked by name and shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from torch import Tensor, nn

from vse.errors import CheckpointError

_WRAPPERS = ("module.", "_orig_mod.")
_COUNTER = "num_batches_tracked"


def without_counters(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Without BatchNorm's counts of training batches, which change no vector."""
    return {name: tensor for name, tensor in tensors.items() if not name.endswith(_COUNTER)}


def counters(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What `without_counters` leaves out."""
    return {name: tensor for name, tensor in tensors.items() if name.endswith(_COUNTER)}


def tensor_bytes(tensors: Mapping[str, Tensor]) -> Iterator[bytes | memoryview]:
    """The name and the numbers of each tensor that changes a vector, by name, as a fingerprint takes them."""
    for name, tensor in sorted(without_counters(tensors).items()):
        yield name.encode()
        yield tensor.detach().cpu().contiguous().reshape(-1).numpy().data


def read_weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a .safetensors file, by the names that they have in the module itself.

    Raises:
        CheckpointError: when the file is missing or is not safetensors.
    """
    try:
        return _unwrapped(load_tensors(path.read_bytes()))
    except FileNotFoundError:
        raise CheckpointError(f"{path} is missing; the model folder is incomplete, copy it again.") from None
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read ({error.strerror}); check its permissions.") from error
    except (SafetensorError, KeyError, ValueError, TypeError) as error:  # KeyError: a type that torch has not
        raise CheckpointError(f"{path} is not a whole safetensors file ({error}); copy it again.") from error


def check_fit(module: nn.Module, tensors: Mapping[str, Tensor], source: Path) -> dict[str, Tensor]:
    """The tensors that a module expects of a file, by name, none of which is missing, left over or of another shape.

    Raises:
        CheckpointError: naming at most five tensors of the first fault found.
    """
    expected = without_counters(module.state_dict())
    missing, unknown = expected.keys() - tensors.keys(), tensors.keys() - expected.keys()
    for fault, names in (("lacks", missing), ("has unknown", unknown)):
        if names:
            shown = ", ".join(sorted(names)[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
            raise CheckpointError(f"{source} {fault} {shown}; its configuration is of another architecture.")
    for name, tensor in expected.items():
        if tensor.shape != tensors[name].shape:
            came, wanted = tuple(tensors[name].shape), tuple(tensor.shape)
            raise CheckpointError(f"{source}: {name} has shape {came}, its configuration asks for {wanted}.")
        if tensor.is_floating_point() != tensors[name].is_floating_point():
            raise CheckpointError(f"{source}: {name} holds {tensors[name].dtype}, expected {tensor.dtype}.")
    return expected


def load_strictly(module: nn.Module, tensors: Mapping[str, Tensor], source: Path) -> None:
    """Load every tensor, or say which is missing, left over, of another shape, not finite, or nothing but zeros.

    Raises:
        CheckpointError: as `check_fit`, and naming the first tensor that is not finite.
    """
    expected = check_fit(module, tensors, source)
    for name in expected:
        if not torch.isfinite(tensors[name]).all():
            raise CheckpointError(f"{source}: {name} holds NaN or infinity; copy it again, or train anew.")
    matrices = [tensors[name] for name in expected if tensors[name].ndim > 1]
    if matrices and not any(matrix.any() for matrix in matrices):
        raise CheckpointError(f"{source} holds nothing but zeros; copy it again.")
    module.load_state_dict({k: v.to(expected[k].dtype) for k, v in tensors.items()}, strict=False)


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a .safetensors file, or of a file of torch, of which no code is run.

    Raises:
        CheckpointError: when the file cannot be read as that.
    """
    if path.suffix == ".safetensors":
        return read_weights(path)
    try:
        data = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a reader of zip and pickle meeting other bytes may raise anything
        reason = (str(error).splitlines() or [""])[0] or type(error).__name__
        advice = "expected .safetensors, or a file of tensors alone by torch.save"
        raise CheckpointError(f"{path} cannot be read ({reason}): {advice}; copy or download it again.") from error
    for key in ("state_dict", "model"):
        if isinstance(data, dict) and isinstance(data.get(key), dict):
            data = data[key]
    if not isinstance(data, dict) or not data or not all(isinstance(value, Tensor) for value in data.values()):
        raise CheckpointError(f"{path} holds no dictionary of tensors: expected the weights of a CLIP.")
    return _unwrapped(data)


def _unwrapped(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Without what DistributedDataParallel ("module.") and torch.compile ("_orig_mod.") put before the names."""
    while tensors and all(name.startswith(_WRAPPERS) for name in tensors):
        tensors = {name.split(".", 1)[1]: tensor for name, tensor in tensors.items()}
    return dict(tensors)
