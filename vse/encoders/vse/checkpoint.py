"""A model is a folder: weights.safetensors, config.json, vocabulary.json, metrics.json, history.json, README.md.

Weights too large for one file are in weights-1.safetensors, weights-2.safetensors, ..., which config.json names.
Loading is strict: a tensor that is missing, left over or of the wrong shape is named. Nothing is pickled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as save_tensors
from torch import Tensor
from torch.overrides import TorchFunctionMode

from vse.encoders.calibration import CALIBRATION, COHORT, DOMAIN
from vse.encoders.files import CARD, HISTORY, METRICS, object_of, read_history, read_metrics
from vse.encoders.vse.config import ModelConfig
from vse.encoders.vse.model import VSE
from vse.encoders.vse.parts import PARTS, part_files
from vse.errors import CheckpointError
from vse.io.atomic import Kind, replace_folder
from vse.io.configs import from_json, read_json, read_text, to_json
from vse.io.hashing import fingerprint_of, json_bytes
from vse.io.tensors import check_fit, load_strictly, read_weights, tensor_bytes, without_counters
from vse.modalities.image.config import OWN_BACKBONES
from vse.modalities.image.preprocess import Preprocess
from vse.modalities.text.vocabulary import Vocabulary

FORMAT = 1


LARGEST_FILE = 9_000_000  # bytes; Spaces takes files of up to 10 MB as they are


WEIGHTS, CONFIG, VOCABULARY = "weights.safetensors", "config.json", "vocabulary.json"


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


def _config_json(checkpoint: Checkpoint, files: list[str]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        **({} if files == [WEIGHTS] else {"weights": files}),
        "model": to_json(checkpoint.model.config),
        "preprocess": checkpoint.preprocess.to_json(),
        "training": checkpoint.training,
    }


def shared_out(tensors: Mapping[str, Tensor], largest: int = LARGEST_FILE) -> dict[str, dict[str, Tensor]]:
    """The tensors by the file they go into: one of at most `largest` bytes, or as many such as are needed, in order."""
    parts: list[dict[str, Tensor]] = [{}]
    room = largest
    for name, tensor in tensors.items():
        if tensor.nbytes > room and parts[-1]:
            parts.append({})
            room = largest
        parts[-1][name] = tensor
        room -= tensor.nbytes
    if len(parts) == 1:
        return {WEIGHTS: parts[0]}
    stem, suffix = WEIGHTS.split(".")
    return {f"{stem}-{number}.{suffix}": part for number, part in enumerate(parts, start=1)}


def _written(folder: Path) -> set[str]:
    """The files of a model in a folder, as `save_checkpoint` names them; none where `config.json` is another's."""
    data = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    if not isinstance(data, dict) or not {"format", "model", "preprocess"} <= data.keys():
        return set()
    parts = (file for part in PARTS for file in part_files(part))
    weights = data.get("weights", [WEIGHTS])
    return {CONFIG, VOCABULARY, METRICS, HISTORY, CARD, CALIBRATION, DOMAIN, COHORT, *weights, *parts}


MODEL = Kind("a model", _written)


def save_checkpoint(folder: Path, checkpoint: Checkpoint, dtype: torch.dtype = torch.float32) -> None:
    """Write the folder whole or not at all; floating point weights are stored as `dtype`.

    Raises:
        WriteError: when the folder holds anything but a model.
    """
    tensors = {
        name: (tensor.to(dtype) if tensor.is_floating_point() else tensor).contiguous()
        for name, tensor in without_counters(checkpoint.model.state_dict()).items()
    }
    files = shared_out(tensors)
    with replace_folder(folder, MODEL) as work:
        for name, part in files.items():
            (work / name).write_bytes(save_tensors(part))
        (work / CONFIG).write_text(_dump(_config_json(checkpoint, list(files))), encoding="utf-8")
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
    if not isinstance(data, dict) or data.get("format") is True or data.get("format") != FORMAT:
        found = data.get("format") if isinstance(data, dict) else data
        raise CheckpointError(f"{folder / CONFIG} has format {found!r}; this version reads format {FORMAT}.")
    config = from_json(ModelConfig, data.get("model"), f"{folder / CONFIG}: model")
    preprocess = Preprocess.from_json(data.get("preprocess"), f"{folder / CONFIG}: preprocess")
    vocabulary = Vocabulary.from_json(read_json(folder / VOCABULARY), folder / VOCABULARY)
    files = data.get("weights", [WEIGHTS])
    if not (isinstance(files, list) and files and all(map(_is_file_name, files))):
        raise CheckpointError(f"{folder / CONFIG} names weights {files!r}, which are no files; copy the folder again.")
    weights = {key: tensor for name in files for key, tensor in read_weights(folder / name).items()}
    model = _network(config, len(vocabulary), weights, folder / files[0])
    load_strictly(model, weights, folder / files[0])
    return Checkpoint(
        model=model.eval(),
        vocabulary=vocabulary,
        preprocess=preprocess,
        fingerprint=fingerprint(model, vocabulary, preprocess),
        training=object_of(data.get("training", {}), f"{folder / CONFIG}: training"),
        metrics=read_metrics(folder),
        history=read_history(folder),
        card=read_text(folder / CARD) if (folder / CARD).exists() else "",
    )


def _is_file_name(name: object) -> bool:
    return isinstance(name, str) and name not in ("", "..") and Path(name).name == name and "\0" not in name


class _Uninitialised(TorchFunctionMode):
    """Leaves tensors as they are: to draw for the device meta imports torch's compiler, which takes a second."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if getattr(func, "__module__", "") == torch.nn.init.__name__:
            return args[0] if args else (kwargs or {})["tensor"]
        return func(*args, **(kwargs or {}))


def _network(config: ModelConfig, words: int, weights: Mapping[str, Tensor], source: Path) -> VSE:
    """The untrained network; whether the weights fit is seen first where that needs no memory for its own.

    Raises:
        CheckpointError: when they do not, or there is no such network.
    """
    try:
        if config.image.backbone in OWN_BACKBONES:
            with torch.device("meta"), _Uninitialised():
                check_fit(VSE(config, words), weights, source)
        return VSE(config, words)
    except (RuntimeError, ValueError, TypeError, ArithmeticError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise CheckpointError(f"{source.parent / CONFIG} describes no network ({reason}); copy it again.") from error


def fingerprint(model: VSE, vocabulary: Vocabulary, preprocess: Preprocess) -> str:
    """32 hexadecimal digits that change when anything changes that changes a vector."""
    architecture = {k: v for k, v in to_json(model.config).items() if k != "name"}
    kept = {"dim", "similarity", *(("apex",) if model.config.apex else ())}  # this is younger than many models
    for name in set(architecture) - set(model.config.towers) - kept:  # a tower that is not there
        del architecture[name]
    if architecture["text"]["pooling"] == "last":  # older than this choice, whose models keep their fingerprints
        del architecture["text"]["pooling"]
    for name in ("embedding_dropout", "spelled", "slips", "forms"):  # younger still, and of training alone
        del architecture["text"][name]
    if architecture["text"]["tower"] == "words":  # the same, of these
        for name in ("tower", "letters", "filters"):
            del architecture["text"][name]
    if "recipe" in architecture and architecture["recipe"]["instructions"] == "learnt":
        del architecture["recipe"]["instructions"]
    if architecture["image"]["map"] == "affine":
        del architecture["image"]["map"]
    described = (architecture, vocabulary.to_json(), preprocess.to_json())
    return fingerprint_of([*map(json_bytes, described), *tensor_bytes(model.state_dict())])
