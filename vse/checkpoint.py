"""A model is a folder: weights.safetensors, config.json, vocabulary.json, metrics.json, history.json, README.md.

Loading is strict: a tensor that is missing, left over or of the wrong shape is named. Nothing is pickled.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from vse.atomic import replace_folder
from vse.config import ModelConfig, from_json, read_json, to_json
from vse.errors import CheckpointError
from vse.images import Preprocess
from vse.model import VSE
from vse.words import Vocabulary

FORMAT = 1
WEIGHTS, CONFIG, VOCABULARY = "weights.safetensors", "config.json", "vocabulary.json"
METRICS, HISTORY, CARD = "metrics.json", "history.json", "README.md"


@dataclass(frozen=True)
class Checkpoint:
    """A model with all that encoding needs, and what is known about it.

    `fingerprint` hashes weights, vocabulary, architecture and preprocessing: 32 hexadecimal digits.
    """

    model: VSE
    vocabulary: Vocabulary
    preprocess: Preprocess
    fingerprint: str = ""
    training: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    card: str = ""


def _dump(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _config_json(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "model": to_json(checkpoint.model.config),
        "preprocess": checkpoint.preprocess.to_json(),
        "training": checkpoint.training,
    }


def save_checkpoint(folder: Path, checkpoint: Checkpoint, dtype: torch.dtype = torch.float32) -> None:
    """Write the folder whole or not at all; floating point weights are stored as `dtype`."""
    tensors = {
        name: (tensor.to(dtype) if tensor.is_floating_point() else tensor).contiguous()
        for name, tensor in checkpoint.model.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    with replace_folder(folder) as work:
        (work / WEIGHTS).write_bytes(save_tensors(tensors))
        (work / CONFIG).write_text(_dump(_config_json(checkpoint)), encoding="utf-8")
        (work / VOCABULARY).write_text(_dump(checkpoint.vocabulary.to_json()), encoding="utf-8")
        (work / METRICS).write_text(_dump(checkpoint.metrics), encoding="utf-8")
        (work / HISTORY).write_text(_dump(checkpoint.history), encoding="utf-8")
        (work / CARD).write_text(checkpoint.card, encoding="utf-8")


def load_checkpoint(folder: Path) -> Checkpoint:
    """The model of a folder, in eval mode, on the CPU, in float32.

    Raises:
        CheckpointError: when the folder or a file is missing, or a part does not fit; the message names it.
    """
    if not folder.is_dir():
        raise CheckpointError(f"{folder} is not a folder; a model is a folder that holds {WEIGHTS} and {CONFIG}.")
    data = read_json(folder / CONFIG)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        found = data.get("format") if isinstance(data, dict) else data
        raise CheckpointError(f"{folder / CONFIG} has format {found!r}; this version reads format {FORMAT}.")
    try:
        config = from_json(ModelConfig, data["model"], f"{folder / CONFIG}: model")
        preprocess = Preprocess.from_json(data["preprocess"])
        vocabulary = Vocabulary.from_json(read_json(folder / VOCABULARY))
    except (KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(f"{folder / CONFIG} describes no model ({error}); copy the folder again.") from error
    model = VSE(config, len(vocabulary))
    weights = read_weights(folder / WEIGHTS)
    load_strictly(model, weights, folder / WEIGHTS)
    return Checkpoint(
        model=model.eval(),
        vocabulary=vocabulary,
        preprocess=preprocess,
        fingerprint=fingerprint(model, vocabulary, preprocess),
        training=data.get("training", {}),
        metrics=read_json(folder / METRICS) if (folder / METRICS).exists() else {},
        history=read_json(folder / HISTORY) if (folder / HISTORY).exists() else [],
        card=(folder / CARD).read_text(encoding="utf-8") if (folder / CARD).exists() else "",
    )


def read_weights(path: Path) -> dict[str, Tensor]:
    """
    Raises:
        CheckpointError: when the file is missing or is not safetensors.
    """
    try:
        return load_tensors(path.read_bytes())
    except FileNotFoundError:
        raise CheckpointError(f"{path} is missing; the model folder is incomplete, copy it again.") from None
    except SafetensorError as error:
        raise CheckpointError(f"{path} is not a whole safetensors file ({error}); copy it again.") from error


def load_strictly(module: nn.Module, tensors: Mapping[str, Tensor], source: Path) -> None:
    """Load every tensor, or say which is missing, left over or of another shape.

    Raises:
        CheckpointError: naming at most five tensors of the first fault found.
    """
    expected = {k: v for k, v in module.state_dict().items() if not k.endswith("num_batches_tracked")}
    missing, unknown = expected.keys() - tensors.keys(), tensors.keys() - expected.keys()
    for fault, names in (("lacks", missing), ("has unknown", unknown)):
        if names:
            shown = ", ".join(sorted(names)[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
            raise CheckpointError(f"{source} {fault} {shown}; its configuration is of another architecture.")
    for name, tensor in expected.items():
        if tensor.shape != tensors[name].shape:
            came, wanted = tuple(tensors[name].shape), tuple(tensor.shape)
            raise CheckpointError(f"{source}: {name} has shape {came}, its configuration asks for {wanted}.")
    module.load_state_dict({k: v.to(expected[k].dtype) for k, v in tensors.items()}, strict=False)


def fingerprint(model: VSE, vocabulary: Vocabulary, preprocess: Preprocess) -> str:
    """32 hexadecimal digits that change when anything changes that changes a vector."""
    digest = hashlib.sha256()
    architecture = {k: v for k, v in to_json(model.config).items() if k != "name"}
    for part in (architecture, vocabulary.to_json(), preprocess.to_json()):
        digest.update(json.dumps(part, sort_keys=True).encode())
    for name, tensor in sorted(model.state_dict().items()):
        if not name.endswith("num_batches_tracked"):
            digest.update(name.encode())
            digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:32]
